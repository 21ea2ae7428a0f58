"""The embedded engine. Any process reads; a write takes the generation's lock, so one process writes at a time.

The commit of the word index is the one moment at which a batch becomes visible: vectors were written before it, into
rows that only the committed documents name. Readers look at the commit's file before each search and reload when it
has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Order, Query

from indexes.embedded import folder as files
from indexes.embedded.reader import Passed, Reader, entries, rows, whole
from indexes.embedded.vectors import top
from indexes.embedded.words import (
    by_keys,
    by_slots,
    filter_clauses,
    open_words,
    set_query,
    word_query,
)
from indexes.embedded.writing import apply_to
from indexes.engine import (
    DELETED,
    Candidates,
    EngineUnavailableError,
    Filters,
    Fingerprint,
    Held,
    Hit,
    NoIndexError,
    Operation,
    OpResult,
    Page,
    SetQuery,
    Stored,
    Vector,
    WordQuery,
    key_id,
)
from indexes.facets import FACET_BUCKETS, SORTS

T = TypeVar("T")
MIN_TAKE = 256
FEW = 20_000  # documents that pass a filter of which all are looked at rather than the best of the whole index


class EmbeddedEngine:
    """The index in `root`; bound to one generation when `bound` is given, else to whichever is live."""

    name = "embedded"

    def __init__(self, root: Path, timeout: float = 30.0, bound: str | None = None) -> None:
        self.root = root
        self.timeout = timeout
        self.bound = bound
        self._readers: dict[str, Reader] = {}

    @property
    def generation(self) -> str:
        """Name of the generation that calls go to; NoIndexError if there is none."""
        return self.bound or files.live(self.root)

    def fingerprint(self) -> Fingerprint:
        """How this generation was made."""
        return self._reader().fingerprint

    def _reader(self) -> Reader:
        name = self.generation
        reader = self._readers.get(name)
        if reader is None:
            reader = Reader(self.root / name)
            self._readers = {name: reader}
        return reader

    def _read(self, work: Callable[[Reader, tantivy.Searcher], T]) -> T:
        try:
            reader = self._reader()
            return work(reader, reader.searcher())
        except (OSError, ValueError, NoIndexError) as error:
            self._readers = {}
            raise (
                error
                if isinstance(error, NoIndexError)
                else EngineUnavailableError(f"embedded index: {error}")
            ) from error

    # -- writing ---------------------------------------------------------------------------------------------------

    def apply(self, operations: Sequence[Operation], *, visible: bool = True) -> list[OpResult]:
        """Carry out operations; one result each, in their order. Always visible: here that costs nothing more."""
        with self._writing() as reader:
            try:
                return apply_to(reader, operations)
            except (OSError, ValueError) as error:  # a full disk, a lost folder: nothing was committed
                self._readers = {}
                raise EngineUnavailableError(f"embedded index: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[Reader]:
        while True:
            reader = self._reader()
            with files.locked(reader.folder / "write.lock", self.timeout):
                # while waiting, a rebuild may have made another generation live
                if reader.folder.name == self.generation:
                    yield reader
                    return

    # -- reading ---------------------------------------------------------------------------------------------------

    def by_words(self, words: WordQuery, filters: Filters, limit: int) -> list[Hit]:
        """The best word hits, best first."""
        if not words.tokens or limit < 1:
            return []

        def work(reader: Reader, searcher: tantivy.Searcher) -> list[Hit]:
            clauses = [*filter_clauses(reader.words, filters), (Occur.Must, word_query(reader.words, words))]
            found = searcher.search(Query.boolean_query(clauses), limit, count=False).hits
            return reader.hits(
                searcher, [address for _, address in found], [float(score) for score, _ in found]
            )

        return self._read(work)

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Hit]:
        """The nearest documents with their exact cosine, nearest first, ties by id."""
        return self._read(lambda reader, searcher: _nearest(reader, searcher, vector, filters, limit))

    def candidates(self, words: WordQuery, vector: Vector | None, filters: Filters, limit: int) -> Candidates:
        """The best `limit` by words and, with a vector, the nearest `limit`."""
        near = [] if vector is None else self.by_vector(vector, filters, limit)
        return Candidates(self.by_words(words, filters, limit), near)

    def page(self, query: SetQuery) -> Page:
        """Size, counts and one page of a set, ordered by a stored field, ties by id."""

        def work(reader: Reader, searcher: tantivy.Searcher) -> Page:
            wanted = set_query(reader.words, query)
            total, counts = _counted(searcher, wanted, query.facets)
            if query.limit < 1:
                return Page(total, (), counts)
            sort = SORTS[query.sort]
            order = Order.Desc if sort.descending else Order.Asc
            hits = searcher.search(wanted, query.limit, False, sort.field, query.offset, order).hits
            keys = searcher.fast_field_values("key", [address for _, address in hits])
            return Page(total, tuple(key_id(whole(key)) for key in keys), counts)

        return self._read(work)

    def stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Tokens and vectors of those ids that are there."""

        def work(reader: Reader, searcher: tantivy.Searcher) -> dict[str, Stored]:
            vectors = reader.vectors.rows()
            found: dict[str, Stored] = {}
            for identifier, known, document in entries(searcher, by_keys(reader.words, ids), len(ids)):
                if document.get_first("visibility") == DELETED:
                    continue
                title, body = (tuple((document.get_first(name) or "").split()) for name in ("title", "body"))
                vector = np.array(vectors[known.place.slot]) if known.place.slot >= 0 else None
                found[identifier] = Stored(identifier, known.version, title, body, vector)
            return found

        return self._read(work) if ids else {}

    def held(self, ids: Sequence[str] | None = None) -> Iterator[Held]:
        """Everything in this generation, or only `ids`, in no order, markers of deleted documents included."""

        def work(reader: Reader, searcher: tantivy.Searcher) -> Iterator[Held]:
            query = Query.all_query() if ids is None else by_keys(reader.words, ids)
            for identifier, known, document in entries(searcher, query, searcher.num_docs):
                texts = [bytes(document.get_first(name) or b"").decode() for name in ("digest", "text_hash")]
                seen = str(document.get_first("visibility"))
                yield Held(identifier, known.version, seen, texts[0], texts[1], known.place.slot >= 0)

        return self._read(work)

    # -- generations -----------------------------------------------------------------------------------------------

    def create(self, fingerprint: Fingerprint) -> EmbeddedEngine:
        """A new empty generation beside the live one."""
        name = files.make_generation(self.root, fingerprint)
        open_words(self.root / name / "words")
        return EmbeddedEngine(self.root, self.timeout, name)

    def make_live(self, generation: str) -> None:
        """Swap at once: `generation` becomes live, the live one becomes the previous."""
        files.read_fingerprint(self.root / generation)
        with files.locked(self.root / "swap.lock", self.timeout):
            live, _ = files.pointer(self.root)
            if live is None:
                files.write_atomically(self.root / files.POINTER, {"live": generation, "previous": None})
                return
            # nobody may be in the middle of a write to the generation that is left
            with files.locked(self.root / live / "write.lock", self.timeout):
                files.write_atomically(self.root / files.POINTER, {"live": generation, "previous": live})

    def generations(self) -> tuple[str | None, str | None, tuple[str, ...]]:
        """Names of the live and the previous generation, and of debris that no pointer names."""
        return (*files.pointer(self.root), files.debris(self.root))

    def discard(self, generation: str) -> None:
        """Remove a generation that is neither live nor previous; ValueError if it is one of these."""
        self._readers.pop(generation, None)
        files.discard(self.root, generation)

    def close(self) -> None:
        """Let go of files."""
        self._readers = {}


def _counted(
    searcher: tantivy.Searcher, query: Query, facets: Sequence[str]
) -> tuple[int, dict[str, dict[str, int]]]:
    """Size of a set and its counts by facet, in one pass."""
    asked: dict[str, dict[str, object]] = {"total": {"value_count": {"field": "key"}}}
    asked |= {name: {"terms": {"field": name, "size": FACET_BUCKETS}} for name in facets}
    answer = searcher.aggregate(query, asked)
    counts = {
        name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[name]["buckets"]}
        for name in facets
    }
    return int(answer["total"]["value"]), counts


def _nearest(
    reader: Reader, searcher: tantivy.Searcher, vector: Vector, filters: Filters, limit: int
) -> list[Hit]:
    if limit < 1 or not len(scores := reader.cosines(vector)):
        return []
    clauses = filter_clauses(reader.words, filters)

    def among(slots: Sequence[int]) -> list[Passed]:
        return rows(searcher, [*clauses, (Occur.Must, by_slots(reader.words, slots))], len(slots))

    # Most rows pass the usual filters: ask the word index about the best few, about all only when too few passed.
    take = max(MIN_TAKE, 3 * limit)
    found = among(top(scores, take)) if take * 8 < len(scores) else []
    while len(found) < limit:
        take *= 8
        if take >= len(scores) or reader.passing(searcher, clauses) <= FEW:
            found = among(_best(scores, *reader.slots(searcher, filters), limit))
            break
        found = among(top(scores, take))
    best = sorted((-float(scores[slot]), key, address) for slot, key, address in found)[:limit]
    return reader.hits(searcher, [address for _, _, address in best], [-score for score, _, _ in best])


def _best(scores: Vector, slots: NDArray[np.int64], keys: NDArray[np.int64], limit: int) -> list[int]:
    """Of those rows the best, ties by key."""
    return [int(slot) for slot in slots[np.lexsort((keys, -scores[slots]))[:limit]]]
