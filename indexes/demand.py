"""How near needs are to an achievement, from stored tokens and vectors: no text is encoded for it.

Needs on show come from the index. Those that have run out have left it: their tokens are made from the record, their
vectors are in the table of embeddings still.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session

from indexes import documents, truth
from indexes.engine import Engine, Stored, Vector, split_id
from indexes.matches import proposed_for
from indexes.opening import fitness
from matcher.corpus import Statistics
from matcher.embedding import Encoder
from matcher.models import Achievement, Need
from matcher.ranking import Asked, Scored
from matcher.vocabulary import Kind

NEAREST = 30  # of the needs that have run out: only their words are read


def near(
    session: Session,
    engine: Engine,
    encoder: Encoder | None,
    achievement: Achievement,
    lapsed: Sequence[Need],
    statistics: Statistics,
) -> dict[int, Scored] | None:
    """Scores by need's id, of those that the index proposes and of `lapsed`; None while the achievement is not indexed.

    The encoder only says by its name whether vectors may be compared. EngineUnavailableError without an index.
    """
    found = proposed_for(engine, encoder, achievement, Kind.NEED, statistics)
    if found is None:
        return None
    stored, proposed = found
    compares = encoder is not None and stored.vector is not None and fitness(engine, encoder).vectors
    vectors = _vectors(session, encoder, lapsed) if compares and encoder is not None else None
    needs = [*engine.stored(proposed).values(), *_past(lapsed, vectors, stored.vector)]
    return {split_id(each.id)[1]: Asked(each, statistics).score(stored) for each in needs}


def _vectors(session: Session, encoder: Encoder, needs: Sequence[Need]) -> dict[int, Vector]:
    """By need's id; one that never was encoded under this model has none, and is left out."""
    names = {need.id: ("need", documents.text_hash(documents.passage(need))) for need in needs}
    found = truth.embeddings(session, encoder.fingerprint, names.values())
    return {number: found[name] for number, name in names.items() if name in found}


def _past(needs: Sequence[Need], vectors: dict[int, Vector] | None, own: Vector | None) -> list[Stored]:
    """The nearest by their vectors; without vectors, the newest."""
    if vectors is None or own is None:
        return [documents.stored(need, None) for need in needs[:NEAREST]]
    having = [need for need in needs if need.id in vectors]
    if not having:
        return []
    cosines = np.stack([vectors[need.id] for need in having]) @ own
    best = np.argsort(-cosines, kind="stable")[:NEAREST]
    return [documents.stored(having[place], vectors[having[place].id]) for place in best]
