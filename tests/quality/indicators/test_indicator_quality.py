"""Indicators on hand-labelled sentences of five languages.

Every set was labelled without sight of the rules, scored once, and read afterwards to improve them: what a set scored
unseen stands in docs/decisions.md (44). C avoids the asked names on purpose. A change that lowers a figure must say so.
"""

from __future__ import annotations

import pytest

from tests.quality.indicators.scoring import extraction, verdicts


@pytest.mark.parametrize(("name", "least"), [("mentions_A", 0.95), ("mentions_B", 0.98), ("mentions_C", 0.96), ("mentions_D", 0.98), ("mentions_E", 0.98), ("mentions_G", 0.99)])
def test_quantities_are_found_with_name_relation_value_and_unit(name: str, least: float) -> None:
    assert extraction(name).f1 >= least


@pytest.mark.parametrize(("name", "least", "wrong"), [("verdicts_A", 0.95, 0), ("verdicts_B", 0.88, 0), ("verdicts_C", 0.53, 0), ("verdicts_D", 0.95, 0), ("verdicts_E", 0.92, 0), ("verdicts_F", 0.83, 0), ("verdicts_G", 0.87, 0), ("verdicts_H", 0.64, 0)])
def test_verdicts_are_right_and_enough_is_hardly_ever_said_wrongly(name: str, least: float, wrong: int) -> None:
    """Prefer 不可比: what is called sufficient must be."""
    right, said_wrongly = verdicts(name)
    assert right >= least
    assert said_wrongly <= wrong
