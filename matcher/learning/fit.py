"""Weights from answers: a logistic regression beside the ranking's own logit, pulled towards 0, solved by Newton steps.

Two numbers are fitted along and thrown away: the general level (how many of those who answer say yes) and the scale
(how much noise there is between what is right and what people answer). Who answers is no sample of all, so answers may
move pairs against each other, and neither all of them together nor how sure the ranking is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.learning.correction import LIMIT
from matcher.learning.features import Numbers

RIDGE = 4.0  # as much as so many answers speak against a weight of 1
STEP = 0.6  # most that all weights together change in one version
NOISIEST = 0.25  # answers that follow the ranking's logit less than this are noise: weights are not scaled up further
LOOSE = (1e-3, 1e-3)  # ridge of level and scale
STEPS = 50
CLOSE = 1e-9


Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """Answers as arrays: centred features (rows, columns), logits of the ranking, targets, weights, numbers of needs."""

    inputs: Numbers
    logits: Numbers
    targets: Numbers
    weights: Numbers
    needs: Numbers

    def of(self, rows: Chosen) -> Sample:
        """Those rows alone."""
        return Sample(
            self.inputs[rows], self.logits[rows], self.targets[rows], self.weights[rows], self.needs[rows]
        )


def fitted(sample: Sample, ridge: float = RIDGE) -> Numbers:
    """One weight per column, in logits of the ranking."""
    inputs = np.column_stack([_beside(sample.logits), sample.inputs])
    found = _solved(sample, inputs, np.array([*LOOSE, *[ridge] * sample.inputs.shape[1]]))
    return np.asarray(found[2:] / max(float(found[1]), NOISIEST), np.float64)


def general(sample: Sample, weights: Numbers) -> Numbers:
    """Level and scale at which these weights explain the answers best."""
    return _solved(sample, _beside(sample.logits + sample.inputs @ weights), np.array(LOOSE))


def _beside(logits: Numbers) -> Numbers:
    return np.column_stack([np.ones(len(logits)), logits])


def _solved(sample: Sample, inputs: Numbers, penalty: Numbers) -> Numbers:
    found = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        likely = sigmoid(inputs @ found)
        slope = inputs.T @ (sample.weights * (likely - sample.targets)) + penalty * found
        bend = (inputs.T * (sample.weights * likely * (1 - likely))) @ inputs + np.diag(penalty + CLOSE)
        step = np.clip(np.linalg.solve(bend, slope), -1, 1)  # far from the solution a full step overshoots
        found = found - step
        if float(np.abs(step).max(initial=0)) < CLOSE:
            break
    return found


def sigmoid(logits: Numbers) -> Numbers:
    """Probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float64)


def bounded(wanted: Numbers, before: Numbers) -> Numbers:
    """`wanted` as near as one version may come to it: each weight within ±LIMIT, all changes together within STEP."""
    change = np.clip(wanted, -LIMIT, LIMIT) - before
    size = float(np.abs(change).sum())
    return np.asarray(before + change * min(1.0, STEP / size if size else 1.0), np.float64)


def losses(sample: Sample, weights: Numbers, general: Numbers) -> Numbers:
    """Weighted log loss of each row, at a general level and scale."""
    logits = _beside(sample.logits + sample.inputs @ weights) @ general
    return np.asarray(sample.weights * (np.logaddexp(0, logits) - sample.targets * logits), np.float64)
