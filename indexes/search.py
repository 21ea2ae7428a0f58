"""One search over needs, achievements and experts.

The result set is filters ∧ visibility ∧ (a word hit ∨ among the nearest above a floor). Total, facets, sorts and pages
all speak of that one set. The nearest are chosen before the filters, so that a facet's count is what choosing it gives.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from indexes import scoring, statistics
from indexes.documents import clean_tokens
from indexes.engine import Candidates, Engine, Filters, Hit, SetQuery, Vector, WordQuery
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
from matcher.corpus import Statistics
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.text import clip, script

FLOOR = 0.20  # cosine from the centres of the languages: 9 in 10 unrelated texts lie below, what a title means above 0.29
FLOOR_ACROSS = 0.15  # what is near in another language is measured less near: 0.14 to 0.46 for titles on the very subject
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
    relaxed: bool = False  # nothing had enough of the words or was near, so one word was enough


@dataclass(frozen=True, slots=True)
class _Asked:
    words: WordQuery
    vector: Vector | None
    everybody: Filters
    filters: Filters
    corpus: Statistics


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates by id; `words` hold enough words and pass the filters, `near` are near enough."""

    hits: dict[str, Hit]
    words: frozenset[str]
    near: dict[str, float]


def search(engine: Engine, encoder: Encoder | None, visibilities: frozenset[str], wanted: Search) -> Results:
    """One page of results for somebody who may see `visibilities`. EngineUnavailableError while there is no index."""
    everybody = Filters(visibilities)
    filters = Filters(
        visibilities, {name: values for name, values in wanted.filters.items() if name in FACETS}
    )
    tokens = query_tokens(wanted.text)
    if not tokens:
        return _browse(engine, filters, wanted)
    vector = query_vector(engine, encoder, wanted.text)
    corpus = statistics.current(encoder)
    asked = _Asked(enough(tokens), vector, everybody, filters, corpus)
    found = _candidates(engine, asked)
    relaxed = not found.hits and asked.words.at_least > 1
    if relaxed:
        asked = replace(asked, words=WordQuery(tokens))
        hits = {hit.id: hit for hit in engine.by_words(asked.words, filters, NEAREST)}
        found = _Found(hits, frozenset(hits), {})  # nothing was near before either
    return _results(engine, asked, wanted, found, relaxed=relaxed)


def query_tokens(text: str) -> tuple[str, ...]:
    """Distinct tokens of a query, as many as are looked for."""
    return tuple(dict.fromkeys(clean_tokens([clip(text, MAX_QUERY_CHARACTERS)])))[:MAX_QUERY_TOKENS]


def enough(tokens: tuple[str, ...]) -> WordQuery:
    """How many of the query's tokens make a word hit: both of two, half of many."""
    count = len(tokens)
    return WordQuery(tokens, count if count <= 2 else -(-count // 2))


def _browse(engine: Engine, filters: Filters, wanted: Search) -> Results:
    sort = NEWEST if wanted.sort == RELEVANCE else wanted.sort
    page, size = clamp_page(wanted.page, wanted.size, sort)
    found = engine.page(
        SetQuery(filters, sort=sort, offset=(page - 1) * size, limit=size, facets=wanted.facets)
    )
    return Results(found.total, found.ids, found.facets, sort, page, _pages(found.total, size, sort))


def _pages(total: int, size: int, sort: str) -> int:
    return max(1, -(-min(total, ceiling(sort)) // size))


def _candidates(engine: Engine, asked: _Asked) -> _Found:
    """The best word hits among the filters, and the near ones among everything visible."""
    if asked.filters == asked.everybody:
        both = engine.candidates(asked.words, asked.vector, asked.filters, NEAREST)
    else:
        near = [] if asked.vector is None else engine.by_vector(asked.vector, asked.everybody, NEAREST)
        both = Candidates(engine.by_words(asked.words, asked.filters, NEAREST), near)
    scores: dict[str, float] = {}
    if asked.vector is not None:
        lang = script(asked.words.tokens)
        nearness = scoring.meaning(asked.vector, lang, both.by_vector, asked.corpus)
        scores = {
            hit.id: float(score)
            for hit, score in zip(both.by_vector, nearness, strict=True)
            if score >= (FLOOR if hit.lang == lang else FLOOR_ACROSS)
        }
    near_hits = [hit for hit in both.by_vector if hit.id in scores]
    hits = {hit.id: hit for hit in (*both.by_words, *near_hits)}
    return _Found(hits, frozenset(hit.id for hit in both.by_words), scores)


def _results(engine: Engine, asked: _Asked, wanted: Search, found: _Found, *, relaxed: bool) -> Results:
    page, size = clamp_page(wanted.page, wanted.size, wanted.sort)
    ranked = wanted.sort == RELEVANCE
    whole = engine.page(
        SetQuery(
            asked.filters,
            asked.words,
            frozenset(found.near),
            NEWEST if ranked else wanted.sort,
            0 if ranked else (page - 1) * size,
            0 if ranked else size,
            wanted.facets,
        )
    )
    shown = whole.ids
    if ranked:
        shown = tuple(_ranked(engine, asked, found)[:MAX_RANKED][(page - 1) * size : page * size])
    return Results(
        total=whole.total,
        ids=shown,
        facets=whole.facets,
        sort=wanted.sort,
        page=page,
        pages=_pages(whole.total, size, wanted.sort),
        tokens=asked.words.tokens,
        by_meaning=frozenset(each for each in shown if each in found.near and each not in found.words),
        words_only=asked.vector is None,
        relaxed=relaxed and whole.total > 0,
    )


def _ranked(engine: Engine, asked: _Asked, found: _Found) -> list[str]:
    """Candidates that pass the filters, in the order that our own scores give."""
    ids = sorted(found.hits)
    if asked.filters != asked.everybody and found.near:
        near = frozenset(found.near) - found.words
        passing = engine.page(SetQuery(asked.filters, ids=near, limit=len(near))).ids if near else ()
        ids = sorted({*found.words, *passing})
    hits = [found.hits[each] for each in ids]
    corpus = statistics.current()
    words = scoring.words(asked.words.tokens, hits, corpus)
    silent = [hit.silent for hit in hits]
    if asked.vector is None:
        return scoring.fuse(ids, words, None, silent)
    nearness = scoring.meaning(asked.vector, script(asked.words.tokens), hits, corpus)
    return scoring.fuse(ids, words, nearness, silent)


_vectors: OrderedDict[tuple[str, str], Vector] = OrderedDict()
_lock = threading.Lock()


def query_vector(engine: Engine, encoder: Encoder | None, text: str) -> Vector | None:
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
