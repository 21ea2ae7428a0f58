"""Experts near a need, scored from what the index stores of both: no text is encoded for it."""

from __future__ import annotations

from collections.abc import Iterable

from indexes.engine import Engine, document_id, split_id
from indexes.matches import proposed_for
from matcher.corpus import Statistics
from matcher.embedding import Encoder
from matcher.models import Need
from matcher.ranking import Asked, Scored
from matcher.vocabulary import Kind


def near(
    engine: Engine,
    encoder: Encoder | None,
    visibilities: frozenset[str],
    need: Need,
    statistics: Statistics,
    also: Iterable[int] = (),
) -> dict[int, Scored] | None:
    """Scores by expert's id, of those that the index proposes and of `also`; None while the need is not indexed.

    The encoder only says by its name whether vectors may be compared. EngineUnavailableError without an index.
    """
    found = proposed_for(engine, encoder, need, Kind.EXPERT, statistics, visibilities)
    if found is None:
        return None
    stored, proposed = found
    ids = dict.fromkeys([*proposed, *(document_id(Kind.EXPERT.value, number) for number in also)])
    asked = Asked(stored, statistics)
    return {split_id(name)[1]: asked.score(each) for name, each in engine.stored(list(ids)).items()}
