"""An organisation's page: who they are and what they have published under their name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import func, select

from matcher.errors import NotFound
from matcher.models import Achievement, Expert, Need, Organisation
from matcher.permissions import allowed, rows
from matcher.vocabulary import OrgState, RecordState
from web.cards import Card, card
from web.session import current_actor, reading

blueprint = Blueprint("organisations", __name__)
SHOWN = 20
LISTS = (("need", Need), ("achievement", Achievement), ("expert", Expert))


@blueprint.get("/organisations/<int:organisation_id>")
def show(organisation_id: int) -> str:
    """The page of a checked organisation; its own members and operators see it before it is checked."""
    organisation = reading().get(Organisation, organisation_id)
    if organisation is None or not may_see(organisation):
        raise NotFound
    return render_template(
        "organisations/show.html",
        organisation=organisation,
        reads_report=allowed(current_actor(), "conversion.annual", organisation),
        lists=[(kind, *published(organisation_id, model)) for kind, model in LISTS],
    )


def may_see(organisation: Organisation) -> bool:
    """Checked ones are public; an unchecked one says nothing to others, not even that it is there."""
    actor = current_actor()
    return organisation.state == OrgState.CHECKED or any(
        allowed(actor, action, organisation) for action in ("organisation.edit", "organisation.review")
    )


def published(organisation_id: int, model: type[Need | Achievement | Expert]) -> tuple[int, list[Card]]:
    """How many records of this organisation the reader may know to be its own, and the newest of them as cards."""
    actor = current_actor()
    condition = (
        model.organisation_id == organisation_id,
        model.state == RecordState.PUBLISHED,
        rows(actor, "record.search", model),
        rows(actor, "record.owner", model),
    )
    total = reading().scalar(select(func.count()).select_from(model).where(*condition)) or 0
    newest = select(model).where(*condition).order_by(model.published_at.desc(), model.id.desc()).limit(SHOWN)
    found: list[Any] = list(reading().scalars(newest))
    return total, [card(record) for record in found]
