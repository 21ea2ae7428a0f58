"""Indicators on hand-labelled sentences of five languages.

Set A was labelled before the rules were written and scored once, when they were done: 0.81 and 0.66 are what to expect
of unseen texts. Set B is what the rules were made with. A change that lowers a figure must say so here.
"""

from __future__ import annotations

import pytest

from tests.quality.indicators.scoring import extraction, verdicts


@pytest.mark.parametrize(("name", "least"), [("mentions_A", 0.80), ("mentions_B", 0.97)])
def test_quantities_are_found_with_name_relation_value_and_unit(name: str, least: float) -> None:
    assert extraction(name).f1 >= least


@pytest.mark.parametrize(("name", "least", "wrong"), [("verdicts_A", 0.65, 0), ("verdicts_B", 0.68, 1)])
def test_verdicts_are_right_and_enough_is_hardly_ever_said_wrongly(name: str, least: float, wrong: int) -> None:
    """Prefer 不可比: what is called sufficient must be."""
    right, said_wrongly = verdicts(name)
    assert right >= least
    assert said_wrongly <= wrong
