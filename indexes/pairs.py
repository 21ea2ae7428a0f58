"""Sides of a pair: the published record, its facts, and what the index stores of its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexes.engine import Engine, Stored, document_id, split_id
from indexes.matches import propose
from matcher import pairing
from matcher.corpus import Statistics
from matcher.embedding import Encoder
from matcher.evidence import Near
from matcher.facts import AchievementFacts, NeedFacts, achievement_facts, need_facts
from matcher.learning.correction import Correction
from matcher.models import MODELS, Achievement, Need
from matcher.ranking import Scored
from matcher.reasons import Explanation
from matcher.vocabulary import Kind, RecordState


@dataclass(frozen=True)
class Side:
    """A side with its row; facts are read when a reason asks for them, which of many candidates few do."""

    text: Stored
    record: Need | Achievement

    @cached_property
    def facts(self) -> NeedFacts | AchievementFacts:
        """The record's public facts."""
        return need_facts(self.record) if isinstance(self.record, Need) else achievement_facts(self.record)


def sides(session: Session, kind: str, stored: Mapping[str, Stored]) -> dict[str, Side]:
    """Published records at the version that the index stores of them; the others have items of their own."""
    model: Any = MODELS[kind]
    numbers = [split_id(identifier)[1] for identifier in stored]
    rows = session.scalars(
        select(model).where(model.id.in_(numbers), model.state == RecordState.PUBLISHED)
    )
    found = {document_id(kind, row.id): row for row in rows}
    return {
        identifier: Side(each, found[identifier])
        for identifier, each in stored.items()
        if identifier in found and found[identifier].version == each.version
    }


def candidates(engine: Engine, encoder: Encoder | None, own: Side, corpus: Statistics) -> tuple[str, ...]:
    """Ids on the other bank that the index proposes for this side, nearest first. EngineUnavailableError without an index."""
    other = Kind.ACHIEVEMENT if own.record.kind is Kind.NEED else Kind.NEED
    tokens = (*own.text.title, *own.text.body)
    found = propose(engine, encoder, tokens, own.text.vector, other.value, corpus, lang=own.record.lang)
    return found.ids


def versions(engine: Engine, snapshot_id: int | None, correction: Correction) -> dict[str, Any]:
    """What a pair is computed under, as a row names it."""
    return {
        "ranking_version": correction.ranking_version,
        "model": engine.fingerprint().model,
        "snapshot_id": snapshot_id,
    }


def banks(own: Side, other: Side) -> tuple[Side, Side]:
    """The need's side, then the achievement's."""
    return (own, other) if own.record.kind is Kind.NEED else (other, own)


def computed(
    need: Side,
    achievement: Side,
    corpus: Statistics,
    judged: tuple[Scored, Explanation | None],
    under: Mapping[str, Any],
    near: Near | None = None,
) -> dict[str, Any]:
    """The columns of `matcher.models.Computed`; `near` as in `matcher.pairing.values`."""
    return {
        "need_id": need.record.id,
        "achievement_id": achievement.record.id,
        "need_version": need.record.version,
        "achievement_version": achievement.record.version,
        **pairing.values(need, achievement, corpus, *judged, near),
        **under,
    }
