"""Requirements that a need states only in its text: found, told from complaints, set against the achievement."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from matcher.corpus import EMPTY
from matcher.explanation import explain
from matcher.facts import AchievementFacts, Indicator, NeedFacts
from matcher.indicators import demanded, requirements
from matcher.indicators.demands import MOST
from matcher.reasons import Reason

NEED = NeedFacts(
    title="秧苗盘根",
    body="我们现在出苗率只有70%,每盘成本2.1元。想要新的育秧基质,每盘成本1.2元以内,出苗率不低于90%,节拍45 s。",
)
OFFER = AchievementFacts(title="秸秆育秧基质", body="出苗率达到94%,每盘成本1.5元,节拍40 s。")


def told(text: str) -> list[tuple[str, str, str]]:
    """Name, relation and value with unit of what a text requires."""
    rows = [each.indicator for each in requirements(text)]
    return [(row.name, row.relation, f"{row.value}{row.unit}") for row in rows]


def cards(need: NeedFacts, offer: AchievementFacts = OFFER) -> dict[str, Reason]:
    """Reasons of the kind `indicator` by the name asked for."""
    found = explain(need, offer, EMPTY).reasons
    return {each.params["asked"]["name"]: each for each in found if each.kind == "indicator"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("希望破碎率别超过3%。", [("破碎率", "<=", "3%")]),
        ("要求占地不大于退水面积的1.5%。", [("占地", "<=", "1.5%")]),
        ("希望废品率由12%降至5%以下。", [("废品率", "<=", "5%")]),
        ("目标是泄漏率小于5×10⁻⁷ Pa·m³/s。", [("泄漏率", "<=", "5E-7Pa·m3/s")]),
        ("불량률은 3% 이하로 낮춰야 합니다. 목표 기공률 0.6% 이하.", [("불량률", "<=", "3%"), ("기공률", "<=", "0.6%")]),
        ("Требуется погрешность не более 0,5 мм.", [("погрешность", "<=", "0.5мм")]),
        ("目前废品率12%,一年损失300万元。", []),
        ("公司年产6000吨,现有员工320人。", []),
        ("回收率不到50%,尾泥沉不下来。", []),
        ("等温降要40分钟,节拍跟不上。", []),
    ],
)
def test_requirements_are_told_from_complaints_and_facts(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


def test_a_need_without_a_table_gets_cards_that_quote_it() -> None:
    found = cards(NEED)
    assert {name: each.verdict for name, each in found.items()} == {"每盘成本": "short", "出苗率": "met", "节拍": "met"}
    left = found["出苗率"].left
    assert left is not None
    assert [left.text[a:b] for a, b in left.marks] == ["不低于90%"]
    assert found["出苗率"].params["asked_in"] == "text"


def test_a_row_of_the_table_wins_over_the_text() -> None:
    row = Indicator("出苗率", ">=", Decimal(95), "%")
    found = cards(replace(NEED, indicators=(row,)))
    assert found["出苗率"].verdict == "short"
    assert "asked_in" not in found["出苗率"].params
    assert [*found].count("出苗率") == 1


def test_a_row_in_other_words_is_not_asked_twice() -> None:
    row = Indicator("升温速率", ">=", Decimal("0.6"), "°C/min")
    assert [*cards(replace(NEED, body="要求每分钟升温不低于0.6°C。", indicators=(row,)))] == ["升温速率"]


def test_at_most_six_cards_but_never_fewer_than_the_table() -> None:
    names = ("压力", "温度", "湿度", "硬度", "噪声", "寿命", "重量", "功率")
    text = f"要求{','.join(f'{name}不超过{n}' for n, name in enumerate(names, 1))}。"
    rows = [Indicator(name, "<=", Decimal(n)) for n, name in enumerate(names, 1)]
    assert len(demanded([], text)) == MOST
    assert [row for row, _ in demanded(rows, text)] == rows


def test_a_bare_value_without_a_side_is_never_called_short() -> None:
    """湿度60% in a text: more or less of it may be wanted."""
    need = replace(NEED, body="要求箱内湿度60%。")
    assert cards(need, replace(OFFER, body="箱内湿度55%。"))["箱内湿度"].verdict == "unclear"
