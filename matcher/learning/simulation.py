"""What learning does on graded pairs: answers are drawn from the grades, with noise; half the needs teach, half measure.

A yes comes the likelier the higher the grade. Organisations may answer at random, refuse all or click all.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import log
from statistics import mean

from matcher import ranking
from matcher.evaluation import RELEVANT, ndcg
from matcher.learning.contest import Decision, decide
from matcher.learning.correction import NOTHING, Correction, moved_by
from matcher.learning.evidence import Outcome, Row
from matcher.vocabulary import Refusal

YES = (0.05, 0.20, 0.65, 0.85)  # chance of a yes by grade: people are not always right
HONEST, RANDOM, REFUSING, CLICKING = "honest", "random", "refusing", "clicking"


@dataclass(frozen=True)
class Graded:
    """A pair as matching sees it, with the grade that a person gave it."""

    need: int
    offer: int
    grade: int
    probability: float
    features: dict[str, float]


@dataclass(frozen=True)
class World:
    """How many organisations answer on each side, of which those in `others` behave otherwise than honestly."""

    enterprises: int = 30
    institutes: int = 20
    others: dict[int, str] = field(default_factory=dict)
    seed: int = 1
    askers: int = 1  # so many enterprises have each need


@dataclass(frozen=True)
class Point:
    """After so many answers: what was decided, and what the correction in use does on the needs that taught nothing."""

    answers: int
    decision: Decision
    used: Correction
    ndcg: float
    loss: float


def answers(pairs: Sequence[Graded], world: World) -> list[Row]:
    """Both sides' answers to every pair that is shown (弱相关 and better), in a random order."""
    chance, found = random.Random(world.seed), []  # noqa: S311 - a simulation
    for pair in pairs:
        if pair.probability < ranking.CURRENT.weak:
            continue
        for organisation in _answering(pair, world):
            how = world.others.get(organisation, HONEST)
            found.append(_row(pair, organisation, _yes(pair, how, chance)))
    chance.shuffle(found)
    return found


def _answering(pair: Graded, world: World) -> list[int]:
    """Enterprises that have the need, and as often the institute that has the achievement."""
    firms = [(pair.need + 7 * each) % world.enterprises for each in range(world.askers)]
    return firms + [world.enterprises + pair.offer % world.institutes] * world.askers


def _yes(pair: Graded, how: str, chance: random.Random) -> bool:
    likely = {HONEST: YES[pair.grade], RANDOM: 0.35, REFUSING: 0.0, CLICKING: 1.0}[how]
    return chance.random() < likely


def _row(pair: Graded, organisation: int, yes: bool) -> Row:
    outcome, reason = (Outcome.INTERESTED, "") if yes else (Outcome.REFUSED, Refusal.FIELD.value)
    return Row(pair.need, organisation, organisation, outcome, pair.probability, reason, pair.features)


def halves(pairs: Sequence[Graded], seed: int) -> tuple[list[Graded], list[Graded]]:
    """Pairs of the needs that teach, and of those that measure."""
    needs = sorted({pair.need for pair in pairs})
    random.Random(seed).shuffle(needs)  # noqa: S311
    taught = set(needs[: len(needs) // 2])
    return [each for each in pairs if each.need in taught], [each for each in pairs if each.need not in taught]


def curve(pairs: Sequence[Graded], world: World, nights: int = 10) -> list[Point]:
    """Night after night with more answers: each decides as the platform does, and what it adopts is in use."""
    teaching, measuring = halves(pairs, world.seed)
    told, used, points = answers(teaching, world), NOTHING, []
    for night in range(nights + 1):
        rows = told[: len(told) * night // nights]
        decision = decide(rows, used, ranking.CURRENT.version)
        if decision.adopt and decision.correction is not None:
            used = replace(decision.correction, version=used.version + 1)
        points.append(Point(len(rows), decision, used, *measured(measuring, used)))
    return points


def measured(pairs: Sequence[Graded], used: Correction) -> tuple[float, float]:
    """nDCG@10 by need, and log loss of "grade 2 or 3" over the pairs from 弱相关 up."""
    by_need: dict[int, list[Graded]] = defaultdict(list)
    for pair in pairs:
        by_need[pair.need].append(pair)
    gains = [_ndcg(each, used) for each in by_need.values() if any(pair.grade for pair in each)]
    shown = [pair for pair in pairs if pair.probability >= ranking.CURRENT.weak]
    return mean(gains), mean(_loss(corrected(pair, used), pair.grade >= RELEVANT) for pair in shown)


def corrected(pair: Graded, used: Correction) -> float:
    """The pair's probability under a correction."""
    return moved_by(pair.probability, used.shift(pair.features)) if used.applies else pair.probability


def _ndcg(pairs: Sequence[Graded], used: Correction) -> float:
    ranked = sorted(pairs, key=lambda pair: (-corrected(pair, used), -pair.probability, _lot(pair.offer)))
    return ndcg([str(pair.offer) for pair in ranked], {str(pair.offer): pair.grade for pair in pairs})


def _lot(offer: int) -> bytes:
    """Where ties stand: it must have nothing to do with the grades, by which the files are sorted."""
    return hashlib.sha256(str(offer).encode()).digest()


def _loss(probability: float, right: bool) -> float:
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return -log(p if right else 1 - p)
