"""Published records that are close to one that is about to be submitted (F07): by words and by meaning."""

from __future__ import annotations

import logging

from indexes.documents import clean_tokens, heading, passage, role
from indexes.engine import EngineError, Filters, Vector, WordQuery, split_id
from indexes.opening import fitness
from matcher.embedding import EncoderUnavailable
from matcher.models import Record
from matcher.permissions import visibilities
from web.cards import Card, card
from web.index import Index, index
from web.search.results import records_of
from web.session import current_actor

log = logging.getLogger(__name__)
NEAR = 0.945  # cosine: different needs of one field stay below it, the same need reworded lies above (sample data)
SHARED = 0.5  # share of the title's words that another listing must hold
CANDIDATES = 8
SHOWN = 3


def similar(record: Record) -> list[Card] | None:
    """The nearest published records of the same kind that this person may see; None when the index is away."""
    try:
        ids = nearest(record)
    except (EngineError, OSError):
        log.warning("similar listings: the index is away", exc_info=True)
        return None
    found = records_of([key for key in ids if split_id(key) != (record.kind.value, record.id)])
    return [card(found[key]) for key in ids if key in found][:SHOWN]


def nearest(record: Record) -> list[str]:
    """Index ids, the surest first: near in meaning, then those that hold most words of the title."""
    opened = index()
    words = tuple(dict.fromkeys(clean_tokens([heading(record)])))
    query = WordQuery(words, max(1, round(len(words) * SHARED)))
    filters = Filters(visibilities(current_actor())).narrowed(kind=record.kind.value)
    found = opened.engine.candidates(query, vector_of(opened, record), filters, CANDIDATES)
    near = [hit.id for hit in found.by_vector if hit.score >= NEAR]
    return list(dict.fromkeys([*near, *(hit.id for hit in found.by_words)]))


def vector_of(opened: Index, record: Record) -> Vector | None:
    """The record's vector as its document will have it; None without a usable model."""
    if opened.encoder is None or not fitness(opened.engine, opened.encoder).vectors:
        return None
    encode = opened.encoder.encode_queries if role(record.kind) == "query" else opened.encoder.encode_passages
    try:
        vector: Vector = encode([passage(record)])[0]
    except EncoderUnavailable:
        return None
    return vector
