"""How honest probabilities are, and the curve that makes them so. Pure functions of arrays, used where ranking is fitted.

A probability is honest when of the pairs that are given 0.7, seven in ten are right. Curves are Platt's (J. Platt,
Probabilistic outputs for support vector machines, 1999): two numbers, so that a few hundred graded pairs are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
STEPS = 100  # Newton's steps; a dozen are usual
CLOSE = 1e-10


@dataclass(frozen=True)
class Curve:
    """Probability of a score: 1 / (1 + exp(−(slope · score + offset)))."""

    slope: float
    offset: float

    def __call__(self, scores: ArrayLike) -> Numbers:
        """One probability per score."""
        logits = self.slope * np.asarray(scores, np.float64) + self.offset
        found: Numbers = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        return found

    def score(self, probability: float) -> float:
        """The score that has this probability, which lies between 0 and 1."""
        return (log(probability / (1 - probability)) - self.offset) / self.slope


@dataclass(frozen=True)
class Bin:
    """Pairs whose probabilities lie in [`low`, `high`): how many, the mean probability, the share that was right."""

    low: float
    high: float
    count: int
    mean: float
    right: float


def platt(scores: ArrayLike, right: ArrayLike) -> Curve:
    """The curve of greatest likelihood through scores that were right or not, with Platt's careful targets.

    Raises ValueError unless there are scores of both kinds: from one kind alone nothing can be learnt.
    """
    x, y = np.asarray(scores, np.float64), np.asarray(right, bool)
    good, bad = int(y.sum()), int((~y).sum())
    if not good or not bad:
        raise ValueError("a curve needs pairs that were right and pairs that were not")
    targets = np.where(y, (good + 1) / (good + 2), 1 / (bad + 2))
    middle, spread = float(x.mean()), float(x.std()) or 1.0
    inputs = np.stack([(x - middle) / spread, np.ones_like(x)], axis=1)
    slope, offset = logistic(inputs, targets)
    return Curve(float(slope / spread), float(offset - slope * middle / spread))


def cross_fitted(scores: ArrayLike, right: ArrayLike, folds: ArrayLike) -> Numbers:
    """Probability of each score by a curve that saw no pair of its fold; a need's pairs belong into one fold."""
    x, y, fold = np.asarray(scores, np.float64), np.asarray(right, bool), np.asarray(folds)
    found = np.zeros(len(x))
    for each in np.unique(fold):
        inside = fold == each
        found[inside] = platt(x[~inside], y[~inside])(x[inside])
    return found


def logistic(inputs: Numbers, targets: Numbers, ridge: float | Numbers = 1e-9) -> Numbers:
    """Weights of a logistic regression by damped Newton steps. `inputs` (rows, columns), `targets` in 0…1.

    `ridge` pulls weights to 0: one number, or one per column.
    """
    weights = np.zeros(inputs.shape[1])
    penalty = np.broadcast_to(np.asarray(ridge, np.float64), weights.shape)
    loss = _loss(inputs, targets, weights, penalty)
    for _ in range(STEPS):
        step = _newton(inputs, targets, weights, penalty)
        scale = 1.0
        while (after := _loss(inputs, targets, weights - scale * step, penalty)) > loss and scale > CLOSE:
            scale /= 2
        if loss - after < CLOSE:
            return weights
        weights, loss = weights - scale * step, after
    return weights


def _newton(inputs: Numbers, targets: Numbers, weights: Numbers, penalty: Numbers) -> Numbers:
    likely = Curve(1, 0)(inputs @ weights)
    slope = inputs.T @ (likely - targets) + penalty * weights
    bend = (inputs.T * (likely * (1 - likely))) @ inputs + np.diag(penalty + CLOSE)
    return np.asarray(np.linalg.solve(bend, slope), np.float64)


def _loss(inputs: Numbers, targets: Numbers, weights: Numbers, penalty: Numbers) -> float:
    logits = inputs @ weights
    return float(np.sum(np.logaddexp(0, logits) - targets * logits) + np.sum(penalty * weights**2) / 2)


def reliability(probabilities: ArrayLike, right: ArrayLike, bins: int = 10) -> list[Bin]:
    """The reliability diagram: bins of equal width from 0 to 1; empty ones are left out."""
    likely, outcomes = np.asarray(probabilities, np.float64), np.asarray(right, np.float64)
    places = np.minimum((likely * bins).astype(int), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        if inside.any():
            mean, share = float(likely[inside].mean()), float(outcomes[inside].mean())
            found.append(Bin(place / bins, (place + 1) / bins, int(inside.sum()), mean, share))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: how far the mean probability is from what came, weighted by the pairs of each bin."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.mean - each.right) for each in bins) / total if total else 0.0


def expected_error(probabilities: ArrayLike, draws: int = 200) -> float:
    """Calibration error that chance alone gives when every probability is true: few pairs never come out at 0."""
    likely = np.asarray(probabilities, np.float64)
    random = np.random.default_rng(0)
    errors = [calibration_error(reliability(likely, random.random(len(likely)) < likely)) for _ in range(draws)]
    return float(np.mean(errors))


def brier(probabilities: ArrayLike, right: ArrayLike) -> float:
    """Mean squared distance of probabilities from what came (G. Brier, 1950); 0 is perfect."""
    away = np.asarray(probabilities, np.float64) - np.asarray(right, np.float64)
    return float(np.mean(away**2))


def brier_skill(probabilities: ArrayLike, right: ArrayLike) -> float:
    """1 − Brier / Brier of always saying the base rate: above 0 is better than knowing the base rate alone."""
    outcomes = np.asarray(right, np.float64)
    plain = brier(np.full(outcomes.shape, outcomes.mean()), outcomes)
    return 1 - brier(probabilities, outcomes) / plain if plain else 0.0


def closeness(levels: ArrayLike, grades: ArrayLike) -> tuple[float, float]:
    """Mean absolute error between levels and grades (both 0…3), and 1 / (1 + MAE), the figure of the contest."""
    away = float(np.mean(np.abs(np.asarray(levels, np.float64) - np.asarray(grades, np.float64))))
    return away, 1 / (1 + away)
