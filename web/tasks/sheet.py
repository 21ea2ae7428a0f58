"""One's day as a sheet."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_login import login_required

from matcher import clock
from matcher.radar import radar
from matcher.workdays import local_day
from web import sheets
from web.session import current_actor, reading
from web.tasks.blueprint import blueprint
from web.tasks.presentation import Row, row_of_item


@blueprint.get("/today/export.xlsx")
@login_required
def export() -> Response:
    """Everything that waits for the reader, the earliest first."""
    actor = current_actor()
    head = [_("期限"), _("事项"), _("工单"), _("需求"), _("成果"), _("单位"), _("由谁完成"), _("涉及金额"), _("状态")]
    rows = (_line(row_of_item(actor, item)) for item in radar(reading(), actor))
    return sheets.attachment(f"daqiao-today-{local_day(clock.now()):%Y%m%d}.xlsx", _("今日"), head, rows)


def _line(row: Row) -> list[str]:
    need, offer = row.pair or ("", "")
    state = _("暂停中") if row.paused else _("已逾期") if row.late else ""
    return [sheets.day(row.due), row.what, row.number, need, offer, row.organisation, row.hands, row.value, state]
