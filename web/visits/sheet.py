"""The visits of an officer's enterprises as a sheet."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.models import Visit
from matcher.permissions import require, rows
from web import format as words
from web import sheets
from web.session import current_actor, reading
from web.visits.views import blueprint


@blueprint.get("/visits/export.xlsx")
@login_required
def export() -> Response:
    """The latest first."""
    actor = current_actor()
    require(actor, "post.desk")
    query = (
        select(Visit)
        .where(rows(actor, "visit.read", Visit))
        .options(joinedload(Visit.organisation), joinedload(Visit.officer), joinedload(Visit.need))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
    )
    head = [_("走访日期"), _("企业"), _("见了谁"), _("科技特派员"), _("看到的问题"), _("需求"), _("状态")]
    return sheets.attachment("visits.xlsx", _("走访"), head, map(_row, reading().scalars(query)))


def _row(visit: Visit) -> list[str]:
    need = visit.need
    return [
        visit.visited_on.isoformat(),
        visit.organisation.name,
        visit.met,
        visit.officer.name,
        visit.note,
        need.title if need else "",
        words.label(need.state, "RecordState") if need else "",
    ]
