"""Match candidates of a record: the best by words, the nearest by meaning, and the nearest in other languages.

Engines propose, `matcher.ranking` decides. A model puts texts of one language close together, so foreign records get
places of their own among the candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexes.engine import Engine, Filters, Stored, Vector, WordQuery, document_id
from indexes.opening import fitness
from matcher.corpus import Statistics
from matcher.embedding import Encoder
from matcher.models import Record
from matcher.vocabulary import Kind, Lang

WORDS = 85  # of the record's tokens, the ones that say most
DEPTH = 50  # candidates of each leg
FOREIGN = 10  # of each other language; raw cosines of two languages don't compare
PUBLIC = frozenset({"public"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """Distinct candidate ids, nearest first; `words_only` when meaning could not be asked."""

    ids: tuple[str, ...]
    words_only: bool


def propose(
    engine: Engine,
    encoder: Encoder | None,
    tokens: Sequence[str],
    vector: Vector | None,
    kind: str,
    statistics: Statistics,
    *,
    lang: str = Lang.ZH,
    depth: int = DEPTH,
    visibilities: frozenset[str] = PUBLIC,
) -> Proposed:
    """Candidates of `kind` for a text of `tokens` and `vector` in `lang`, among what `visibilities` may see.

    EngineUnavailableError without an index.
    """
    filters = Filters(visibilities).narrowed(kind=kind)
    if vector is None or encoder is None or not fitness(engine, encoder).vectors:
        found = engine.candidates(telling(tokens, statistics), None, filters, depth)
        return Proposed(tuple(hit.id for hit in found.by_words), words_only=True)
    found = engine.candidates(telling(tokens, statistics), vector, filters, depth)
    foreign = [
        hit
        for each in Lang
        if each != lang
        for hit in engine.by_vector(vector, filters.narrowed(lang=each.value), FOREIGN)
    ]
    hits = [*found.by_vector, *foreign, *found.by_words]
    return Proposed(tuple(dict.fromkeys(hit.id for hit in hits)), words_only=False)


def proposed_for(
    engine: Engine,
    encoder: Encoder | None,
    record: Record,
    kind: Kind,
    statistics: Statistics,
    visibilities: frozenset[str] = PUBLIC,
) -> tuple[Stored, tuple[str, ...]] | None:
    """What the index stores of the record, and the ids of its candidates of `kind`; None while it is not indexed.

    No text is encoded: the encoder only says by its name whether vectors may be compared.
    EngineUnavailableError without an index.
    """
    own = document_id(record.kind.value, record.id)
    stored = engine.stored([own]).get(own)
    if stored is None:
        return None
    found = propose(
        engine, encoder, stored.title + stored.body, stored.vector, kind.value, statistics,
        lang=record.lang, visibilities=visibilities,
    )  # fmt: skip
    return stored, found.ids


def telling(tokens: Sequence[str], statistics: Statistics, count: int = WORDS) -> WordQuery:
    """The tokens that say most about a text: frequent in it, rare elsewhere; ties in alphabetical order."""
    counts = Counter(tokens)
    known = statistics.documents > 0
    best = sorted(
        counts, key=lambda token: (-counts[token] * (statistics.weight(token) if known else 1), token)
    )
    return WordQuery(tuple(best[:count]))
