"""One search over needs, achievements and experts.

The result set is filters ∧ visibility ∧ (a word hit ∨ among the nearest above a floor). Total, facets, sorts and pages
all speak of that one set. The nearest are chosen before the filters, so that a facet's count is what choosing it gives.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexes import statistics
from indexes.documents import clean_tokens
from indexes.engine import Candidates, Engine, Filters, Hit, SetQuery, Stored, Vector, WordQuery
from indexes.facets import (
    FACETS,
    MAX_QUERY_CHARACTERS,
    MAX_QUERY_TOKENS,
    MAX_RANKED,
    NEAREST,
    NEWEST,
    PAGE_SIZE,
    RELEVANCE,
    ceiling,
    clamp_page,
)
from indexes.opening import fitness
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.text import clip

FLOOR = 0.74  # cosine under which nothing is near, whatever the language
DEPTH = 0.5  # of the way from the best of the nearest down to the middle one: what lies below is not near
RRF = 60
REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asks for; everything is brought within its limits, nothing is refused."""

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = RELEVANCE
    page: int = 1
    size: int = PAGE_SIZE
    facets: tuple[str, ...] = tuple(FACETS)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the set, and what is to be said about it."""

    total: int
    ids: tuple[str, ...]
    facets: Mapping[str, Mapping[str, int]]
    sort: str
    page: int
    pages: int
    tokens: tuple[str, ...] = ()  # what was looked for, for highlighting
    by_meaning: frozenset[str] = frozenset()  # ids on this page without a word of the query
    words_only: bool = False  # no encoder, or an index made with another model: meaning was left out
    relaxed: bool = False  # no document had enough of the words, so one was enough


@dataclass(frozen=True, slots=True)
class _Asked:
    words: WordQuery
    vector: Vector | None
    everybody: Filters
    filters: Filters


def search(engine: Engine, encoder: Encoder | None, visibilities: frozenset[str], wanted: Search) -> Results:
    """One page of results for somebody who may see `visibilities`. EngineUnavailableError while there is no index."""
    everybody = Filters(visibilities)
    filters = Filters(
        visibilities, {name: values for name, values in wanted.filters.items() if name in FACETS}
    )
    tokens = query_tokens(wanted.text)
    if not tokens:
        return _browse(engine, filters, wanted)
    vector = _vector(engine, encoder, wanted.text)
    asked = _Asked(WordQuery(tokens, _enough(len(tokens))), vector, everybody, filters)
    found, near = _candidates(engine, asked)
    relaxed = not found and asked.words.at_least > 1
    if relaxed:
        asked = _Asked(WordQuery(tokens), vector, everybody, filters)
        found, near = _candidates(engine, asked)
    return _page(engine, asked, wanted, found, near, relaxed=relaxed)


def query_tokens(text: str) -> tuple[str, ...]:
    """Distinct tokens of a query, as many as are looked for."""
    return tuple(dict.fromkeys(clean_tokens([clip(text, MAX_QUERY_CHARACTERS)])))[:MAX_QUERY_TOKENS]


def _enough(count: int) -> int:
    """How many of the query's tokens make a word hit: both of two, half of many."""
    return count if count <= 2 else -(-count // 2)


def _browse(engine: Engine, filters: Filters, wanted: Search) -> Results:
    sort = NEWEST if wanted.sort == RELEVANCE else wanted.sort
    page, size = clamp_page(wanted.page, wanted.size, sort)
    found = engine.page(
        SetQuery(filters, sort=sort, offset=(page - 1) * size, limit=size, facets=wanted.facets)
    )
    return Results(found.total, found.ids, found.facets, sort, page, _pages(found.total, size, sort))


def _pages(total: int, size: int, sort: str) -> int:
    return max(1, -(-min(total, ceiling(sort)) // size))


def _candidates(engine: Engine, asked: _Asked) -> tuple[list[Hit], list[Hit]]:
    """The best word hits among the filters, and the near ones among everything visible."""
    if asked.filters == asked.everybody:
        both = engine.candidates(asked.words, asked.vector, asked.filters, NEAREST)
    else:
        near = [] if asked.vector is None else engine.by_vector(asked.vector, asked.everybody, NEAREST)
        both = Candidates(engine.by_words(asked.words, asked.filters, NEAREST), near)
    return both.by_words, near_enough(both.by_vector)


def near_enough(hits: Sequence[Hit]) -> list[Hit]:
    """Those of the nearest that stand out: models give unrelated texts a high cosine too, each query its own."""
    if not hits:
        return []
    best, middle = hits[0].score, hits[len(hits) // 2].score
    floor = max(FLOOR, best - DEPTH * (best - middle))
    return [hit for hit in hits if hit.score >= floor]


def _page(
    engine: Engine, asked: _Asked, wanted: Search, found: list[Hit], near: list[Hit], *, relaxed: bool
) -> Results:
    page, size = clamp_page(wanted.page, wanted.size, wanted.sort)
    ranked = wanted.sort == RELEVANCE
    ids = frozenset(hit.id for hit in near)
    query = SetQuery(
        asked.filters,
        asked.words,
        ids,
        NEWEST if ranked else wanted.sort,
        0 if ranked else (page - 1) * size,
        0 if ranked else size,
        wanted.facets,
    )
    whole = engine.page(query)
    shown = whole.ids
    if ranked:
        shown = tuple(_ranked(engine, asked, found, near)[:MAX_RANKED][(page - 1) * size : page * size])
    by_word = {hit.id for hit in found}
    return Results(
        total=whole.total,
        ids=shown,
        facets=whole.facets,
        sort=wanted.sort,
        page=page,
        pages=_pages(whole.total, size, wanted.sort),
        tokens=asked.words.tokens,
        by_meaning=frozenset(each for each in shown if each in ids and each not in by_word),
        words_only=asked.vector is None,
        relaxed=relaxed,
    )


def _ranked(engine: Engine, asked: _Asked, found: list[Hit], near: list[Hit]) -> list[str]:
    """Candidates that pass the filters, in the order that our own scores give, ties by id."""
    ids = dict.fromkeys([*(hit.id for hit in found), *(hit.id for hit in near)])
    if asked.filters != asked.everybody and near:
        wanted = frozenset(hit.id for hit in near)
        passing = engine.page(SetQuery(asked.filters, ids=wanted, limit=len(wanted))).ids
        ids = dict.fromkeys([*(hit.id for hit in found), *passing])
    stored = engine.stored(list(ids))
    cosines = {hit.id: hit.score for hit in near}
    return fuse(by_words(asked.words.tokens, stored), by_meaning(asked.vector, stored, cosines))


def by_words(tokens: Sequence[str], stored: Mapping[str, Stored]) -> dict[str, float]:
    """Our own BM25 of each candidate, a title counting twice; the same whichever engine found it."""
    corpus = statistics.current([(each.title + each.body) for each in stored.values()])
    scores = {each.id: corpus.bm25(tokens, each.title * 2 + each.body) for each in stored.values()}
    return {identifier: score for identifier, score in scores.items() if score > 0}


def by_meaning(
    vector: Vector | None, stored: Mapping[str, Stored], known: Mapping[str, float]
) -> dict[str, float]:
    """Cosine of each candidate that has a vector."""
    if vector is None:
        return {}
    rest = [each for each in stored.values() if each.vector is not None and each.id not in known]
    if not rest:
        return dict(known)
    scores = np.stack([each.vector for each in rest if each.vector is not None]) @ vector
    return {**known, **{each.id: float(score) for each, score in zip(rest, scores, strict=True)}}


def fuse(*legs: Mapping[str, float]) -> list[str]:
    """Ids in the order of their summed reciprocal ranks; equal scores share a rank, ties go by id."""
    total: dict[str, float] = {}
    for leg in legs:
        rank, previous = 0, float("inf")
        for place, identifier in enumerate(sorted(leg, key=lambda each: (-round(leg[each], 6), each)), 1):
            if round(leg[identifier], 6) < previous:
                rank, previous = place, round(leg[identifier], 6)
            total[identifier] = total.get(identifier, 0.0) + 1 / (RRF + rank)
    return sorted(total, key=lambda each: (-round(total[each], 9), each))


_vectors: OrderedDict[tuple[str, str], Vector] = OrderedDict()
_lock = threading.Lock()


def _vector(engine: Engine, encoder: Encoder | None, text: str) -> Vector | None:
    """The query's vector, remembered for paging and facets; None without a model that fits the index."""
    if encoder is None or not fitness(engine, encoder).vectors:
        return None
    key = (encoder.fingerprint, clip(text, MAX_QUERY_CHARACTERS))
    with _lock:
        if key in _vectors:
            _vectors.move_to_end(key)
            return _vectors[key]
    try:
        vector: Vector = encoder.encode_queries([key[1]])[0]
    except EncoderUnavailable:
        return None
    with _lock:
        _vectors[key] = vector
        while len(_vectors) > REMEMBERED:
            _vectors.popitem(last=False)
    return vector
