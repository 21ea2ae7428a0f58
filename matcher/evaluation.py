"""Measures of a ranking against grades, over plain dicts. Grades: 3 强相关 … 0 无相关; what has no grade counts as 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import mean

import numpy as np

RELEVANT = 2  # 较强相关 and better
RESAMPLED = 2000  # bootstrap samples: the ends of a 95 % interval move by about a tenth of its width
SEED = 20260901  # one for all, so that the same runs print the same intervals

Grades = Mapping[str, int]


def order(scores: Mapping[str, float]) -> list[str]:
    """Ids best first; equal scores by id, so that every run and every engine gives the same order."""
    return sorted(scores, key=lambda identifier: (-scores[identifier], identifier))


def _gain(grades: Iterable[int]) -> float:
    return float(sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades)))


def ndcg(ranked: Sequence[str], grades: Grades, k: int = 10) -> float:
    """Gain 2^grade − 1, discount log2(place + 1), divided by the best possible; 0 if nothing has a grade above 0."""
    best = _gain(sorted(grades.values(), reverse=True)[:k])
    return _gain(grades.get(identifier, 0) for identifier in ranked[:k]) / best if best else 0.0


def _relevant(grades: Grades) -> set[str]:
    return {identifier for identifier, grade in grades.items() if grade >= RELEVANT}


def precision(ranked: Sequence[str], grades: Grades, k: int = 1) -> float:
    """Share of relevant ones among the first k places, empty places included."""
    return len(_relevant(grades) & set(ranked[:k])) / k


def recall(ranked: Sequence[str], grades: Grades, k: int = 10) -> float:
    """Share of the relevant ones that stand among the first k; 0 if there are none."""
    relevant = _relevant(grades)
    return len(relevant & set(ranked[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Grades) -> float:
    """1 / place of the first relevant one, 0 if there is none."""
    relevant = _relevant(grades)
    places = (place for place, identifier in enumerate(ranked, 1) if identifier in relevant)
    return 1 / next(places, float("inf"))


def rank_across(ranked: Sequence[str], grades: Grades, target: str, pool: int) -> int:
    """1 + number of ids not graded relevant above `target`; not found means behind all others of the `pool`."""
    relevant = _relevant(grades)
    if target not in ranked:
        return 1 + pool - len(relevant)
    return 1 + sum(identifier not in relevant for identifier in ranked[: ranked.index(target)])


@dataclass(frozen=True)
class Interval:
    """A mean over queries and the 95 % interval that resampling the queries gives (percentile bootstrap)."""

    mean: float
    low: float
    high: float


MEASURES = {"ndcg@10": ndcg, "p@1": precision, "r@10": recall, "mrr": reciprocal_rank}


def per_query(runs: Mapping[str, Sequence[str]], grades: Mapping[str, Grades]) -> dict[str, list[float]]:
    """Every measure for each query of `grades` in the order of their ids; one without a run found nothing."""
    pairs = [(runs.get(query, ()), grades[query]) for query in sorted(grades)]
    return {name: [measure(*pair) for pair in pairs] for name, measure in MEASURES.items()}


def summary(runs: Mapping[str, Sequence[str]], grades: Mapping[str, Grades]) -> dict[str, float]:
    """Means over all queries of `grades`; a query without an answer counts with nothing found."""
    return {name: mean(values) if values else 0.0 for name, values in per_query(runs, grades).items()}


def intervals(runs: Mapping[str, Sequence[str]], grades: Mapping[str, Grades]) -> dict[str, Interval]:
    """The means of `summary` with their intervals."""
    return {name: bootstrap(values) for name, values in per_query(runs, grades).items()}


def bootstrap(values: Sequence[float], samples: int = RESAMPLED) -> Interval:
    """Mean of `values` and the middle 95 % of the means of samples drawn from them with replacement."""
    if not values:
        return Interval(0.0, 0.0, 0.0)
    chosen = np.random.default_rng(SEED).integers(len(values), size=(samples, len(values)))
    low, high = np.percentile(np.asarray(values)[chosen].mean(axis=1), [2.5, 97.5])
    return Interval(mean(values), float(low), float(high))
