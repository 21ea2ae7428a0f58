"""The Elasticsearch engine: one alias for the live index, one for the previous, swapped in a single call.

Only what every cluster has is used: no server-side fusion, no scripts, no reindex.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from indexes.elastic import mapping, queries
from indexes.engine import (
    Candidates,
    EngineError,
    EngineUnavailableError,
    Filters,
    Fingerprint,
    Held,
    Hit,
    NoIndexError,
    Operation,
    OpResult,
    Outcome,
    Page,
    SetQuery,
    Stored,
    Vector,
    WordQuery,
    id_key,
)
from matcher.clock import now

BUSY = {408, 429, 502, 503, 504}
CONFLICT = 409
SCAN_SIZE = 1000
BULK_SECONDS = 60.0
FINGERPRINT_SECONDS = 5.0


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except NotFoundError as error:
        raise NoIndexError("no index yet") from error
    except ApiError as error:
        kind = EngineUnavailableError if error.status_code in BUSY else EngineError
        raise kind(f"Elasticsearch: {error.status_code} {error.message}") from error
    except TransportError as error:
        raise EngineUnavailableError(f"Elasticsearch: {error.message}") from error


class ElasticEngine:
    """Indexes named with `prefix` on the cluster at `url`; bound to one of them, else to whichever is live."""

    name = "elastic"

    def __init__(self, url: str, prefix: str, timeout: float = 5.0, bound: str | None = None) -> None:
        self.url = url
        self.prefix = prefix
        self.timeout = timeout
        self.bound = bound
        self.live_alias = f"{prefix}-live"
        self.previous_alias = f"{prefix}-previous"
        # the caller's time limit is kept: no second attempt behind its back
        self.client = Elasticsearch(url, request_timeout=timeout, max_retries=0, retry_on_timeout=False)
        self._slow = self.client.options(request_timeout=max(timeout, BULK_SECONDS))
        self._fingerprint: tuple[float, Fingerprint] | None = None

    @property
    def target(self) -> str:
        """Name that requests go to: an index or the live alias."""
        return self.bound or self.live_alias

    @property
    def generation(self) -> str:
        """Name of the generation that calls go to; NoIndexError if there is none."""
        live = self.bound or self.generations()[0]
        if live is None:
            raise NoIndexError("no index yet")
        return live

    def fingerprint(self) -> Fingerprint:
        """How this generation was made; asked anew every few seconds."""
        if self._fingerprint is None or self._fingerprint[0] < time.monotonic():
            with _translated():
                answer = self.client.indices.get_mapping(index=self.target)
            meta = next(iter(answer.body.values()))["mappings"]["_meta"]
            self._fingerprint = (time.monotonic() + FINGERPRINT_SECONDS, Fingerprint(**meta))
        return self._fingerprint[1]

    # -- writing ---------------------------------------------------------------------------------------------------

    def apply(self, operations: Sequence[Operation], *, visible: bool = True) -> list[OpResult]:
        """Carry out operations; one result each, in their order. A visible call makes all earlier ones visible too."""
        if not operations:
            return []
        # the client's types know only mappings here; lines that are bytes go out as they are
        lines: list[Any] = [line for operation in operations for line in mapping.bulk_lines(operation)]
        with _translated():
            answer = self._slow.bulk(
                operations=lines, index=self.target, refresh=visible, require_alias=self.bound is None or None
            )
        results = [
            _result(operation.id, item["index"])
            for operation, item in zip(operations, answer["items"], strict=True)
        ]
        if any("no such index" in result.reason for result in results):
            raise NoIndexError("no index yet")
        return results

    # -- reading ---------------------------------------------------------------------------------------------------

    def _search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        with _translated():
            return self.client.search(index=self.target, **queries.arguments(body)).body  # type: ignore[no-any-return]

    def by_words(self, words: WordQuery, filters: Filters, limit: int) -> list[Hit]:
        """The best word hits, best first."""
        if not words.tokens or limit < 1:
            return []
        return _hits(self._search(queries.by_words(words, filters, limit)))

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Hit]:
        """The nearest documents with their exact cosine, nearest first, ties by id."""
        if limit < 1:
            return []
        return _exact(self._search(queries.by_vector(vector, filters, limit)), vector)[:limit]

    def candidates(self, words: WordQuery, vector: Vector | None, filters: Filters, limit: int) -> Candidates:
        """The best `limit` by words and, with a vector, the nearest `limit`, in one request."""
        if vector is None:
            return Candidates(self.by_words(words, filters, limit), [])
        if not words.tokens:
            return Candidates([], self.by_vector(vector, filters, limit))
        bodies = (queries.by_words(words, filters, limit), queries.by_vector(vector, filters, limit))
        with _translated():
            answer = self.client.msearch(
                index=self.target, searches=[part for body in bodies for part in ({}, body)]
            )
        for each in answer["responses"]:
            if "error" in each:
                _raise(each)
        return Candidates(_hits(answer["responses"][0]), _exact(answer["responses"][1], vector)[:limit])

    def page(self, query: SetQuery) -> Page:
        """Size, counts and one page of a set, ordered by a stored field, ties by id."""
        answer = self._search(queries.page(query))
        counts = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][name]["buckets"]}
            for name in query.facets
        }
        return Page(
            answer["hits"]["total"]["value"], tuple(hit["_id"] for hit in answer["hits"]["hits"]), counts
        )

    def stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Tokens and vectors of those ids that are there."""
        if not ids:
            return {}
        return {hit["_id"]: _stored(hit) for hit in self._search(queries.stored(list(ids)))["hits"]["hits"]}

    def held(self, ids: Sequence[str] | None = None) -> Iterator[Held]:
        """Everything in this generation, or only `ids`, in order of keys, markers of deleted documents included."""
        after: int | None = None
        while True:
            body = queries.held(after, SCAN_SIZE, None if ids is None else list(ids))
            with _translated():
                hits = self._slow.search(index=self.target, **queries.arguments(body))["hits"]["hits"]
            for hit in hits:
                yield _held(hit)
            if len(hits) < SCAN_SIZE:
                return
            after = hits[-1]["sort"][0]

    # -- generations -----------------------------------------------------------------------------------------------

    def create(self, fingerprint: Fingerprint) -> ElasticEngine:
        """A new empty generation beside the live one."""
        name = f"{self.prefix}-g{now():%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        with _translated():
            self._slow.indices.create(
                index=name,
                mappings=mapping.mapping(fingerprint),
                settings=mapping.SETTINGS,
                wait_for_active_shards="1",
            )
        return ElasticEngine(self.url, self.prefix, self.timeout, name)

    def make_live(self, generation: str) -> None:
        """Swap at once: `generation` becomes live, the live one becomes the previous."""
        live, previous, _ = self.generations()
        if not self._exists(generation):
            raise NoIndexError(f"{generation}: no such generation")
        actions: list[Mapping[str, Any]] = [{"add": {"index": generation, "alias": self.live_alias}}]
        if live:
            actions.append({"remove": {"index": live, "alias": self.live_alias}})
            actions.append({"add": {"index": live, "alias": self.previous_alias}})
        if previous:
            actions.append({"remove": {"index": previous, "alias": self.previous_alias}})
        with _translated():
            self._slow.indices.update_aliases(actions=actions)
        self._fingerprint = None

    def _exists(self, generation: str) -> bool:
        with _translated():
            return bool(self.client.indices.exists(index=generation))

    def generations(self) -> tuple[str | None, str | None, tuple[str, ...]]:
        """Names of the live and the previous generation, and of debris that no alias names."""
        with _translated():
            answer = self.client.indices.get_alias(index=f"{self.prefix}-g*", allow_no_indices=True).body
        live = previous = None
        debris: list[str] = []
        for name, found in sorted(answer.items()):
            if self.live_alias in found["aliases"]:
                live = name
            elif self.previous_alias in found["aliases"]:
                previous = name
            else:
                debris.append(name)
        return live, previous, tuple(debris)

    def discard(self, generation: str) -> None:
        """Remove a generation that is neither live nor previous; ValueError if it is one of these."""
        if generation not in self.generations()[2]:
            raise ValueError(f"{generation} is in use or not there")
        with _translated():
            self._slow.indices.delete(index=generation)

    def close(self) -> None:
        """Let go of connections."""
        self.client.close()


def _raise(answer: Mapping[str, Any]) -> None:
    reason = f"Elasticsearch: {answer['status']} {answer['error'].get('type')}"
    if answer["status"] == 404:
        raise NoIndexError("no index yet")
    raise (EngineUnavailableError if answer["status"] in BUSY else EngineError)(reason)


def _result(identifier: str, item: Mapping[str, Any]) -> OpResult:
    status = int(item["status"])
    if status < 300:
        return OpResult(identifier, Outcome.DONE)
    if status == CONFLICT:
        return OpResult(identifier, Outcome.STALE)
    error = item.get("error") or {}
    reason = f"{status} {error.get('type')}: {error.get('reason')}"[:400]
    return OpResult(identifier, Outcome.FAILED, retryable=status in BUSY or status >= 500, reason=reason)


def _hits(answer: Mapping[str, Any]) -> list[Hit]:
    return [_hit(hit, float(hit["_score"])) for hit in answer["hits"]["hits"]]


def _hit(hit: Mapping[str, Any], score: float) -> Hit:
    fields = hit.get("fields", {})
    vector = mapping.unpack(fields["packed"][0]) if "packed" in fields else None
    return Hit(
        hit["_id"],
        score,
        fields.get("lang", [""])[0],
        mapping.unpack_terms(fields.get("terms", [""])[0]),
        vector,
        fields.get("silent", [False])[0],
    )


def _exact(answer: Mapping[str, Any], vector: Vector) -> list[Hit]:
    found = _hits(answer)
    if not found:
        return []
    scores = np.stack([hit.vector for hit in found if hit.vector is not None]) @ vector.astype(np.float32)
    scored = [replace(hit, score=float(score)) for hit, score in zip(found, scores, strict=True)]
    return sorted(scored, key=lambda hit: (-hit.score, id_key(hit.id)))


def _stored(hit: Mapping[str, Any]) -> Stored:
    found = hit["_source"]
    packed = hit.get("fields", {}).get("packed")
    title, body = (tuple(found.get(name, "").split()) for name in ("title", "body"))
    return Stored(hit["_id"], found["version"], title, body, mapping.unpack(packed[0]) if packed else None)


def _held(hit: Mapping[str, Any]) -> Held:
    found = hit["_source"]
    texts = (found.get("digest", ""), found.get("text_hash", ""))
    return Held(hit["_id"], found["version"], found["visibility"], *texts, bool(found.get("has_vector")))
