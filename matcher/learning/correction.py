"""The correction: weights of named features, added to the logit of the ranking's probability. Pure and bounded.

It applies to the ranking that it was learnt on, and to no other; it shifts no pair by more than `TOTAL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log
from typing import Any

from matcher import ranking
from matcher.corpus import Statistics
from matcher.explanation import explain
from matcher.facts import AchievementFacts, NeedFacts
from matcher.learning import features
from matcher.ranking import Scored
from matcher.reasons import Explanation

LIMIT = 1.0  # most that one weight may be, in logits
TOTAL = 1.0  # most that a correction moves a pair: at 0.5 that is 0.23 of probability
DIGITS = 6
HELD = "held"  # part of a score that was pressed below a level's limit (see `matcher.substance`)
SURE = 1e-6  # probabilities are read no nearer to 0 and 1, where logits run away


@dataclass(frozen=True)
class Correction:
    """Version 0 corrects nothing. `means` are subtracted, so that on average pairs stay where they are."""

    version: int = 0
    base: str = ""  # version of the ranking that it was learnt on
    table: int = features.VERSION
    weights: Mapping[str, float] = field(default_factory=dict)
    means: Mapping[str, float] = field(default_factory=dict)

    @property
    def applies(self) -> bool:
        """Whether it was learnt on the ranking and the table of features that are in use."""
        return bool(self.weights) and self.base == ranking.CURRENT.version and self.table == features.VERSION

    @property
    def ranking_version(self) -> str:
        """What a match names: the ranking's version and, where one applies, the correction's."""
        return f"{ranking.CURRENT.version}+a{self.version}" if self.applies else ranking.CURRENT.version

    def shift(self, described: Mapping[str, float]) -> float:
        """What is added to the logit of a pair, within ±`TOTAL`."""
        told = (
            weight * (described.get(name, 0.0) - self.means.get(name, 0.0)) for name, weight in self.weights.items()
        )
        return max(-TOTAL, min(TOTAL, sum(told)))

    def apply(self, scored: Scored, described: Mapping[str, float]) -> Scored:
        """The pair as corrected: probability and level anew; its parts keep the probability before and the shift."""
        if not self.applies:
            return scored
        moved = round(self.shift(described), DIGITS)
        if HELD in scored.parts:  # what says too little for a level is not lifted back to it
            moved = min(moved, 0.0)
        probability = round(moved_by(scored.probability, moved), DIGITS)
        parts = {**scored.parts, "before": scored.probability, "shift": moved}
        return replace(scored, probability=probability, level=ranking.level(probability), parts=parts)

    def data(self) -> dict[str, Any]:
        """As JSON values; the version is the row's."""
        return {"base": self.base, "table": self.table, "weights": dict(self.weights), "means": dict(self.means)}


NOTHING = Correction()


def logit(probability: float) -> float:
    """log(p / (1 − p)), finite at 0 and 1."""
    p = min(max(probability, SURE), 1 - SURE)
    return log(p / (1 - p))


def moved_by(probability: float, shift: float) -> float:
    """The probability whose logit lies `shift` further."""
    return 1 / (1 + exp(-(logit(probability) + shift)))


def least_able(by: Correction) -> float:
    """The probability below which the correction brings no pair to 弱相关."""
    return moved_by(ranking.CURRENT.weak, -TOTAL) - SURE if by.applies else ranking.CURRENT.weak


def out_of_reach(probability: float) -> bool:
    """Whether no correction could bring a pair to 弱相关: it need not be described."""
    return moved_by(probability, TOTAL) < ranking.CURRENT.weak


def corrected(
    need: NeedFacts, achievement: AchievementFacts, statistics: Statistics, scored: Scored, by: Correction
) -> tuple[Scored, Explanation | None]:
    """A pair as `by` corrects it, with the reasons that this took; None where nothing had to be read.

    Pairs that no correction could bring to 弱相关 are left as they are, which spares reading their texts.
    """
    if not reaches(by, scored):
        return scored, None
    told = explain(need, achievement, statistics, scored)
    return by.apply(scored, features.described(scored.parts, told.data())), told


def reaches(by: Correction, scored: Scored) -> bool:
    """Whether a pair's reasons must be read to correct it."""
    return by.applies and not out_of_reach(scored.probability)


def best_first(scored: Scored) -> tuple[float, float, str]:
    """The order of a need's candidates: by what is shown, then by the ranking's own score, ties by id."""
    return (-scored.probability, -scored.score, scored.id)
