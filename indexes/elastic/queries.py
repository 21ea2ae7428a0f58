"""Request bodies. The same sets and the same word scores as the embedded engine's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexes.engine import TITLE_BOOST, Filters, SetQuery, Vector, WordQuery
from indexes.facets import FACET_BUCKETS, SORTS

Body = dict[str, Any]
MIN_CANDIDATES = 400  # neighbours looked at per search; see the contract test on overlap
CANDIDATE_FACTOR = 3
# what scoring a hit takes, from columns; nothing is read from the stored document
HIT: Body = {
    "_source": False,
    "track_total_hits": False,
    "docvalue_fields": [{"field": name} for name in ("lang", "packed", "terms", "silent")],
}


def filter_clauses(filters: Filters) -> list[Body]:
    """Clauses that all must match; they never let a marker of a deleted document through."""
    terms = {**filters.terms, "visibility": filters.visibilities}
    return [{"terms": {name: sorted(values)}} for name, values in terms.items()]


def word_query(words: WordQuery) -> Body:
    """Any (or at least so many) of the tokens, a hit in the title weighing more."""
    if words.at_least <= 1:
        text = " ".join(words.tokens)
        fields = (("title", TITLE_BOOST), ("body", 1.0))
        return {
            "bool": {"should": [{"match": {name: {"query": text, "boost": boost}}} for name, boost in fields]}
        }
    each = [
        {
            "bool": {
                "should": [
                    {"term": {"title": {"value": token, "boost": TITLE_BOOST}}},
                    {"term": {"body": token}},
                ]
            }
        }
        for token in words.tokens
    ]
    return {"bool": {"should": each, "minimum_should_match": words.at_least}}


def by_words(words: WordQuery, filters: Filters, limit: int) -> Body:
    """The best word hits."""
    query = {"bool": {"must": word_query(words), "filter": filter_clauses(filters)}}
    return {"query": query, "size": limit, **HIT}


def by_vector(vector: Vector, filters: Filters, limit: int) -> Body:
    """The nearest documents with their packed vectors: half as many again as asked for, to be scored exactly by us.

    Eight bits a number put neighbours of nearly the same distance in the wrong order; the exact scores repair that.
    """
    count = limit + limit // 2
    knn = {
        "field": "vector",
        "query_vector": vector.tolist(),
        "k": count,
        "num_candidates": max(MIN_CANDIDATES, CANDIDATE_FACTOR * limit),
        "filter": filter_clauses(filters),
    }
    return {"knn": knn, "size": count, **HIT}


def page(query: SetQuery) -> Body:
    """One page of a set, its exact size and its counts."""
    either: list[Body] = []
    if query.words and query.words.tokens:
        either.append(word_query(query.words))
    if query.ids:
        either.append({"ids": {"values": sorted(query.ids)}})
    clauses = filter_clauses(query.filters)
    if either:
        clauses.append({"bool": {"should": either, "minimum_should_match": 1}})
    sort = SORTS[query.sort]
    body: Body = {
        "query": {"bool": {"filter": clauses}},
        "size": query.limit,
        "from": query.offset,
        "_source": False,
        "track_total_hits": True,
        "aggs": {name: {"terms": {"field": name, "size": FACET_BUCKETS}} for name in query.facets},
    }
    if query.limit and sort.field:
        body["sort"] = [{sort.field: "desc" if sort.descending else "asc"}]
    return body


def stored(ids: list[str]) -> Body:
    """Tokens and vectors of those ids."""
    return {
        "query": {
            "bool": {"filter": [{"ids": {"values": ids}}], "must_not": [{"term": {"visibility": "deleted"}}]}
        },
        "size": len(ids),
        "_source": ["version", "title", "body"],
        "docvalue_fields": [{"field": "packed"}],
        "track_total_hits": False,
    }


def held(after: int | None, size: int, ids: list[str] | None) -> Body:
    """The next documents in order of their keys, which never change: no snapshot is needed to miss none."""
    body: Body = {
        "query": {"match_all": {}} if ids is None else {"ids": {"values": ids}},
        "size": size,
        "_source": ["version", "visibility", "digest", "text_hash", "has_vector"],
        "sort": [{"key": "asc"}],
        "track_total_hits": False,
    }
    if after is not None:
        body["search_after"] = [after]
    return body


def arguments(body: Mapping[str, Any]) -> dict[str, Any]:
    """A request body as the client's arguments."""
    names = {"_source": "source", "from": "from_"}
    return {names.get(name, name): value for name, value in body.items()}
