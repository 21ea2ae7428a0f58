"""Measures of a ranking against grades, over plain dicts. Grades: 3 强相关 … 0 无相关; what has no grade counts as 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from statistics import mean

RELEVANT = 2  # 较强相关 and better

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


def summary(runs: Mapping[str, Sequence[str]], grades: Mapping[str, Grades]) -> dict[str, float]:
    """Means over all queries of `grades`; a query without an answer counts with nothing found."""
    pairs = [(runs.get(query, ()), grades[query]) for query in sorted(grades)]
    if not pairs:
        return {"ndcg@10": 0.0, "p@1": 0.0, "r@10": 0.0, "mrr": 0.0}
    return {
        "ndcg@10": mean(ndcg(*pair) for pair in pairs),
        "p@1": mean(precision(*pair) for pair in pairs),
        "r@10": mean(recall(*pair) for pair in pairs),
        "mrr": mean(reciprocal_rank(*pair) for pair in pairs),
    }
