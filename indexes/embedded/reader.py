"""One generation of the embedded engine as a process sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Query

from indexes.embedded import folder as files
from indexes.embedded.vectors import VectorFile
from indexes.embedded.words import open_words
from indexes.engine import key_id


class Reader:
    """One generation as this process sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fingerprint = files.read_fingerprint(folder)
        self.words = open_words(folder / "words")
        self.vectors = VectorFile(folder / "vectors.f32", self.fingerprint.dimensions)
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the newest commit."""
        meta = (self.folder / "words" / "meta.json").stat()
        seen = (meta.st_mtime_ns, meta.st_ino)
        with self._lock:
            if seen != self._seen:
                self.words.reload()
                self._seen = seen
            return self.words.searcher()


@dataclass(frozen=True, slots=True)
class Known:
    """What the columns say of an entry; `slot` is the row of its vector, negative without one."""

    version: int
    slot: int


def whole(value: float | None) -> int:
    """A column's value that is never missing."""
    assert value is not None
    return int(value)


def entries(
    searcher: tantivy.Searcher, query: Query, limit: int
) -> Iterator[tuple[str, Known, tantivy.Document]]:
    """Entries that match, with what the columns say of them."""
    addresses = [address for _, address in searcher.search(query, max(limit, 1), count=False).hits]
    columns = [searcher.fast_field_values(name, addresses) for name in ("key", "version", "slot")]
    for address, key, version, slot in zip(addresses, *columns, strict=True):
        yield key_id(whole(key)), Known(whole(version), whole(slot)), searcher.doc(address)
