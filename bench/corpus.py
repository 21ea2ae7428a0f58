"""Synthetic documents: words with the frequencies of a natural language, vectors in clusters, made from a seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from indexes.engine import Document, Upsert, Vector, sort_key
from indexes.facets import SORT_FIELDS, SORTS
from matcher.vocabulary import Chain, CoopMode, TechField

DIMENSIONS = 384
LENGTH = 100  # tokens, about 200 characters
WORDS = 60_000
COMMON = 100
CLUSTERS = 400
CHAINS, FIELDS, MODES = (tuple(term.value for term in terms) for terms in (Chain, TechField, CoopMode))


class Corpus:
    """Documents `1` to `count` of one seed."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count = count
        self.rng = np.random.default_rng(seed)
        self.centres = self.rng.normal(size=(CLUSTERS, DIMENSIONS)).astype(np.float32)
        self.names = np.array([f"w{number}" for number in range(WORDS)])
        # Zipf and Mandelbrot: the commonest word makes up about one percent of a text, as 的 does
        shares = 1 / (np.arange(WORDS) + 10.0)
        self.steps = np.cumsum(shares / shares.sum())

    def tokens(self, length: int, common: bool = True) -> list[str]:
        """Words of a text, frequent ones often; without the hundred commonest, which nobody searches for."""
        least = 0.0 if common else self.steps[COMMON]
        return [
            str(self.names[place])
            for place in np.searchsorted(self.steps, self.rng.uniform(least, 1, length))
        ]

    def vector(self) -> Vector:
        """A vector near one of the clusters."""
        raw = self.centres[self.rng.integers(CLUSTERS)] + 0.7 * self.rng.normal(size=DIMENSIONS)
        return np.asarray(raw / np.linalg.norm(raw), np.float32)

    def documents(self) -> Iterator[Upsert]:
        """Every document once, half needs and half achievements."""
        for number in range(1, self.count + 1):
            yield Upsert(self._document(number))

    def _document(self, number: int) -> Document:
        kind = ("need", "achievement")[number % 2]
        identifier = f"{kind}-{number}"
        words = self.tokens(LENGTH)
        descending = {sort.field: sort.descending for sort in SORTS.values()}
        values = {name: int(self.rng.integers(1, 2**31)) for name in SORT_FIELDS}
        return Document(
            id=identifier,
            version=1,
            visibility="public",
            title=tuple(words[:8]),
            body=tuple(words[8:]),
            facets={
                "kind": (kind,),
                "chain": (str(self.rng.choice(CHAINS)),),
                "domain": (str(self.rng.choice(FIELDS)),),
                "coop": tuple({str(each) for each in self.rng.choice(MODES, 2)}),
                "region": (f"22{number % 8 + 1:02d}00", "220000"),
                "year": (str(2020 + number % 7),),
                "lang": ("zh",),
            },
            sorts={
                name: sort_key(value, identifier, descending=descending[name])
                for name, value in values.items()
            },
            digest=str(number),
            text_hash=str(number),
            vector=self.vector(),
        )
