"""One generation of the embedded engine as a process sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from indexes.embedded import folder as files
from indexes.embedded.vectors import RowFile, cosines
from indexes.embedded.words import SCRIPTS, Place, filter_clauses, open_words
from indexes.engine import Filters, Hit, Vector, key_id

Passed = tuple[int, int, tantivy.DocAddress]  # vector row, key and address of an entry
Columns = tuple[NDArray[np.int64], NDArray[np.int64]]
KEPT = 32  # filters whose entries are remembered


class Reader:
    """One generation as this process sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fingerprint = files.read_fingerprint(folder)
        self.words = open_words(folder / "words")
        self.vectors = RowFile(folder / "vectors.f32", self.fingerprint.dimensions, np.float32)
        self.terms = RowFile(folder / "terms.u32", 1, np.uint32)
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._near: tuple[bytes, Vector] | None = None
        self._searcher: tantivy.Searcher | None = None
        self._slots: tuple[tantivy.Searcher | None, dict[object, Columns]] = (None, {})

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the newest commit."""
        meta = (self.folder / "words" / "meta.json").stat()
        seen = (meta.st_mtime_ns, meta.st_ino)
        with self._lock:
            if self._searcher is None or seen != self._seen:
                self.words.reload()
                self._searcher, self._seen = self.words.searcher(), seen
            return self._searcher

    def cosines(self, vector: Vector) -> Vector:
        """Cosine of every row with `vector`; kept until another is asked, because matching asks once for each language."""
        rows, name = self.vectors.rows(), vector.tobytes()
        known = self._near
        if known is None or known[0] != name or len(known[1]) != len(rows):
            known = self._near = (name, cosines(rows, vector))
        return known[1]

    def passing(self, searcher: tantivy.Searcher, clauses: list[tuple[Occur, Query]]) -> int:
        """How many entries pass the clauses, with and without a vector."""
        return searcher.search(Query.boolean_query(clauses), 1, count=True).count or 0  # type: ignore[attr-defined]  # not in the stub

    def slots(self, searcher: tantivy.Searcher, filters: Filters) -> Columns:
        """Vector rows and keys of all that passes; kept until the next commit, because every match of a language asks."""
        known = self._slots
        if known[0] is not searcher or len(known[1]) >= KEPT:
            known = self._slots = (searcher, {})  # of this searcher alone, whatever other threads look at
        name = (filters.visibilities, tuple(sorted(filters.terms.items())))
        if name not in known[1]:
            found = rows(searcher, filter_clauses(self.words, filters), searcher.num_docs)
            slots, keys = ([each[place] for each in found] for place in (0, 1))
            known[1][name] = np.array(slots, np.int64), np.array(keys, np.int64)
        return known[1][name]

    def hits(
        self, searcher: tantivy.Searcher, addresses: Sequence[tantivy.DocAddress], scores: Sequence[float]
    ) -> list[Hit]:
        """Hits at those addresses with what scoring them takes."""
        names = ("key", "script", "slot", "start", "length", "silent")
        columns = [
            [whole(value) for value in searcher.fast_field_values(name, list(addresses))] for name in names
        ]
        vectors, terms = self.vectors.rows(), self.terms.rows().reshape(-1)
        return [
            Hit(
                key_id(key),
                score,
                SCRIPTS[script],
                terms[start : start + length],
                vectors[slot] if slot >= 0 else None,
                bool(silent),
            )
            for key, script, slot, start, length, silent, score in zip(*columns, scores, strict=True)
        ]


def rows(searcher: tantivy.Searcher, clauses: list[tuple[Occur, Query]], limit: int) -> list[Passed]:
    """What passes the clauses and has a vector."""
    query = Query.const_score_query(Query.boolean_query(clauses), 0.0)
    addresses = [address for _, address in searcher.search(query, max(limit, 1), count=False).hits]
    keys, slots = (searcher.fast_field_values(name, addresses) for name in ("key", "slot"))
    found = zip(slots, keys, addresses, strict=True)
    return [(whole(slot), whole(key), address) for slot, key, address in found if whole(slot) >= 0]


@dataclass(frozen=True, slots=True)
class Known:
    """What the columns say of an entry."""

    version: int
    place: Place


def whole(value: float | None) -> int:
    """A column's value that is never missing."""
    assert value is not None
    return int(value)


def entries(
    searcher: tantivy.Searcher, query: Query, limit: int
) -> Iterator[tuple[str, Known, tantivy.Document]]:
    """Entries that match, with what the columns say of them."""
    addresses = [address for _, address in searcher.search(query, max(limit, 1), count=False).hits]
    columns = [
        searcher.fast_field_values(name, addresses) for name in ("key", "version", "slot", "start", "length")
    ]
    for address, key, version, *place in zip(addresses, *columns, strict=True):
        yield key_id(whole(key)), Known(whole(version), Place(*map(whole, place))), searcher.doc(address)
