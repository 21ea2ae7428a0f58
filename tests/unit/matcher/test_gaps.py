"""The way to a fit: each gap once, in the order in which steps are taken, read from what was stored by any version."""

import json
from dataclasses import replace
from typing import Any

import pytest

from matcher.corpus import EMPTY
from matcher.explanation import explain
from matcher.gaps import MEANS, FacilityKind, GapStep, Mover, path_of, trial_to
from matcher.vouchers.terms import ServiceKind
from tests.unit.matcher.test_explanation import NEED, OFFER


def maturity(trl: int | None, asked: int, step: str = "bench_trial") -> dict[str, Any]:
    return {"kind": "maturity", "step": step, "params": {"trl": trl, "min_trl": asked}}


def steps(gaps: list[dict[str, Any]]) -> list[str]:
    return [each.step.value for each in path_of(gaps)]


@pytest.mark.parametrize(
    ("trl", "asked", "way"),
    [
        (1, 6, [("proof_of_concept", 1, 3), ("bench_trial", 3, 5), ("pilot_trial", 5, 6)]),
        (3, 6, [("bench_trial", 3, 5), ("pilot_trial", 5, 6)]),
        (4, 5, [("bench_trial", 4, 5)]),
        (5, 9, [("pilot_trial", 5, 7), ("industrial_trial", 7, 9)]),
        (8, 9, [("industrial_trial", 8, 9)]),
        (6, 6, []),
        (7, 6, []),
    ],
)
def test_a_gap_of_maturity_becomes_the_trials_between(trl: int, asked: int, way: list[tuple[str, int, int]]) -> None:
    """One trial for each band, up to what is asked and no further (fields.md 4.7)."""
    found = path_of([maturity(trl, asked)])
    assert [(each.step.value, *(each.levels or ())) for each in found] == way


def test_the_first_trial_is_what_the_gap_names() -> None:
    """The stored step and the path's first step agree for every pair of levels."""
    for trl in range(1, 9):
        for asked in range(trl + 1, 10):
            offer, need = replace(OFFER, trl=trl), replace(NEED, min_trl=asked)
            gap = next(each for each in explain(need, offer, EMPTY).data()["gaps"] if each["kind"] == "maturity")
            assert path_of([gap])[0].step == gap["step"] == trial_to(trl + 1)


def test_steps_are_in_order_and_each_closes_all_its_gaps() -> None:
    """Questions first, the price last, whatever the order in which gaps were stored; one visit to a laboratory is one step."""
    gaps: list[dict[str, Any]] = [
        {"kind": "price", "step": "negotiate", "params": {}},
        {"kind": "evidence", "step": "verify", "params": {"names": ["a"]}},
        maturity(3, 6),
        {"kind": "indicator", "step": "verify", "params": {}},
        {"kind": "cooperation", "step": "agree_mode", "params": {}},
        {"kind": "indicator", "step": "ask", "params": {}},
        maturity(None, 6, "ask"),
        {"kind": "indicator", "step": "of tomorrow", "params": {}},
    ]
    assert steps(gaps) == ["ask", "agree_mode", "bench_trial", "pilot_trial", "verify", "negotiate"]
    assert [len(each.gaps) for each in path_of(gaps)] == [2, 1, 1, 1, 2, 1]
    assert path_of(reversed(gaps))[0].step is GapStep.ASK


def test_what_was_stored_has_the_same_path() -> None:
    """From the database, as from the explanation itself."""
    data = explain(replace(NEED, min_trl=9), replace(OFFER, trl=3), EMPTY).data()
    stored = json.loads(json.dumps(data))
    assert path_of(stored["gaps"]) == path_of(data["gaps"])
    assert steps(stored["gaps"]) == ["ask", "bench_trial", "pilot_trial", "industrial_trial", "improve", "verify", "negotiate"]


@pytest.mark.parametrize(
    "words",
    ["附第三方检测报告。", "已通过省级鉴定。", "有用户使用证明。", "经 CNAS 实验室测定。", "A test report is available.", "시험성적서 보유."],
)
def test_evidence_is_missed_only_where_the_text_tells_of_none(words: str) -> None:
    """A figure that is met by the achievement's own account asks for a test; one that is not met does not."""
    claimed = explain(NEED, OFFER, EMPTY).gaps[-1]
    assert (claimed.kind, claimed.step, claimed.params) == ("evidence", "verify", {"names": ["升温速率"]})
    shown = explain(NEED, replace(OFFER, body=f"{OFFER.body}{words}"), EMPTY)
    assert "evidence" not in {gap.kind for gap in shown.gaps}
    short = explain(NEED, replace(OFFER, indicators=OFFER.indicators[1:]), EMPTY)
    assert "evidence" not in {gap.kind for gap in short.gaps}


def test_every_step_says_who_and_where() -> None:
    """Ready for facilities and vouchers: each trial and test names a kind of place and what a voucher pays of it."""
    assert set(MEANS) == set(GapStep)
    assert {means.facility for means in MEANS.values()} - {None} == set(FacilityKind)
    assert MEANS[GapStep.VERIFY].voucher is ServiceKind.TESTING
    assert MEANS[GapStep.PILOT_TRIAL].mover is Mover.BOTH
