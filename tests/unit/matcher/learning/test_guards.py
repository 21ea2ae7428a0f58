"""Whose answers count how much."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.learning import guards
from matcher.learning.evidence import Outcome, Row
from matcher.vocabulary import Refusal


def row(organisation: int, yes: bool, need: int = 1, user: int | None = None, reason: str = Refusal.FIELD) -> Row:
    outcome = Outcome.INTERESTED if yes else Outcome.REFUSED
    return Row(need, organisation, user or organisation, outcome, 0.5, "" if yes else reason)


def some(organisations: int, each: int = 10) -> list[Row]:
    """Organisations that say yes every other time, each about needs of its own."""
    return [row(o, n % 2 == 0, need=o * 100 + n) for o in range(organisations) for n in range(each)]


@pytest.mark.parametrize("yes", [True, False])
def test_who_always_says_the_same_counts_for_nothing(yes: bool) -> None:
    """Refusing all or clicking all tells nothing apart."""
    rows = [*some(12), *(row(99, yes) for _ in range(40))]
    assert guards.weights(rows)[-40:].sum() == 0
    assert guards.weights(rows)[:-40].min() > 0


def test_many_lazy_users_of_one_organisation_count_for_nothing_either() -> None:
    """Each of them too few answers to be judged by, the organisation enough."""
    rows = [*some(12), *(row(99, False, user=1000 + n // 2) for n in range(40))]
    assert guards.weights(rows)[-40:].sum() == 0


def test_one_lazy_user_does_not_silence_colleagues() -> None:
    rows = [*some(12), *(row(0, False, user=777) for _ in range(8))]
    assert guards.weights(rows)[-8:].sum() == 0
    assert guards.weights(rows)[:10].sum() > 0


def test_an_organisation_weighs_a_tenth_at_most() -> None:
    """However many answers it gives."""
    rows = [*some(20), *(row(99, n % 2 == 0) for n in range(3000))]
    found = guards.weights(rows)
    assert found[-3000:].sum() <= guards.CAP * found.sum() * (1 + 1e-9)
    assert np.allclose(found[:200], 1)


def test_supplied_and_timing_teach_nothing_general() -> None:
    assert row(1, False, reason=Refusal.SUPPLIED).weight == row(1, False, reason=Refusal.TIMING).weight == 0


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        ([], "answers"),
        (some(12, 6), "answers"),
        (some(11), "organisations"),
        ([row(o, n % 2 == 0, need=n) for o in range(12) for n in range(10)], "needs"),
        ([*some(11), *(row(99, False, need=n) for n in range(40))], "organisations"),
        (some(12), ""),
    ],
)
def test_too_little_is_said(rows: list[Row], short: str) -> None:
    """Answers, organisations, needs; the lazy do not fill up what is missing."""
    assert guards.shortage(rows) == short
