"""One quantity in the several forms that people write it in, so that units of one dimension meet."""

from __future__ import annotations

import re
from dataclasses import replace

from matcher.facts import Indicator

_PER = re.compile(
    r"每(?P<each>小时|分钟|天|年|吨|公斤|千克|立方米|平方米|公顷|亩|升|秒|台|套|件|只)|"
    r"(?P<short>(?<![\d万])[吨亩日])(?=[纸水料产耗成电处均费])|(?P<hectare>公顷)(?=[单平均]?产)|(?P<other>시간당|하루|일일|毎時|毎分)"
)
_OTHER = {"시간당": "h", "하루": "d", "일일": "d", "毎時": "h", "毎分": "min"}
_THINGS = {"整机": "台", "单机": "台", "单台": "台", "整套": "套", "单套": "套", "单件": "件"}
_WHOLE = re.compile("|".join(_THINGS))
_DISSOLVED = re.compile(r"水|液|cod|bod|氨氮|总氮|总磷|浓度", re.IGNORECASE)
_SCALE = re.compile(r"邵(?:氏|尔)?硬?度?\s?(?P<shore>[ACDO])|shore\s?(?P<other>[ACDO])|(?P<plain>HRC|HRB|HBW|HB|HV|HS)", re.IGNORECASE)


def forms(row: Indicator, told: str) -> list[Indicator]:
    """A quantity as it is written, and as `told` (its name, or its clause) lets it be read as well."""
    as_told = (_whole(row.unit, told), _in_water(row.unit, told), _scale(row.unit, told))
    per = _per(row.unit, told)
    plain = [] if per and told == row.name else [row]  # a 亩成本 is never an amount in 元 alone
    return [*plain, *(replace(row, unit=unit) for unit in (per, *as_told) if unit)]


def _per(unit: str, told: str) -> str:
    """每公顷 … 6900元 is 元/公顷."""
    found = _PER.search(told)
    if found is None or not unit or "/" in unit:
        return ""
    return f"{unit}/{found['each'] or found['short'] or found['hectare'] or _OTHER[found['other']]}"


def _whole(unit: str, told: str) -> str:
    """整机售价 is for a 台."""
    found = _WHOLE.search(told)
    return f"{unit}/{_THINGS[found[0]]}" if found and unit and "/" not in unit else ""


def _in_water(unit: str, told: str) -> str:
    """Of what is dissolved in water, 1 ppm is 1 mg/L."""
    return {"ppm": "mg/L", "ppb": "μg/L"}.get(unit, "") if _DISSOLVED.search(told) else ""


def _scale(unit: str, told: str) -> str:
    """A hardness has its scale before the number as often as behind it: 硬度HRC 61, 邵氏A硬度70."""
    found = _SCALE.search(told)
    if unit or found is None or "硬度" not in told:
        return ""
    letter = found["shore"] or found["other"]
    return f"Shore {letter.upper()}" if letter else found["plain"].upper()
