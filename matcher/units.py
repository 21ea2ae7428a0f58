"""Units of technical indicators: what they measure and how much of the base unit they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

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
    **_table("mass", f1="g 克", f1000="kg 千克 公斤", f0_001="mg 毫克", f0_000001="μg ug 微克", f1000000="t 吨"),
    **_table("temperature", f1="°C 摄氏度"),
    **_table("pressure", f1="Pa", f1000="kPa", f1000000="MPa", f1000000000="GPa", f100000="bar"),
    **_table("share", f1="%", f0_1="‰", f0_0001="ppm", f0_0000001="ppb"),
    **_table("power", f1="W 瓦", f1000="kW 千瓦", f1000000="MW 兆瓦", f0_001="mW"),
    **_table("energy", f1="J", f1000="kJ", f1000000="MJ", f3600="Wh", f3600000="kWh 度电"),
    **_table("voltage", f1="V 伏", f1000="kV", f0_001="mV"),
    **_table("current", f1="A 安", f0_001="mA"),
    **_table("charge", f1="Ah", f0_001="mAh"),
    **_table("frequency", f1="Hz 赫兹", f1000="kHz", f1000000="MHz", f1000000000="GHz"),
    **_table("force", f1="N 牛", f1000="kN"),
    **_table("volume", f1="L l 升", f0_001="mL ml 毫升", f1000="m3 m³ 立方米 方"),
    **_table("area", f1="m2 m² 平方米", f0_0001="cm2 cm² 平方厘米", f0_000001="mm2 mm²", f666_6666666667="亩",
             f10000="hm2 公顷"),
    **_table("turns", f1="rpm r/min 转/分 转/分钟"),
    **_table("money", f1="元"),
    **_table("count", f1="个 台 件 只 次 套 项 种 路 株 头 例 批 组 条 点 人 辆"),
    **_table("rate", f1="bps", f1000="kbps", f1000000="Mbps", f1000000000="Gbps"),
    **_table("points", f1="百分点 个百分点"),
    **_table("angle", f1="°"),
    **_table("level", f1="dB"),
    **_table("times", f1="倍"),
}  # fmt: skip
_MULTIPLES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


def unit(name: str) -> Unit:
    """The unit of a name; an unknown one is comparable with itself alone."""
    name = normalise(name).replace(" ", "").replace("·", "").replace("℃", "°C")
    found = _UNITS.get(name)
    if found is not None:
        # 台 and 次 are not the same thing: counts compare only when the word is the same.
        return Unit(f"count:{name}", found.factor) if found.dimension == "count" else found
    top, slash, bottom = name.partition("/")
    if slash and top and bottom and "/" not in bottom:
        above, below = unit(top), unit(bottom)
        return Unit(f"{above.dimension}/{below.dimension}", above.factor / below.factor)
    if name[:1] in _MULTIPLES and name[1:] in _UNITS:
        rest = unit(name[1:])
        return Unit(rest.dimension, rest.factor * _MULTIPLES[name[0]])
    return Unit(f"other:{name}", Decimal(1))


def names() -> list[str]:
    """All known simple names, longest first, for finding quantities in text."""
    return sorted(_UNITS, key=lambda name: (-len(name), name))
