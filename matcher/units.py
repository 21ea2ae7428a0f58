"""Units of technical indicators: what they measure and how much of the base unit they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from matcher.text import normalise


@dataclass(frozen=True)
class Unit:
    """Two quantities compare only when their `dimension` is equal; `factor` brings them to its base unit."""

    dimension: str
    factor: Decimal


def _table(dimension: str, **groups: str) -> dict[str, Unit]:
    """Units by name: each group's key is the factor (f1000, f0_001), its names are separated by blanks."""
    return {
        name: Unit(dimension, Decimal(key[1:].replace("_", ".")))
        for key, names in groups.items()
        for name in names.split()
    }


# Names after NFKC: ℃ is °C, ㎡ is m2, µ is μ.
_UNITS: dict[str, Unit] = {
    **_table("length", f1="m 米", f1000="km 公里 千米", f0_01="cm 厘米", f0_001="mm 毫米",
             f0_000001="μm um 微米", f0_000000001="nm 纳米"),
    **_table("time", f1="s 秒", f0_001="ms 毫秒", f0_000001="μs us 微秒", f60="min 分钟 分", f3600="h 小时 时",
             f86400="d 天 日", f604800="周", f2592000="月 个月", f31536000="年 a"),
    **_table("mass", f1="g 克", f1000="kg 千克 公斤", f0_001="mg 毫克", f0_000001="μg ug 微克", f0_000000001="ng", f0_000000000001="pg", f100000="ц", f1000000="t 吨", f500="斤"),
    **_table("temperature", f1="°C 摄氏度"),
    **_table("pressure", f1="Pa Па", f1000="kPa", f1000000="MPa", f1000000000="GPa", f100000="bar", f100="mbar", f133_322="mmHg"),
    **_table("share", f1="%", f10="成", f0_1="‰", f0_0001="ppm", f0_0000001="ppb"),
    **_table("power", f1="W 瓦", f1000="kW 千瓦", f1000000="MW 兆瓦", f0_001="mW", f0_000001="μW"),
    **_table("energy", f1="J", f1000="kJ", f1000000="MJ", f3600="Wh", f3600000="kWh 度电", f3600000000="MWh", f3600000000000="GWh"),
    **_table("voltage", f1="V 伏", f1000="kV", f0_001="mV", f0_000001="μV"),
    **_table("current", f1="A 安", f0_001="mA", f0_000001="μA", f1000="kA"),
    **_table("charge", f1="Ah", f0_001="mAh"),
    **_table("frequency", f1="Hz 赫兹", f1000="kHz", f1000000="MHz", f1000000000="GHz"),
    **_table("force", f1="N 牛", f1000="kN", f0_001="mN", f9_80665="kgf"),
    **_table("volume", f1="L l 升 dm3", f0_001="mL ml 毫升 cm3 cm³", f1000="m3 m³ Nm3 立方米 方", f0_000001="μL"),
    **_table("area", f1="m2 m² 平方米", f0_0001="cm2 cm² 平方厘米", f0_000001="mm2 mm²", f666_6666666667="亩",
             f10000="hm2 公顷"),
    **_table("turns", f1="转 r"),
    **_table("number", f1="cfu CFU 孢子"),  # counted living things: 200亿/g answers 2×10^10 cfu/g
    **_table("money", f1="元 块 块钱 CNY", f0_01="分钱"),
    **_table("count", f1="个 台 件 只 次 套 项 种 路 株 头 例 批 组 条 点 人 辆"),
    **_table("rate", f1="bps", f1000="kbps", f1000000="Mbps", f1000000000="Gbps"),
    **_table("points", f1="百分点 个百分点"),
    **_table("resistance", f1="Ω 欧", f1000="kΩ", f1000000="MΩ", f1000000000="GΩ", f0_001="mΩ"),
    **_table("data", f1="GB", f0_001="MB", f1000="TB"),
    **_table("dose", f1="Gy", f1000="kGy"),
    **_table("viscosity", f1="Pas", f0_001="mPas"),
    **_table("molar mass", f1="Da", f1000="kDa", f1000000="MDa"),
    **_table("angle", f3600="° 度角", f60="′ 弧分 角分", f1="″ 弧秒 角秒"),
    **_table("level", f1="dB"),
    **_table("times", f1="倍"),
}  # fmt: skip
# What texts in other languages call the same, and short forms of compound units.
_ALIASES = {
    "МПа": "MPa", "кПа": "kPa", "ГПа": "GPa", "Вт": "W", "кВт": "kW", "Вт·ч": "Wh", "кВт·ч": "kWh", "МВт·ч": "MWh", "циклов": "次", "цикл": "次", "мм": "mm", "см": "cm", "м": "m", "км": "km",
    "мкм": "μm", "нм": "nm", "кг": "kg", "г": "g", "мг": "mg", "т": "t", "л": "L", "мл": "mL", "ч": "h", "мин": "min",
    "с": "s", "мс": "ms", "дБ": "dB", "лет": "年", "года": "年", "год": "年", "дней": "d", "дня": "d", "суток": "d",
    "часов": "h", "часа": "h", "га": "公顷", "м3": "m3", "м2": "m2", "시간": "h", "분": "min", "초": "s", "개월": "月",
    "년": "年", "일": "d", "時間": "h", "分間": "min", "years": "年", "year": "年", "months": "月", "days": "d", "day": "d",
    "hours": "h", "minutes": "min", "seconds": "s", "минут": "min", "минуты": "min", "секунд": "s", "месяцев": "月", "час": "h", "кН": "kN", "кгс": "kgf", "톤": "t",
    "兆帕": "MPa", "千帕": "kPa", "千牛": "kN", "千瓦时": "kWh", "LMH": "L/(m2·h)", "rpm": "r/min", "°Bx": "%", "Brix": "%", "°Brix": "%", "W/mK": "W/(m·K)", "分贝": "dB", "nit": "cd/m2", "nits": "cd/m2", "尼特": "cd/m2", "kW·h": "kWh", "copies/mL": "拷贝/mL", "copies/ml": "拷贝/mL", "dB(A)": "dB",
}  # fmt: skip
_MANY = re.compile(r"([1-9]\d{0,5})\s?([^\d·]+)")  # so many of a unit, never none of it
_SCALES = re.compile(r"(HV|HBW?|HRA|HRB|HRC)\d{1,2}")  # HV30: the load is not the scale
_MULTIPLES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


@lru_cache(maxsize=4096)
def unit(name: str) -> Unit:
    """The unit of a name; an unknown one is comparable with itself alone."""
    name = normalise(name).replace(" ", "").replace("⋅", "·").replace("℃", "°C")
    scale = _SCALES.fullmatch(name)
    name = scale[1] if scale else _ALIASES.get(name, name)
    found = _UNITS.get(name.replace("·", ""))
    if found is not None:
        # 台 and 次 are not the same thing: counts compare only when the word is the same.
        return Unit(f"count:{name}", found.factor) if found.dimension == "count" else found
    top, slash, bottom = name.replace("每", "/").partition("/")
    if slash and bottom and "/" not in bottom:
        return _quotient(unit(top) if top else Unit("number", Decimal(1)), _product(bottom.strip("()")))
    if name in _MULTIPLES:
        return Unit("number", _MULTIPLES[name])
    if name[:1] in _MULTIPLES and name[1:] in _UNITS:
        rest = unit(name[1:])
        return Unit(rest.dimension, rest.factor * _MULTIPLES[name[0]])
    return Unit(f"other:{name}", Decimal(1))


def _quotient(above: Unit, below: Unit) -> Unit:
    if above.dimension == below.dimension and above.dimension in {"mass", "volume"}:
        return Unit("share", above.factor / below.factor * 100)  # mg/kg is a share, as ppm is
    if above.dimension == "share":  # ppm/K is 10^-6 per K
        above = Unit("number", above.factor / 100)
    if (above.dimension, below.dimension) == ("force", "area"):
        return Unit("pressure", above.factor / below.factor)
    return Unit(f"{above.dimension}/{below.dimension}", above.factor / below.factor)


def _product(name: str) -> Unit:
    """What stands below a stroke: one unit or several multiplied, in whatever order they are named."""
    many = _MANY.fullmatch(name)
    if many:  # g/100mL, g/10min
        below = _product(many[2])
        return Unit(below.dimension, below.factor * Decimal(many[1]))
    # per kelvin is per degree
    factors = [_product(part) if _MANY.fullmatch(part) else unit("°C" if part == "K" else part) for part in name.split("·") if part]
    parts = sorted(factors, key=lambda each: each.dimension)
    factor = Decimal(1)
    for part in parts:
        factor *= part.factor
    return Unit("·".join(part.dimension for part in parts), factor)


def names() -> list[str]:
    """All known simple names, longest first, for finding quantities in text."""
    return sorted(_UNITS, key=lambda name: (-len(name), name))
