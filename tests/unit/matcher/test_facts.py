"""Facts of rows: public fields only, numbers as numbers."""

from decimal import Decimal

from matcher.facts import achievement_facts, indicator, need_facts, paragraphs
from matcher.models import Achievement, Need

ROW = {
    "name": "升温速率",
    "relation": ">=",
    "value": "5.0",
    "value_high": None,
    "unit": "℃/min",
    "condition": "",
    "must": True,
}


def test_an_indicator_without_a_number_is_left_out() -> None:
    assert indicator({**ROW, "value": None}) is None
    found = indicator(ROW)
    assert found is not None
    assert (found.value, found.unit, found.high) == (Decimal("5.0"), "°C/min", None)


def test_restricted_detail_never_becomes_a_fact() -> None:
    need = Need(
        title="题", problem="问题", foundation="", detail_restricted="秘密", indicators=[ROW], coop_modes=["joint"],
        lang="zh", budget_open=False,
    )  # fmt: skip
    offer = Achievement(
        title="题", abstract="简介", problem="", advantage="", economics="", detail_restricted="秘密", indicators=[],
        coop_modes=[], ip=[{"type": "invention"}, {"type": "invention"}], people=["某人"], lang="zh", price_mode="fixed",
    )  # fmt: skip
    facts = need_facts(need), achievement_facts(offer)
    assert "秘密" not in repr(facts)
    assert "某人" not in repr(facts)
    assert facts[0].indicators[0].name == "升温速率"
    assert facts[1].ip == ("invention",)


def test_fields_become_sentences_of_one_text() -> None:
    assert paragraphs("一", "二。", "", "three.") == "一。二。three."
