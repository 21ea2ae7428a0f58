"""What learning does on graded texts with noisy answers: it helps, chance changes nothing, the hostile cannot harm."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from matcher import ranking
from matcher.evaluation import RELEVANT
from matcher.learning.contest import decide
from matcher.learning.correction import LIMIT, NOTHING, TOTAL, moved_by
from matcher.learning.evidence import Outcome, Row
from matcher.learning.fit import STEP
from matcher.learning.simulation import (
    CLICKING,
    RANDOM,
    REFUSING,
    Graded,
    Point,
    World,
    answers,
    corrected,
    curve,
    halves,
    measured,
)

SEEDS = range(1, 6)
HARM = 0.03  # log loss that lazy or hostile organisations may cost others


def ends(pairs: list[Graded], **world: object) -> list[tuple[Point, Point]]:
    """First and last night of several worlds."""
    points = [curve(pairs, World(seed=seed, askers=3, **world)) for seed in SEEDS]  # type: ignore[arg-type]
    return [(each[0], each[-1]) for each in points]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.fixture(scope="module")
def honest(pairs: list[Graded]) -> list[tuple[Point, Point]]:
    return ends(pairs)


def test_answers_improve_needs_that_taught_nothing(honest: list[tuple[Point, Point]]) -> None:
    """N3: on the other half of the needs, order and probabilities are better after the answers than before."""
    assert mean([last.ndcg - first.ndcg for first, last in honest]) > 0.008
    assert mean([last.loss - first.loss for first, last in honest]) < -0.015
    assert all(last.loss < first.loss for first, last in honest)


def test_it_learns_what_is_true_of_the_texts(honest: list[tuple[Point, Point]]) -> None:
    """Met indicators and a common way of working speak for a pair."""
    for _, last in honest:
        assert last.used.weights["indicators_met"] > 0
        assert last.used.weights["cooperation_met"] > 0


def test_no_step_is_larger_than_allowed(pairs: list[Graded]) -> None:
    """Each weight within its limit, all changes of a night together within a step."""
    points = curve(pairs, World(seed=1, askers=3))
    for before, after in pairwise(points):
        names = after.used.weights
        assert sum(abs(after.used.weights[n] - before.used.weights.get(n, 0)) for n in names) <= STEP + 1e-4
        assert all(abs(weight) <= LIMIT for weight in names.values())
    assert points[-1].used.version >= 2


def test_random_answers_change_nothing(pairs: list[Graded]) -> None:
    """In 20 worlds of ten nights each the ranking stays as it is."""
    everybody = dict.fromkeys(range(50), RANDOM)
    for seed in range(20):
        assert curve(pairs, World(seed=seed, others=everybody))[-1].used.version == 0


@pytest.mark.parametrize("how", [REFUSING, CLICKING])
def test_the_lazy_do_others_no_harm(pairs: list[Graded], honest: list[tuple[Point, Point]], how: str) -> None:
    """Ten enterprises of thirty refuse all, or click all: others lose no more than the stated bound, and still gain."""
    lazy = ends(pairs, others=dict.fromkeys(range(10), how))
    for (first, alone), (_, last) in zip(honest, lazy, strict=True):
        assert last.loss <= alone.loss + HARM
        assert last.loss <= first.loss + 0.005


@pytest.mark.parametrize("seed", SEEDS)
def test_one_hostile_organisation_is_bounded(pairs: list[Graded], seed: int) -> None:
    """One that answers against the truth, a thousand times and about everything: it may keep others from gaining, but
    they are not worse off than without any learning.
    """
    teaching, measuring = halves(pairs, seed)
    told = [*answers(teaching, World(seed=seed, askers=3)), *spite(teaching)]
    used = NOTHING
    for night in range(10):
        decision = decide(told, used, ranking.CURRENT.version)
        if decision.adopt and decision.correction:
            used = replace(decision.correction, version=night + 1)
    (_, before), (_, after) = measured(measuring, NOTHING), measured(measuring, used)
    assert after <= before + 0.005
    moved = [abs(corrected(pair, used) - pair.probability) for pair in measuring]
    assert max(moved) <= moved_by(0.5, TOTAL) - 0.5 + 1e-9  # whatever happens


def spite(pairs: list[Graded]) -> list[Row]:
    """Organisation 999 refuses what is right and wants what is wrong, three times each."""
    return [
        Row(pair.need, 999, 999, Outcome.INTERESTED, pair.probability, "", pair.features)
        if pair.grade < RELEVANT
        else Row(pair.need, 999, 999, Outcome.REFUSED, pair.probability, "field", pair.features)
        for pair in pairs
        for _ in range(3)
    ]
