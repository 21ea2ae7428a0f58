"""May the weights of tonight replace those in use? Only when answers about needs that were left out say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from matcher.learning import guards
from matcher.learning.correction import DIGITS, Correction, logit
from matcher.learning.evidence import ANSWERED, Row
from matcher.learning.features import NAMES, VERSION, Numbers, matrix
from matcher.learning.fit import Chosen, Sample, bounded, fitted, general, losses

FOLDS = 5
RESAMPLED = 1000
SURE = 0.01  # the gain's lower bound: in so few of the resamples it is less
LEAST = 0.001  # least gain in log loss per answer that is worth a change
SEED = 20261126


@dataclass(frozen=True)
class Metrics:
    """On needs that were left out: log loss per answer of both, the gain and its lower bound, pairs in the right order."""

    loss_before: float
    loss_after: float
    gain: float
    low: float
    order_before: float
    order_after: float


@dataclass(frozen=True)
class Decision:
    """What a night came to. `reason` is a code: short:…, no_gain, order or better; `correction` is None when short."""

    reason: str
    correction: Correction | None
    metrics: Metrics | None
    counts: dict[str, int]

    @property
    def adopt(self) -> bool:
        """Whether the new weights earn their place."""
        return self.reason == "better"

    def data(self) -> dict[str, Any]:
        """Metrics as JSON values."""
        return asdict(self.metrics) if self.metrics else {}


def decide(rows: Sequence[Row], champion: Correction, base: str) -> Decision:
    """Fit on all rows, judge by folds of needs. `base` is the version of the ranking that all rows were shown under."""
    counted = _counts(rows)
    if missing := guards.shortage(rows):
        return Decision(f"short:{missing}", None, None, counted)
    means = dict(champion.means) if champion.applies else _means(rows)
    sample, before = sampled(rows, means), _vector(champion)
    metrics = judged(sample, before)
    new = bounded(fitted(sample), before)
    weights = {name: round(float(value), DIGITS) for name, value in zip(NAMES, new, strict=True)}
    correction = Correction(champion.version + 1, base, VERSION, weights, means)
    return Decision(_verdict(metrics), correction, metrics, counted)


def _verdict(metrics: Metrics) -> str:
    if metrics.gain < LEAST or metrics.low <= 0:
        return "no_gain"
    return "better" if metrics.order_after >= metrics.order_before else "order"


def _vector(correction: Correction) -> Numbers:
    return np.array([correction.weights.get(name, 0.0) if correction.applies else 0.0 for name in NAMES])


def _means(rows: Sequence[Row]) -> dict[str, float]:
    """Where the features of the rows lie on average: fixed with the first version, so that steps stay bounded."""
    found = matrix([row.features for row in rows]).mean(axis=0)
    return {name: round(float(value), 4) for name, value in zip(NAMES, found, strict=True)}


def sampled(rows: Sequence[Row], means: dict[str, float]) -> Sample:
    """Rows as arrays, weighed and capped."""
    return Sample(
        inputs=matrix([row.features for row in rows]) - matrix([means]),
        logits=np.array([logit(row.probability) for row in rows]),
        targets=np.array([row.target for row in rows]),
        weights=guards.weights(rows),
        needs=np.array([row.need_id for row in rows]),
    )


def judged(sample: Sample, before: Numbers) -> Metrics:
    """Both on needs that neither the weights nor the general level have seen; folds by need."""
    old, new, orders = np.zeros(len(sample.needs)), np.zeros(len(sample.needs)), np.zeros((2, 2))
    for fold in _folds(sample.needs):
        seen, unseen = sample.of(~fold), sample.of(fold)
        after = bounded(fitted(seen), before)
        old[fold] = losses(unseen, before, general(seen, before))
        new[fold] = losses(unseen, after, general(seen, after))
        orders += np.stack([concordant(unseen, before), concordant(unseen, after)])
    total = max(float(sample.weights.sum()), 1e-9)
    gains = _by_need(old - new, sample.needs)
    low = _lower(gains, _by_need(sample.weights, sample.needs))
    right = orders[:, 0] / np.maximum(orders[:, 1], 1e-9)
    figures = (old.sum() / total, new.sum() / total, gains.sum() / total, low, right[0], right[1])
    return Metrics(*(round(float(each), 5) for each in figures))


def _folds(needs: Numbers) -> list[Chosen]:
    names = np.unique(needs)
    places = np.random.default_rng(SEED).permutation(len(names)) % FOLDS
    return [np.isin(needs, names[places == fold]) for fold in range(FOLDS)]


def _by_need(values: Numbers, needs: Numbers) -> Numbers:
    _, places = np.unique(needs, return_inverse=True)
    return np.asarray(np.bincount(places, values), np.float64)


def _lower(gains: Numbers, weights: Numbers) -> float:
    """Lower bound of the gain per answer when needs are drawn anew."""
    drawn = np.random.default_rng(SEED).integers(0, len(gains), (RESAMPLED, len(gains)))
    return float(np.quantile(gains[drawn].sum(axis=1) / np.maximum(weights[drawn].sum(axis=1), 1e-9), SURE))


def concordant(sample: Sample, weights: Numbers) -> tuple[float, float]:
    """Weight of the pairs of one need, a yes and a no, that stand in the right order, ties by half; and of all."""
    scores = sample.logits + sample.inputs @ weights
    right = total = 0.0
    for need in np.unique(sample.needs):
        here = sample.needs == need
        yes, no = here & (sample.targets == 1), here & (sample.targets == 0)
        each = np.outer(sample.weights[yes], sample.weights[no])
        above = np.sign(scores[yes][:, None] - scores[no][None, :])
        right, total = right + float((each * (above + 1) / 2).sum()), total + float(each.sum())
    return right, total


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    kept = (guards.weights(rows) > 0).tolist()
    told = [row for row, counts in zip(rows, kept, strict=True) if counts and row.outcome in ANSWERED]
    return {
        "rows": len(rows),
        "answers": len(told),
        "yes": sum(row.outcome == "interested" for row in told),
        "organisations": len({row.organisation_id for row in told}),
        "needs": len({row.need_id for row in told}),
        "left_out": kept.count(False),
    }
