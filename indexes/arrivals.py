"""Which newly published records a saved search finds, and how well they fit it.

The set is the search page's: filters ∧ (enough of the words ∨ near in meaning). A mail asks for more of the reader than
a list does, so only what is worth it goes into one.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from indexes import scoring, statistics
from indexes.engine import (
    Engine,
    EngineUnavailableError,
    Filters,
    Hit,
    SetQuery,
    Stored,
    Vector,
    document_id,
    split_id,
)
from indexes.facets import FACETS, MAX_PAGE_SIZE, NEAREST, NEWEST
from indexes.search import enough, query_tokens, query_vector
from indexes.terms import terms
from matcher.arrivals.finds import OF_ONE, Find, Finds, Key
from matcher.arrivals.watching import Watcher, newly, watchers
from matcher.digest.recipients import wants_digest
from matcher.embedding import Encoder
from matcher.models import SavedSearch
from matcher.permissions import visibilities
from matcher.text import script

WORTH = 0.57  # of a record's score; docs/decisions.md says how it was found
WORTH_BY_WORDS = scoring.WORD_WEIGHT  # without an encoder: all of the words
KEPT = 4 * OF_ONE  # of each search: some of them the digest shows already
log = structlog.get_logger()


def finds(
    session: Session, engine: Engine, encoder: Encoder | None, week: str, only: int | None = None
) -> Finds | None:
    """By person (or for `only` one), what their searches have newly found; None when the index cannot be asked."""
    found: dict[int, list[Find]] = {}
    try:
        for watcher in watchers(session, wants_digest(), week, only):
            of_all = [_of_search(session, engine, encoder, watcher, search) for search in watcher.searches]
            found[watcher.user_id] = [find for of_one in of_all for find in of_one]
    except EngineUnavailableError as error:
        log.warning("saved searches: the index cannot be asked", error=type(error).__name__)
        return None
    return found


def _of_search(
    session: Session, engine: Engine, encoder: Encoder | None, watcher: Watcher, search: SavedSearch
) -> list[Find]:
    """The best of one search's news; without words the newest, all of which pass the filters."""
    filters = Filters(
        visibilities(watcher.actor),
        {name: frozenset(values) for name, values in search.filters.items() if name in FACETS},
    )
    tokens = query_tokens(search.q)
    vector = query_vector(engine, encoder, search.q) if tokens else None
    near = engine.by_vector(vector, filters, NEAREST) if vector is not None else []
    words = enough(tokens) if tokens else None
    ids = engine.page(
        SetQuery(filters, words, frozenset(hit.id for hit in near), NEWEST, limit=MAX_PAGE_SIZE)
    ).ids
    fresh = newly(session, watcher, search, map(split_id, ids))
    in_order = [split_id(each) for each in ids if split_id(each) in fresh]
    if not tokens:
        return [_find(search, key, 1.0) for key in in_order[:KEPT]]
    worths = _worths(engine, encoder, tokens, vector, [document_id(*key) for key in in_order])
    least = WORTH if vector is not None else WORTH_BY_WORDS
    good = [(worth, key) for worth, key in zip(worths, in_order, strict=True) if worth >= least]
    return [_find(search, key, worth) for worth, key in sorted(good, key=lambda pair: -pair[0])[:KEPT]]


def _find(search: SavedSearch, key: Key, worth: float) -> Find:
    kind, number = key
    return Find(search.id, kind, number, worth)


def _worths(
    engine: Engine, encoder: Encoder | None, tokens: tuple[str, ...], vector: Vector | None, ids: Sequence[str]
) -> list[float]:
    """The scores that the search page orders by, in the order of `ids`; what has left the index is worth nothing."""
    stored = engine.stored(ids) if ids else {}
    hits = [_hit(stored[each]) for each in ids if each in stored]
    corpus = statistics.current(encoder)
    shared = scoring.words(tokens, hits, corpus)
    near = scoring.meaning(vector, script(tokens), hits, corpus) if vector is not None else None
    values = scoring.worth(shared, near)
    by_id = {hit.id: float(value) for hit, value in zip(hits, values, strict=True)}
    return [round(by_id.get(each, 0.0), 5) for each in ids]


def _hit(stored: Stored) -> Hit:
    return Hit(stored.id, 0.0, script((*stored.title, *stored.body)), terms(stored), stored.vector)
