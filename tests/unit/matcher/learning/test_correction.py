"""What a correction does to a score: bounded, and nothing when it was learnt for something else."""

from __future__ import annotations

import pytest

from matcher import ranking
from matcher.learning.correction import (
    LIMIT,
    NOTHING,
    TOTAL,
    Correction,
    least_able,
    logit,
    moved_by,
    out_of_reach,
    reaches,
)
from matcher.learning.features import NAMES, TABLE, described
from matcher.ranking import Scored, level
from matcher.vocabulary import Level

REASONS = {
    "met": 2, "short": 1, "open": 1,
    "reasons": [
        {"kind": "maturity", "verdict": "short", "params": {"trl": 4, "min_trl": 6}},
        {"kind": "cooperation", "verdict": "met", "params": {}},
        {"kind": "price", "verdict": "short", "params": {"gap": "0.3"}},
        {"kind": "region", "verdict": "met", "params": {"near": "province"}},
        {"kind": "chain", "verdict": "met", "params": {}},
    ],
}  # fmt: skip


def scored(probability: float) -> Scored:
    return Scored("achievement-1", 0.4, probability, level(probability), {"words": 0.1})


def correction(**weights: float) -> Correction:
    return Correction(3, ranking.CURRENT.version, weights=weights)


def test_features_are_read_from_what_the_match_stores() -> None:
    assert described({"words": 0.1}, REASONS) == {
        "indicators_met": 0.5, "indicators_short": 0.25, "maturity_met": 0, "maturity_gap": 0.6667,
        "cooperation_met": 1, "cooperation_short": 0, "price_met": 0, "price_over": 0.3, "region_near": 0.5,
        "chain_same": 1, "words_shared": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize("reasons", [{}, {"reasons": []}, REASONS])
def test_features_lie_between_nothing_and_one(reasons: dict[str, object]) -> None:
    """Also for matches stored before there were reasons; the bound of a correction rests on it."""
    found = described({}, reasons)
    assert tuple(found) == NAMES
    assert all(0 <= value <= 1 for value in found.values())
    assert all(each.why and each.source for each in TABLE)


def test_probability_level_and_parts_follow() -> None:
    """A shift of the logit; what it was before is kept, so that the match can be computed again."""
    found = correction(chain_same=0.8).apply(scored(0.45), {"chain_same": 1})
    assert found.probability == pytest.approx(moved_by(0.45, 0.8), abs=1e-6)
    assert (found.level, found.score) == (Level.FAIR, 0.4)
    assert found.parts == {"words": 0.1, "before": 0.45, "shift": 0.8}


def test_no_pair_is_moved_further_than_the_total() -> None:
    every = Correction(1, ranking.CURRENT.version, weights=dict.fromkeys(NAMES, LIMIT))
    moved = every.apply(scored(0.5), dict.fromkeys(NAMES, 1.0))
    assert logit(moved.probability) == pytest.approx(TOTAL, abs=1e-4)


@pytest.mark.parametrize("other", [{"base": "0"}, {"table": 0}, {"weights": {}}])
def test_what_was_learnt_for_another_ranking_rests(other: dict[str, object]) -> None:
    values = {"version": 3, "base": ranking.CURRENT.version, "weights": {"chain_same": 0.8}, **other}
    resting = Correction(**values)  # type: ignore[arg-type]
    assert resting.apply(scored(0.45), {"chain_same": 1}) == scored(0.45)
    assert resting.ranking_version == ranking.CURRENT.version
    assert NOTHING.apply(scored(0.45), {}) == scored(0.45)


def test_what_is_out_of_reach_stays_no_match() -> None:
    """Only pairs that no correction could bring to 弱相关 are left unread."""
    for probability in (0.0, 0.02, 0.05, 0.06, 0.07, 0.1, 0.5, 1.0):
        best = moved_by(probability, TOTAL)
        assert out_of_reach(probability) == (level(best) is Level.NONE)


def test_what_says_too_little_is_not_lifted() -> None:
    """A pair that was held below a level may be lowered, never raised."""
    held = Scored("achievement-1", 0.4, 0.45, Level.WEAK, {"words": 0.1, "held": 0.2})
    assert correction(chain_same=0.8).apply(held, {"chain_same": 1}).probability == 0.45
    assert correction(chain_same=-0.8).apply(held, {"chain_same": 1}).probability < 0.45


@pytest.mark.parametrize("by", [NOTHING, correction(chain_same=0.8)])
def test_what_a_correction_is_not_able_to_lift_needs_no_reading(by: Correction) -> None:
    for probability in (round(each * 1e-3, 6) for each in range(1000)):
        matters = level(probability) is not Level.NONE or reaches(by, scored(probability))
        assert (probability >= least_able(by)) == matters
    assert not reaches(by, scored(0.01))
