"""What a client who was received in person gets by mail."""

from __future__ import annotations

from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.models import Reception
from matcher.vocabulary import OrgState, RecordState
from workers.desk import Desk


def received_letter(desk: Desk) -> dict[str, Any] | None:
    """The letter's values; who has no password yet gets the way to one, the others the way to the receipt."""
    reception = desk.session.get(Reception, desk.payload["reception_id"])
    if reception is None:
        return None
    invited = desk.user.verified_at is None
    if not invited and actor_of(desk.session, desk.user).member_of != reception.organisation_id:
        return None  # left it meanwhile
    return {
        "reception": reception,
        "organisation": reception.organisation.name,
        "title": reception.need.title,
        "place": f"{reception.station.name}（{reception.station.place}）" if reception.station else "",
        "day": desk.wording.day(reception.created_at),
        "invited": invited,
        "is_contact": reception.contact_id == desk.user.id,
        "checked": reception.organisation.state == OrgState.CHECKED,
        "published": reception.need.state == RecordState.PUBLISHED,
        "link": links.invitation(desk.settings, desk.user)
        if invited
        else links.page(desk.settings, "receptions", reception.id, "sheet"),
    }
