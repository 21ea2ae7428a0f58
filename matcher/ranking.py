"""Every score that anybody sees: a pure function of one need, one candidate and a snapshot of the corpus.

A pair's score depends on nothing else, so order, chunks and engines make no difference, and a stored match can be
computed again. Meaning decides; words agree or do not within the limits that meaning leaves them:

- *semantic*: cosine of the two vectors, each measured from the centre of its own language. Encoders place texts of
  one language near each other; from the centres, a Korean text is as near as its content makes it. Across languages
  cosines come out smaller, which `foreign_gain` makes up for.
- *words*: BM25 as a share of what the need's own words weigh, saturated at `enough`. Sharing some of the need's rare
  words is evidence; sharing still more is not, because texts that merely mention the same things do that best.
- *held*: what is taken off because one side says too little to be judged (`matcher.substance`).

Weights, curves and thresholds lie in `parameters.json`, written by `daqiao calibrate` with the figures that justify
them (docs/calibration.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.corpus import Statistics, Vector
from matcher.parameters import CURRENT, Parameters
from matcher.substance import ceiling, held, weaker
from matcher.text import script
from matcher.vocabulary import Level

__all__ = ["CURRENT", "Asked", "Parameters", "Rankable", "Scored", "level", "rank"]
MARGIN = 1e-4  # of a score, many times what rounding could make of it
DIGITS = 6  # scores are rounded, so that the last bits of a processor's arithmetic never decide an order
HALF = 0.5 * 10**-DIGITS  # what rounding may add to a probability


class Rankable(Protocol):
    """What scoring reads of either side: its tokens and its vector."""

    @property
    def id(self) -> str:
        """Document id."""
        ...

    @property
    def title(self) -> tuple[str, ...]:
        """Tokens of the title."""
        ...

    @property
    def body(self) -> tuple[str, ...]:
        """Tokens of the rest."""
        ...

    @property
    def vector(self) -> Vector | None:
        """Vector of the text, a need's as a need, any other's as a passage; None while it is not encoded."""
        ...


@dataclass(frozen=True)
class Scored:
    """One candidate's result. `parts` are what the score was made of; `probability` is that of a grade of 2 or 3."""

    id: str
    score: float
    probability: float
    level: Level
    parts: Mapping[str, float]


def rank(
    need: Rankable, candidates: Iterable[Rankable], statistics: Statistics, parameters: Parameters = CURRENT
) -> list[Scored]:
    """Candidates with their scores, best first, ties by id."""
    asked = Asked(need, statistics, parameters)
    return sorted((asked.score(each) for each in candidates), key=lambda scored: (-scored.score, scored.id))


class Asked:
    """A need prepared for scoring many candidates."""

    def __init__(self, need: Rankable, statistics: Statistics, parameters: Parameters = CURRENT) -> None:
        self._statistics, self._parameters = statistics, parameters
        self._text = (*need.title, *need.body)
        self._language = script(self._text)
        self._vector = need.vector
        self._from_centre = None if need.vector is None else self._centred(need.vector, self._language)

    def score(self, candidate: Rankable) -> Scored:
        """Score, probability, level and parts of one candidate."""
        text = (*candidate.title, *candidate.body)
        return self._judged(candidate.id, text, *self._meant(candidate.vector, text))

    def score_if(self, candidate: Rankable, least: float) -> Scored | None:
        """The same, unless meaning is so far that no words could bring the probability to `least`."""
        p = self._parameters
        text = (*candidate.title, *candidate.body)
        language, semantic = self._meant(candidate.vector, text)
        if semantic is None or least <= HALF:
            return self._judged(candidate.id, text, language, semantic)
        if semantic + p.word_weight * p.enough < p.curve.score(least - HALF) - MARGIN:
            return None
        return self._judged(candidate.id, text, language, semantic)

    def _meant(self, vector: Vector | None, text: tuple[str, ...]) -> tuple[str, float | None]:
        """The candidate's language and how near its meaning is; None where one side has no vector."""
        language = script(text)
        semantic = self._semantic(vector, language)
        if semantic is not None and language != self._language:
            semantic *= self._parameters.foreign_gain
        return language, semantic

    def _judged(self, identifier: str, text: tuple[str, ...], language: str, semantic: float | None) -> Scored:
        p = self._parameters
        words, most = self._words(text), weaker(self._most, ceiling(text))
        if semantic is None:
            likely = float(p.curve_of_words(min(words, p.words_limit)))  # on the scale of the others
            return _scored(identifier, p.curve.score(likely), {"words": words}, p, most)
        if language != self._language:
            words = max(words, p.enough * min(max(semantic / p.foreign_reach, 0.0), 1.0))
        score = semantic + p.word_weight * min(words, p.enough)
        return _scored(identifier, score, {"semantic": semantic, "words": words}, p, most)

    @cached_property
    def _weights(self) -> dict[str, float]:
        return {token: self._statistics.weight(token) for token in sorted(set(self._text))}

    @cached_property
    def _weight(self) -> float:
        return sum(self._weights.values())

    @cached_property
    def _most(self) -> Level:
        return ceiling(self._text)

    def _words(self, document: tuple[str, ...]) -> float:
        if not self._weight:
            return 0.0
        return sum(self._statistics.weighed(self._weights, document).values()) / self._weight

    def _semantic(self, vector: Vector | None, language: str) -> float | None:
        if self._vector is None or self._from_centre is None or vector is None:
            return None
        if not self._statistics.centres:
            cosine = float(np.dot(self._vector.astype(np.float64), vector.astype(np.float64)))
            return (cosine - self._parameters.uncentred) / (1 - self._parameters.uncentred)
        return float(np.dot(self._from_centre, self._centred(vector, language)))

    def _centred(self, vector: Vector, language: str) -> NDArray[np.float64]:
        """Direction from the centre of the language; a language with too few texts counts from all centres' mean."""
        centres = self._statistics.centres
        away = vector.astype(np.float64)
        if centres:
            centre = centres[language] if language in centres else np.mean(list(centres.values()), axis=0)
            away -= centre
        length = sqrt(away @ away)
        return away / length if length else away


def _scored(identifier: str, score: float, parts: dict[str, float], p: Parameters, most: Level) -> Scored:
    if most is not Level.STRONG:  # one side says too little for more (see `matcher.substance`)
        limit = {Level.NONE: p.weak, Level.WEAK: p.fair}.get(most, p.strong)
        free, score = score, held(score, p.curve.score(limit))
        parts["held"] = free - score
    score = round(score, DIGITS) if isfinite(score) else 0.0
    probability = round(float(p.curve(score)), DIGITS)
    rounded = {name: round(value, DIGITS) for name, value in parts.items()}
    return Scored(identifier, score, probability, level(probability, p), rounded)


def level(probability: float, parameters: Parameters = CURRENT) -> Level:
    """The level shown for a probability."""
    if probability >= parameters.strong:
        return Level.STRONG
    if probability >= parameters.fair:
        return Level.FAIR
    return Level.WEAK if probability >= parameters.weak else Level.NONE
