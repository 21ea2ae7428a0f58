"""Probabilities that mean what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import calibration
from matcher.calibration import Curve


def drawn(curve: Curve, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and outcomes that come with the curve's probabilities."""
    chance = np.random.default_rng(3)
    scores = chance.normal(0.4, 0.3, count)
    return scores, chance.random(count) < curve(scores)


def test_platt_finds_the_curve_that_outcomes_were_drawn_from() -> None:
    scores, right = drawn(Curve(9.0, -4.0))
    found = calibration.platt(scores, right)
    assert found.slope == pytest.approx(9.0, rel=0.1)
    assert found.offset == pytest.approx(-4.0, rel=0.1)


def test_platt_makes_honest_what_was_too_sure() -> None:
    scores, right = drawn(Curve(5.0, -2.0))
    sure, honest = Curve(25.0, -10.0), calibration.platt(scores, right)
    error = {
        name: calibration.calibration_error(calibration.reliability(curve(scores), right))
        for name, curve in {"sure": sure, "honest": honest}.items()
    }
    assert error["honest"] < 0.03
    assert error["sure"] > 0.1
    assert calibration.brier_skill(honest(scores), right) > calibration.brier_skill(sure(scores), right)


def test_platt_stays_finite_where_scores_separate_everything() -> None:
    curve = calibration.platt([0.1, 0.2, 0.8, 0.9], [False, False, True, True])
    assert math.isfinite(curve.slope)
    low, high = curve([0.1, 0.9])
    assert 0 < low < 0.5 < high < 1


@pytest.mark.parametrize("right", [[True, True], [False, False], []])
def test_platt_refuses_outcomes_of_one_kind(right: list[bool]) -> None:
    with pytest.raises(ValueError, match="pairs that were right"):
        calibration.platt([0.1, 0.2][: len(right)], right)


def test_logistic_holds_weights_back_where_it_is_told_to() -> None:
    chance = np.random.default_rng(5)
    inputs = np.c_[chance.normal(size=(400, 2)), np.ones(400)]
    targets = (inputs @ [1.5, -1.0, 0.2] > 0).astype(float)
    free, held = (
        calibration.logistic(inputs, targets, ridge) for ridge in (0.1, np.array([0.1, 1000.0, 0.1]))
    )
    assert abs(held[1]) < abs(free[1]) / 10
    assert np.sign(free[:2]).tolist() == [1, -1]


def test_bins_count_every_pair_once_and_leave_out_empty_ones() -> None:
    bins = calibration.reliability([0.0, 0.04, 0.55, 1.0], [0, 1, 1, 1])
    assert [(each.low, each.count, each.right) for each in bins] == [(0.0, 2, 0.5), (0.5, 1, 1.0), (0.9, 1, 1.0)]
    assert calibration.calibration_error(bins) == pytest.approx((2 * 0.48 + 0.45 + 0) / 4)


def test_knowing_nothing_but_the_base_rate_has_no_skill() -> None:
    right = [1, 0, 0, 0]
    assert calibration.brier_skill([0.25] * 4, right) == pytest.approx(0)
    assert calibration.brier_skill(right, right) == 1
    assert calibration.brier_skill([0, 1, 1, 1], right) < 0
    assert calibration.brier_skill([0.5], [1]) == 0  # of one kind alone: there is no base to be better than


def test_closeness_of_levels_is_the_figure_of_the_contest() -> None:
    assert calibration.closeness([3, 2, 0, 1], [3, 1, 0, 3]) == (0.75, 1 / 1.75)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_the_error_of_calibration_lies_between_0_and_1(pairs: list[tuple[float, bool]]) -> None:
    bins = calibration.reliability(*zip(*pairs, strict=True))
    assert sum(each.count for each in bins) == len(pairs)
    assert 0 <= calibration.calibration_error(bins) <= 1
