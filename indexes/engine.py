"""The protocol that both engines implement, and what passes through it. Plain data; no engine is imported here.

Engines supply candidates, counts and orders by stored fields. No score of theirs is ever shown to anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.vocabulary import Kind

Vector = NDArray[np.float32]
Terms = NDArray[np.uint32]  # a document's tokens as numbers, those of the title twice
KINDS: tuple[str, ...] = (Kind.NEED.value, Kind.ACHIEVEMENT.value, Kind.EXPERT.value)
DELETED = "deleted"  # visibility of the marker that a deleted document leaves behind
TITLE_BOOST = 2.0
KEY_STEP = 4  # room for the kinds in one integer with the record's number


class EngineError(Exception):
    """Something about the index."""


class EngineUnavailableError(EngineError):
    """The index cannot answer now (absent, refused, overloaded, too slow); the same call may succeed later."""


class NoIndexError(EngineUnavailableError):
    """There is no live index yet."""


class RebuildError(EngineError):
    """A rebuild was refused or failed; the live index is as it was. The message says why."""


class Outcome(StrEnum):
    """What became of one operation."""

    DONE = "done"
    STALE = "stale"  # the index already holds a newer version: nothing to do, counts as done
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Document:
    """What the index holds of one record. `digest` is the hash of everything but the vector."""

    id: str
    version: int
    visibility: str
    title: tuple[str, ...]
    body: tuple[str, ...]
    facets: Mapping[str, tuple[str, ...]]
    sorts: Mapping[str, int]
    digest: str
    text_hash: str = ""
    silent: bool = False  # its owner was asked in vain whether it is still valid, so it sinks
    vector: Vector | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Upsert:
    """Put a document; refused as stale when the index holds a newer version of it."""

    document: Document

    @property
    def id(self) -> str:
        """Document id."""
        return self.document.id

    @property
    def version(self) -> int:
        """External version."""
        return self.document.version


@dataclass(frozen=True, slots=True)
class Delete:
    """Take a document out; leaves a marker, so that a late update of an older version does not bring it back."""

    id: str
    version: int


Operation = Upsert | Delete


@dataclass(frozen=True, slots=True)
class OpResult:
    """What became of one operation; `retryable` says whether the same operation may succeed later."""

    id: str
    outcome: Outcome
    retryable: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Who may see (visibilities), and per facet the values of which one must be there."""

    visibilities: frozenset[str]
    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def narrowed(self, **terms: str) -> Filters:
        """The same with one value each for the named facets."""
        return Filters(
            self.visibilities, {**self.terms, **{name: frozenset([value]) for name, value in terms.items()}}
        )


@dataclass(frozen=True, slots=True)
class WordQuery:
    """Distinct tokens, of which a document must hold `at_least` so many in its title or body."""

    tokens: tuple[str, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class SetQuery:
    """The set filters ∧ (words ∨ ids); neither words nor ids: every document that passes the filters."""

    filters: Filters
    words: WordQuery | None = None
    ids: frozenset[str] = frozenset()
    sort: str = "newest"
    offset: int = 0
    limit: int = 0
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate with what scoring it takes; `score` is the engine's BM25, or the exact cosine."""

    id: str
    score: float
    lang: str = field(default="", compare=False)
    terms: Terms = field(default_factory=lambda: np.zeros(0, np.uint32), compare=False)
    vector: Vector | None = field(default=None, compare=False)
    silent: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What either leg proposes, each best first."""

    by_words: list[Hit]
    by_vector: list[Hit]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a set: its exact size, ids in order, counts per facet value."""

    total: int
    ids: tuple[str, ...]
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Stored:
    """What scoring needs of a document: its tokens and its vector."""

    id: str
    version: int
    title: tuple[str, ...]
    body: tuple[str, ...]
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class Held:
    """What checking needs of a document; a marker of a deleted one has visibility `deleted`."""

    id: str
    version: int
    visibility: str
    digest: str
    text_hash: str
    has_vector: bool


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How an index was made. Mapping or tokens differ: rebuild; model differs: vectors must not be compared."""

    mapping: str
    tokens: str
    model: str
    dimensions: int


class Engine(Protocol):
    """One index: the live one, or a generation beside it that is being built.

    Every method raises `EngineUnavailableError` when the index cannot answer within its time limit.
    """

    @property
    def name(self) -> str:
        """`embedded` or `elastic`."""
        ...

    @property
    def generation(self) -> str:
        """Name of the generation that calls go to; NoIndexError if there is none."""
        ...

    def fingerprint(self) -> Fingerprint:
        """How this generation was made."""
        ...

    def apply(self, operations: Sequence[Operation], *, visible: bool = True) -> list[OpResult]:
        """Carry out operations of different ids; one result each, in their order, visible to searches afterwards.

        Not `visible`: done and durable all the same, but searches may find them only after the next visible call.
        """
        ...

    def by_words(self, words: WordQuery, filters: Filters, limit: int) -> list[Hit]:
        """The best word hits, best first."""
        ...

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Hit]:
        """The nearest documents with their exact cosine, nearest first, ties by id."""
        ...

    def candidates(self, words: WordQuery, vector: Vector | None, filters: Filters, limit: int) -> Candidates:
        """The best `limit` by words and, with a vector, the nearest `limit`, asked for at once."""
        ...

    def page(self, query: SetQuery) -> Page:
        """Size, counts and one page of a set, ordered by a stored field, ties by id."""
        ...

    def stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Tokens and vectors of those ids that are there."""
        ...

    def held(self, ids: Sequence[str] | None = None) -> Iterator[Held]:
        """Everything in this generation, or only `ids`, in no order, markers of deleted documents included."""
        ...

    # Generations: a rebuild makes one beside the live one and then swaps at once.
    def create(self, fingerprint: Fingerprint) -> Engine:
        """A new empty generation beside the live one."""
        ...

    def make_live(self, generation: str) -> None:
        """Swap at once: `generation` becomes live, the live one becomes the previous."""
        ...

    def generations(self) -> tuple[str | None, str | None, tuple[str, ...]]:
        """Names of the live and the previous generation, and of debris that no pointer names."""
        ...

    def discard(self, generation: str) -> None:
        """Remove a generation that is neither live nor previous; ValueError if it is one of these."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def document_id(kind: str, record_id: int) -> str:
    """Index id of a record, such as `need-12`."""
    return f"{kind}-{record_id}"


def split_id(identifier: str) -> tuple[str, int]:
    """Kind and record number of an index id; ValueError if it is none."""
    kind, _, number = identifier.rpartition("-")
    if kind not in KINDS:
        raise ValueError(identifier)
    return kind, int(number)


def id_key(identifier: str) -> int:
    """The id as one integer, for engines that keep numbers in columns."""
    kind, number = split_id(identifier)
    return number * KEY_STEP + KINDS.index(kind)


def key_id(key: int) -> str:
    """The id that `id_key` made into `key`."""
    number, kind = divmod(key, KEY_STEP)
    return document_id(KINDS[kind], number)


def sort_key(value: int, identifier: str, *, descending: bool) -> int:
    """Value and id in one 63-bit integer: a total order, the same in every engine, smaller ids first among equals."""
    tie = id_key(identifier) & (2**22 - 1)
    return (min(max(value, 0), 2**40) << 22) | (2**22 - 1 - tie if descending else tie)
