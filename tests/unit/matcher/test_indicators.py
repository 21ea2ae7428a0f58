"""Indicators side by side. Nothing that cannot be compared is ever called sufficient."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.facts import Indicator
from matcher.indicators import Comparison, Verdict, bounds, compare, extract, same_name
from matcher.units import unit
from matcher.vocabulary import Relation


def row(
    relation: str,
    value: str,
    unit: str = "",
    *,
    high: str | None = None,
    condition: str = "",
    name: str = "强度",
) -> Indicator:
    return Indicator(name, relation, Decimal(value), unit, condition, Decimal(high) if high else None)


def judged(asked: Indicator, stated: Indicator) -> tuple[str, str | None]:
    found = compare([asked], [stated], "")[0]
    return found.verdict.value, None if found.gap is None else f"{found.gap:.3f}"


def in_text(asked: Indicator, text: str) -> Comparison:
    return compare([asked], [], text)[0]


@pytest.mark.parametrize(
    ("asked", "stated", "expected"),
    [
        (row(">=", "450", "MPa"), row("=", "480", "MPa"), ("met", None)),
        (row(">=", "450", "MPa"), row("=", "400", "MPa"), ("short", "0.111")),
        (row(">=", "450", "MPa"), row("=", "0.48", "GPa"), ("met", None)),
        (row(">=", "450", "MPa"), row("=", "480", "HV"), ("unclear", None)),
        (row(">=", "450", "MPa"), row("<=", "480", "MPa"), ("unclear", None)),
        (row(">=", "450", "MPa"), row(">=", "400", "MPa"), ("short", "0.111")),
        (row(">=", "450", "MPa"), row("range", "400", "MPa", high="500"), ("unclear", None)),
        (row(">=", "450", "MPa"), row("range", "460", "MPa", high="500"), ("met", None)),
        (row(">=", "450", "MPa"), row("~", "455", "MPa"), ("unclear", None)),
        (row("<=", "30", "min"), row("=", "34", "min"), ("short", "0.133")),
        (row("<=", "30", "min"), row("=", "0.5", "h"), ("met", None)),
        (row("<=", "30", "min"), row("<=", "1800", "s"), ("met", None)),
        (row("<=", "30", "min"), row(">=", "10", "min"), ("unclear", None)),
        (row("=", "10", "MW"), row("=", "10000", "kW"), ("met", None)),
        (row("range", "20", "μm", high="25"), row("=", "22", "um"), ("met", None)),
        (row("range", "20", "μm", high="25"), row("=", "30", "μm"), ("short", "0.200")),
        (row("range", "20", "μm", high="25"), row("=", "16", "μm"), ("short", "0.200")),
        (row("range", "-40", "°C", high="40"), row("range", "-50", "°C", high="60"), ("unclear", None)),
        (row("range", "-40", "°C", high="40"), row("range", "-40", "°C", high="40"), ("met", None)),
        (row("<=", "0", "%"), row("=", "1", "%"), ("short", None)),
        (row(">=", "0.25", "百分点"), row("=", "3", "%"), ("unclear", None)),
        (row(">=", "3", "批"), row("=", "5", "个"), ("unclear", None)),
        (row("<=", "300", "kWh/t"), row("=", "0.29", "kWh/kg"), ("met", None)),
        (row(">=", "2", "亿元"), row("=", "30000", "万元"), ("met", None)),
    ],
)
def test_asked_against_stated(asked: Indicator, stated: Indicator, expected: tuple[str, str | None]) -> None:
    assert judged(asked, stated) == expected


@pytest.mark.parametrize(
    ("asked", "stated", "expected"),
    [
        ("", "-35 ℃，50 % 电量", "met"),
        ("-20 ℃", "-20℃", "met"),
        ("-20 ℃", "20 ℃", "unclear"),
        ("零下20 ℃", "-20 ℃ 环境", "unclear"),
        ("-20 ℃", "", "unclear"),
        ("-20 ℃", "常温", "unclear"),
    ],
)
def test_a_condition_of_the_need_must_be_met_too(asked: str, stated: str, expected: str) -> None:
    given_condition = row("<=", "30", "min", condition=asked)
    assert judged(given_condition, row("=", "20", "min", condition=stated))[0] == expected


def test_of_several_rows_the_one_under_the_same_condition_counts() -> None:
    asked = row("<=", "30", "min", condition="-20 ℃")
    rows = [row("=", "20", "min", condition="25 ℃"), row("=", "34", "min", condition="-20 ℃")]
    found = compare([asked], rows, "")[0]
    assert (found.verdict, found.found and found.found.stated) == (Verdict.SHORT, rows[1])


DISTANCE = row(">=", "50", "m", name="遥控有效距离")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("遥控有效距离达到120 m。", "met"),
        ("井下实测遥控有效距离为30米，", "short"),
        ("遥控有效距离不小于60 m", "met"),
        ("遥控有效距离小于60 m", "unclear"),
        ("遥控有效距离由20 m提高到120 m", "met"),
        ("遥控有效距离目标为120 m", "missing"),
        ("遥控有效距离比国外产品远120 m", "missing"),
        ("遥控有效距离120 dB", "unclear"),
        ("遥控有效距离80 m,弯道遥控有效距离40 m", "unclear"),
        ("遥控实测距离120 m", "unclear"),
        ("巷道长度120 m", "missing"),
        ("", "missing"),
    ],
)
def test_values_in_the_text(text: str, expected: str) -> None:
    assert in_text(DISTANCE, text).verdict.value == expected


def test_a_value_in_other_words_is_quoted_and_not_judged() -> None:
    found = in_text(row(">=", "99.9", "%", name="产品纯度"), "经两级精馏,GC纯度99.95%。")
    assert (found.verdict, found.why) == (Verdict.UNCLEAR, "name")
    assert found.found is not None
    assert found.found.sentence[found.found.start : found.found.end].endswith("99.95%")


def test_a_condition_inside_a_name_counts() -> None:
    asked = row(">=", "65", "%", name="显热交换效率(风速5m/s)")
    assert in_text(asked, "显热交换效率81%").verdict is Verdict.UNCLEAR


def test_a_power_of_ten_is_read_as_one() -> None:
    asked = row(">=", "800", "万个/mL", name="细胞密度")
    assert in_text(asked, "细胞密度1.2×10^7个/mL").verdict is Verdict.MET
    assert in_text(asked, "细胞密度1.2×10^6个/mL").verdict is Verdict.SHORT


def test_names() -> None:
    assert same_name("升温速率", "平均升温速率")
    assert not same_name("充电时间", "放电时间")
    assert not same_name("效率", "系统峰值热回收利用效率")


VALUES = st.decimals(-(10**6), 10**6, places=3)
UNITS = st.sampled_from(
    ["mm", "m", "km", "s", "min", "h", "%", "MPa", "Pa", "万元", "元", "台", "次", "奇特单位", ""]
)


@given(
    st.sampled_from([">=", "<=", "=", "~"]),
    VALUES,
    UNITS,
    st.sampled_from([">=", "<=", "=", "~"]),
    VALUES,
    UNITS,
)
def test_what_is_called_met_is_met_by_every_value_stated(
    relation: str, value: Decimal, asked_unit: str, how: str, stated: Decimal, stated_unit: str
) -> None:
    """Never a wrong 满足: the whole interval that is stated lies in the one that is asked, in the same dimension."""
    asked, offered = row(relation, str(value), asked_unit), row(how, str(stated), stated_unit)
    if judged(asked, offered)[0] != "met":
        return
    assert unit(asked_unit).dimension == unit(stated_unit).dimension
    (low, high), (least, most) = bounds(asked), bounds(offered)
    assert low is None or (least is not None and least >= low)
    assert high is None or (most is not None and most <= high)


@given(st.sampled_from(list(Relation)), VALUES, st.text(max_size=80))
def test_any_text_is_read_without_error(relation: Relation, value: Decimal, text: str) -> None:
    asked = Indicator("遥控有效距离", relation.value, value, "m", high=value)
    assert len(compare([asked], [], f"遥控有效距离{text}")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("冲击韧性≥60 J/cm²，装机容量1.5万千瓦", [("冲击韧性", ">=", "60", "J/cm2"), ("装机容量", "=", "15000", "千瓦")]),
        ("含水率由18%降到12%以下", [("含水率", "<=", "12", "%")]),
        ("厚度(12.5±1) μm", [("厚度", "range", "11.5", "μm")]),
        ("剪切强度室温为26 MPa，120 ℃下为17 MPa", [("剪切强度", "=", "26", "MPa"), ("剪切强度", "=", "17", "MPa")]),
        ("渗透系数不大于1×10⁻⁷ cm/s", [("渗透系数", "<=", "1E-7", "cm/s")]),
        ("2023年起与3所高校合作，执行GB/T 1234-2018，电话0431-88888888", []),
        ("The noise level is below 68 dB(A).", [("noise level", "<=", "68", "dB(A)")]),
        ("소비전력은 3W 미만이다.", [("소비전력", "<=", "3", "W")]),
        ("転化率は95％以上", [("転化率", ">=", "95", "%")]),
        ("Влажность не выше 12,5 %", [("Влажность", "<=", "12.5", "%")]),
    ],
)
def test_quantities_found_in_text(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    rows = [each.indicator for each in extract(text)]
    assert [(row.name, row.relation, row.value, row.unit) for row in rows] == [
        (name, relation, Decimal(value), unit_name) for name, relation, value, unit_name in expected
    ]


@given(st.text(max_size=300))
def test_nothing_that_is_written_breaks_the_reading(text: str) -> None:
    """Absurd values, markup and mixed languages give indicators or none, never an error; each stands where it says."""
    for each in extract(f"{text} 强度≥{text}5 MPa"):
        assert 0 <= each.start < each.end <= len(each.sentence)
        assert each.indicator.name


@pytest.mark.parametrize("text", ["<b>强度</b>≥<script>5</script> MPa", "强度≥" + "9" * 400 + " MPa", "强度≥1e99999 MPa", "5" * 6000, "强度10^99999999 MPa"])
def test_absurd_values_are_no_quantities(text: str) -> None:
    assert all(each.indicator.value < 10**20 for each in extract(text))
