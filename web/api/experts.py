"""Experts who could help with a need, with the reasons as data."""

from __future__ import annotations

from flask import Response

from indexes.engine import EngineUnavailableError
from matcher.errors import NotFound
from matcher.experts import Fit
from matcher.models import Need
from matcher.permissions import find, require
from matcher.vocabulary import RecordState
from web.api.blueprint import answer, blueprint
from web.api.operation import MalformedError, Operation, operation
from web.api.present import absolute
from web.api.schemas import Answered, OrganisationRef
from web.cards import record_url
from web.records.experts import fits_of
from web.session import current_actor, reading


class ExpertOut(Answered):
    """An expert and what speaks for asking them; `speaks` and `comes` are null where the expert says nothing."""

    expert_id: int
    name: str
    url: str
    organisation: OrganisationRef
    consent: str
    score: float
    terms: list[str]
    by_meaning: bool
    same_field: bool
    same_chain: bool
    services: list[str]
    speaks: bool | None
    comes: bool | None
    own_matches: list[int]
    organisation_matches: list[int]


class ExpertList(Answered):
    """At most three, the best first; `indexed` is false while the need is not in the index yet."""

    items: list[ExpertOut]
    indexed: bool


@blueprint.get("/needs/<int:record_id>/experts")
@operation(
    Operation("Experts who could help with a need", {200: ExpertList}, token=True, problems=(403,))
)
def need_experts(record_id: int) -> Response:
    """For the need's owner, brokers and operators; each is told of the experts whom they may find."""
    actor = current_actor()
    need = find(reading(), actor, "record.read", Need, record_id)
    require(actor, "need.experts", need)
    if need.state != RecordState.PUBLISHED:
        raise NotFound
    try:
        found = fits_of(need)
    except EngineUnavailableError:
        raise MalformedError(503, "The index cannot be asked now; try again in a moment") from None
    return answer(ExpertList(items=[_out(fit) for fit in found or ()], indexed=found is not None))


def _out(fit: Fit) -> ExpertOut:
    expert = fit.expert
    return ExpertOut(
        expert_id=expert.id,
        name=expert.name,
        url=absolute(record_url(expert.kind, expert.id)),
        organisation=OrganisationRef(id=expert.organisation.id, name=expert.organisation.name),
        consent=expert.consent,
        score=fit.score,
        terms=list(fit.terms),
        by_meaning=fit.by_meaning,
        same_field=fit.same_field,
        same_chain=fit.same_chain,
        services=[str(code) for code in fit.services],
        speaks=fit.speaks,
        comes=fit.comes,
        own_matches=[match.id for match in fit.own],
        organisation_matches=[match.id for match in fit.theirs],
    )
