"""Statistics of all published texts at one moment: how rare a word is, how long texts are, where a language lies.

Every score is computed from such a snapshot, which is stored and named by the matches that used it: the same
inputs give the same score in any engine, in any batch, and on any later day.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.text import script

Vector = NDArray[np.float32]
K1, B = 1.2, 0.75  # the usual BM25 constants
FORMAT = 1
MIN_CENTRE = 5  # texts of a language below which their mean says little, where there is no prior
PRIOR_TEXTS = 500  # how many texts a prior centre counts for: the centre of few texts is those texts


@dataclass(frozen=True)
class Statistics:
    """`frequencies` holds only words in two texts or more: one that is in none counts as being in one."""

    documents: int
    average_length: float
    frequencies: Mapping[str, int]
    centres: Mapping[str, Vector] = field(default_factory=dict, compare=False)

    def weight(self, token: str) -> float:
        """Rarity of a word (BM25's inverse document frequency), always positive."""
        documents = max(self.documents, 1)
        frequency = min(self.frequencies.get(token, 1), documents)
        return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))

    def bm25(self, query: Iterable[str], document: Sequence[str]) -> float:
        """BM25 of the query's distinct words, unbounded above."""
        return sum(self.agreement(query, document).values())

    def agreement(self, query: Iterable[str], document: Sequence[str]) -> dict[str, float]:
        """What each of the query's distinct words adds to BM25; words that the document lacks are left out."""
        shared = frozenset(query).intersection(document)
        return self.weighed({token: self.weight(token) for token in shared}, document)

    def weighed(self, weights: Mapping[str, float], document: Sequence[str]) -> dict[str, float]:
        """The same for a query whose words' weights are at hand."""
        counts = Counter([token for token in document if token in weights])
        length = K1 * (1 - B + B * len(document) / (self.average_length or 1))
        shared = sorted(counts)  # one order of adding up: equal to the last bit everywhere
        return {token: weights[token] * counts[token] * (K1 + 1) / (counts[token] + length) for token in shared}

    def dump(self) -> bytes:
        """The snapshot for storing."""
        centres = {name: [round(float(x), 6) for x in vector] for name, vector in self.centres.items()}
        data = [FORMAT, self.documents, self.average_length, dict(self.frequencies), centres]
        return zlib.compress(json.dumps(data, ensure_ascii=False, sort_keys=True).encode())

    @classmethod
    def load(cls, data: bytes) -> Statistics:
        """What `dump` made; ValueError for anything else."""
        try:
            form, documents, average, frequencies, centres = json.loads(zlib.decompress(data))
        except (zlib.error, TypeError, ValueError) as error:
            raise ValueError("not a corpus snapshot") from error
        if form != FORMAT:
            raise ValueError(f"corpus snapshot of format {form}")
        vectors = {name: np.asarray(values, dtype=np.float32) for name, values in centres.items()}
        return cls(documents, average, frequencies, vectors)


EMPTY = Statistics(0, 0.0, {})


def collect(
    texts: Iterable[tuple[Sequence[str], Vector | None]], prior: Mapping[str, Vector] = MappingProxyType({})
) -> Statistics:
    """Statistics of texts given as their tokens and, where there is one, their vector as a passage.

    `prior` holds centres by language to start from (see `matcher.priors`).
    """
    frequencies: Counter[str] = Counter()
    sums: dict[str, NDArray[np.float64]] = {}
    counts: Counter[str] = Counter()
    documents = length = 0
    for words, vector in texts:
        documents += 1
        length += len(words)
        frequencies.update(set(words))
        if vector is not None:
            language = script(words)
            counts[language] += 1
            sums[language] = sums.get(language, 0.0) + vector.astype(np.float64)
    centres = _centres(sums, counts, prior)
    common = {token: number for token, number in sorted(frequencies.items()) if number > 1}
    return Statistics(documents, length / documents if documents else 0.0, common, centres)


def _centres(
    sums: Mapping[str, NDArray[np.float64]], counts: Mapping[str, int], prior: Mapping[str, Vector]
) -> dict[str, Vector]:
    found: dict[str, Vector] = {}
    for name in sorted({*sums, *prior}):
        total, number = sums.get(name, 0.0), counts.get(name, 0)
        if name in prior:
            total, number = total + PRIOR_TEXTS * prior[name].astype(np.float64), number + PRIOR_TEXTS
        if number >= MIN_CENTRE:
            found[name] = np.asarray(total / number, dtype=np.float32).round(6)
    return found
