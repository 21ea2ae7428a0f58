"""Rows as the API answers them."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for

from config.settings import Settings
from matcher.actor import Actor
from matcher.inputs.records import plain_values
from matcher.learning.personal import Lowering
from matcher.models import Case, Match, Record
from matcher.permissions import allowed, side_of
from matcher.vocabulary import Refusal
from web.api.schemas import AnswerOut, CaseOut, LoweredOut, MatchOut, OrganisationRef, RecordOut
from web.cards import record_url
from web.matches.lowering import lower_told


def absolute(path: str) -> str:
    """Address under the configured public URL, never under the Host header."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url.rstrip("/") + path


def etag(record: Record | Case) -> str:
    """Changes with every saved change."""
    return f'"{record.version}"'


def record_out(actor: Actor, record: Record) -> RecordOut:
    """The record without what this caller may not see."""
    fields = plain_values(record)
    if not allowed(actor, "record.edit", record):
        fields.pop("detail_restricted", None)  # others open it on its page, where each opening is recorded
        if not actor.is_operator:
            fields.pop("decision_owner", None)
    owner = None
    if allowed(actor, "record.owner", record):
        owner = OrganisationRef(id=record.organisation.id, name=record.organisation.name)
    return RecordOut(
        id=record.id,
        kind=record.kind.value,  # type: ignore[arg-type]  # a closed list in both
        state=record.state,
        version=record.version,
        url=absolute(record_url(record.kind, record.id)),
        organisation=owner,
        published_at=record.published_at,
        last_confirmed=record.last_confirmed,
        valid_until=record.valid_until,
        fields=fields,
    )


def match_out(
    actor: Actor, match: Match, twin_of: int | None = None, *, lowering: Lowering | None = None
) -> MatchOut:
    """The match with the answer of the caller's own side only, and how that side's refusals lower it."""
    side = side_of(actor, match)
    own = next((answer for answer in match.answers if answer.side == side), None)
    return MatchOut(
        id=match.id,
        need_id=match.need_id,
        achievement_id=match.achievement_id,
        state=match.state,
        level=match.level,
        probability=match.probability,
        parts=match.parts,
        reasons=match.reasons,
        ranking_version=match.ranking_version,
        model=match.model,
        answer=AnswerOut.model_validate(own, from_attributes=True) if own else None,
        lowered=_lowered_out(match, lowering),
        twin_of=twin_of,
        url=absolute(f"/matches/{match.id}"),
    )


def _lowered_out(match: Match, lowering: Lowering | None) -> LoweredOut | None:
    told = lower_told(match, lowering)
    if lowering is None or told is None:
        return None
    return LoweredOut(
        level=lowering.level(match.probability),
        probability=round(lowering.probability(match.probability), 6),
        reasons=[Refusal(reason) for reason in lowering.reasons],
        sentence=told.sentence(),
    )


def case_out(case: Case) -> CaseOut:
    """The case without contacts and messages."""
    names = [name for name in CaseOut.model_fields if name != "url"]
    values: dict[str, str | int | datetime | None] = {name: getattr(case, name) for name in names}
    return CaseOut(**values, url=absolute(url_for("cases.show", case_id=case.id)))  # type: ignore[arg-type]
