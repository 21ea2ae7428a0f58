"""Whom we have received, as a sheet."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.models import Reception
from matcher.permissions import require, rows
from web import format as words
from web import sheets
from web.receptions.views import blueprint
from web.session import current_actor, reading


@blueprint.get("/receptions/export.xlsx")
@login_required
def export() -> Response:
    """Every reception that the reader serves, the latest first."""
    actor = current_actor()
    require(actor, "reception.receive")
    parts = (Reception.organisation, Reception.need, Reception.station, Reception.clerk)
    query = (
        select(Reception)
        .where(rows(actor, "reception.serve", Reception))
        .options(*map(joinedload, parts))
        .order_by(Reception.id.desc())
    )
    head = [_("受理编号"), _("单位"), _("联系人"), _("电话"), _("需求"), _("状态"), _("驿站"), _("经办人"), _("受理时间")]
    return sheets.attachment("receptions.xlsx", _("线下受理"), head, map(_row, reading().scalars(query)))


def _row(each: Reception) -> list[str]:
    return [
        each.number,
        each.organisation.name,
        each.contact_name,
        each.contact_phone,
        each.need.title,
        words.label(each.need.state, "RecordState"),
        each.station.name if each.station else words.label(each.channel, "Intake"),
        each.clerk.name,
        sheets.minute(each.created_at),
    ]
