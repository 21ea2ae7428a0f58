"""One generation of the embedded engine as a process sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Query

from indexes.embedded import folder as files
from indexes.embedded.vectors import RowFile, cosines
from indexes.embedded.words import SCRIPTS, Place, open_words
from indexes.engine import Hit, Vector, key_id


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

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the newest commit."""
        meta = (self.folder / "words" / "meta.json").stat()
        seen = (meta.st_mtime_ns, meta.st_ino)
        with self._lock:
            if seen != self._seen:
                self.words.reload()
                self._seen = seen
            return self.words.searcher()

    def cosines(self, vector: Vector) -> Vector:
        """Cosine of every row with `vector`; kept until another is asked, because matching asks once for each language."""
        rows, name = self.vectors.rows(), vector.tobytes()
        known = self._near
        if known is None or known[0] != name or len(known[1]) != len(rows):
            known = self._near = (name, cosines(rows, vector))
        return known[1]

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
