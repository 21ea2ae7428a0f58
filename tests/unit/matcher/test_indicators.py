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


def test_a_unit_below_which_nothing_stands_compares_with_itself_alone() -> None:
    """g/0mL is typed by somebody one day: no division by it."""
    assert unit("g/0mL").dimension != unit("g/100mL").dimension
    assert judged(row(">=", "4", "g/0mL"), row("=", "5", "g/L")) == ("unclear", None)


@pytest.mark.parametrize("text", ["<b>强度</b>≥<script>5</script> MPa", "强度≥" + "9" * 400 + " MPa", "强度≥1e99999 MPa", "5" * 6000, "强度10^99999999 MPa"])
def test_absurd_values_are_no_quantities(text: str) -> None:
    assert all(each.indicator.value < 10**20 for each in extract(text))


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (row(">=", "60", "HRC", name="硬度"), "渗碳淬火后齿面硬度HRC 62。", "met"),
        (row(">=", "60", "Shore A", name="硬度"), "密封条邵氏A硬度55。", "short"),
        (row("range", "65", "Shore A", high="75", name="硬度"), "邵氏A硬度70±3。", "met"),
        (row("<=", "20", "万元/台", name="售价"), "整机售价165000元。", "met"),
        (row("<=", "500", "元", name="亩成本"), "全程每公顷作业成本6900元。", "met"),
        (row("<=", "500", "元", name="亩成本"), "作业成本300元。", "unclear"),
        (row("<=", "0.000005", "/K", name="线膨胀系数"), "热膨胀系数4.1 ppm/K。", "met"),
        (row(">=", "200", "亿/g", name="有效活菌数"), "有效活菌数3×10^10 cfu/g。", "met"),
        (row(">=", "30000", "r/min", name="转速"), "最高转速60万转每小时。", "short"),
        (row("<=", "1.5", "mg/L", name="出水氨氮"), "出水氨氮稳定在2 ppm以下。", "short"),
        (row("<=", "0.4", "mm/m", name="干燥收缩值"), "B06级制品干燥收缩值0.38 mm/m。", "met"),
        (row(">=", "50", "MPa", name="抗压强度", condition="28天"), "3天抗压强度52 MPa。", "unclear"),
        (row("<=", "2", "%", name="破碎率"), "与原设备相比破碎率降低60%。", "unclear"),
        (row(">=", "600", "MPa", name="屈服强度"), "钢板抗拉强度780 MPa。", "unclear"),
        (row(">=", "95", "%", name="氨氮去除率"), "总氮去除率96%。", "unclear"),
        (row(">=", "90", "%", name="浓缩液减量率"), "用于浓缩液的装置。减量率93%。", "met"),
        (row(">=", "90", "%", name="药物包封率"), "包封率93%。", "met"),
        (row(">=", "90", "%", name="氨氮去除率"), "处理废水,去除率93%。", "unclear"),
        (row(">=", "90", "%", name="氨氮去除率"), "用于氨氮废水。去除率93%。", "met"),
        (row("<=", "10", "mg/L", name="氨氮"), "生物滤池出水NH3-N 8 mg/L。", "met"),
        (row(">=", "25", "°", name="最大爬坡度"), "最小转弯半径1.1 m。", "missing"),
        (row("<=", "0.05", "mg/m3", name="甲醛释放量"), "甲醛释放量0.02 mg/L(干燥器法)。", "unclear"),
        (row("<=", "0.05", "mm", name="定位误差"), "Погрешность позиционирования 30 мкм, скорость 60 м/мин.", "met"),
        (row(">=", "90", "HRA", name="硬度"), "维氏硬度1650 HV30。", "unclear"),
        (row(">=", "150", "MPa", name="flexural strength"), "It shows a bending strength of 172 MPa.", "met"),
        (row(">=", "90", "%", name="高温保持率"), "高温下使用。保持率93%。", "unclear"),
        (row("<=", "5", "mg/L", name="铅浓度"), "进水铅含量高的浓度3 mg/L。", "unclear"),
        (row("<=", "30", "min", name="检测时间"), "试纸条15分钟即可出结果,无需仪器。", "met"),
        (row(">=", "70", "%", name="氨气去除率"), "除臭墙对氨的去除效率为75%。", "met"),
        (row(">=", "90", "%", name="脱硝效率"), "催化剂对氮氧化物的去除率87%。", "short"),
        (row(">=", "50", "MPa", name="抗压强度", condition="28天"), "注浆料28 d抗压强度62 MPa。", "met"),
        (row("<=", "150", "元", name="吨水运行费用"), "吨水费用132元。", "met"),
        (row(">=", "80", "%", name="高温容量保持率"), "高压容量保持率83%。", "unclear"),
        (row("range", "6", "个月", high="12", name="降解时间"), "约9个月完全降解。", "met"),
        (row("<=", "35", "mg/m3", name="二氧化硫排放浓度"), "氮氧化物排放浓度42 mg/m3。", "missing"),
        (row(">=", "4", "级", name="色牢度", condition="耐皂洗"), "耐皂洗色牢度4-5级,耐汗渍色牢度3级。", "met"),
        (row("range", "2", "g/10min", high="6", name="熔融指数", condition="190 °C 2.16 kg"), "熔体流动速率3.5 g/10min(190 °C,2.16 kg)。", "met"),
        (row(">=", "10", "MPa", name="测量范围"), "量程0~60 bar,综合误差0.25%FS。", "short"),
        (row(">=", "90", "%", name="产蛋率"), "高峰期产蛋率93%。", "unclear"),
        (row("<=", "5", "kWh/Nm3", name="系统能耗"), "电解堆直流能耗4.4 kWh/Nm3。", "unclear"),
        (row(">=", "4.5", "g/100mL", name="总酸"), "总酸52 g/L。", "met"),
        (row("<=", "20", "万/mL", name="体细胞数"), "原料奶体细胞数降到18万/mL。", "met"),
        (row(">=", "65", "%", name="收率"), "酒精回收率91%。", "unclear"),
        (row(">=", "4", "mg/g", name="皂苷Rg1含量"), "皂苷Re含量7.5 mg/g。", "unclear"),
        (row("<=", "10", "ppm", name="硫含量"), "精制汽油含硫6 μg/g。", "met"),
        (row(">=", "8000", "g/(m2·24h)", name="透湿量"), "透湿量10500 g/(m2·d)。", "met"),
        (row(">=", "48", "h", name="预警提前时间"), "提前预警时间3天。", "met"),
        (row("<=", "10", "%", name="влажность"), "Влажность пеллет 9 %.", "met"),
        (row("<=", "3", "μm", name="ra"), "camera 2 μm.", "missing"),
    ],
)
def test_values_in_other_words_and_units(asked: Indicator, text: str, expected: str) -> None:
    assert in_text(asked, text).verdict.value == expected


def test_a_test_that_is_the_condition_names_its_value() -> None:
    asked = row(">=", "1000", "h", name="防腐寿命", condition="中性盐雾")
    assert in_text(asked, "经中性盐雾试验1200 h无红锈。").verdict is Verdict.MET
    assert judged(asked, row(">=", "1200", "h", name="中性盐雾")) == ("met", None)
    assert judged(asked, row(">=", "1200", "h", name="醋酸盐雾"))[0] != "met"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("拉伸强度和弯曲强度分别达到120 MPa和180 MPa。", [("拉伸强度", "120"), ("弯曲强度", "180")]),
        ("COD、氨氮和总磷去除率分别为95%、90%和85%。", [("COD去除率", "95"), ("氨氮去除率", "90"), ("总磷去除率", "85")]),
        ("循环寿命要求:25 °C下≥6000次,45 °C下≥4000次。", [("循环寿命", "6000"), ("循环寿命", "4000")]),
        ("外形尺寸2400×1600×1900 mm,低温-38 °C,每小时8亩。", []),
        ("Film thickness should stay between 60 and 80 μm.", [("Film thickness", "60")]),
    ],
)
def test_names_and_values_one_after_another(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.indicator.name, str(each.indicator.value)) for each in extract(text)] == expected
