"""Whether a value was measured as the need asks: age, temperature, method, and which part of the whole."""

from __future__ import annotations

import re

from matcher.facts import Indicator
from matcher.indicators.reading import Reading, around
from matcher.text import normalise, tokens

_METHOD = re.compile(r"干燥器|穿孔萃取|穿孔法|气候箱|理论计算")  # figures of several methods stand for themselves
_PART = re.compile(r"\d%?\s?[~～∼-]\s?\d+(?:\.\d+)?%(?=[一-鿿])")  # 10%～80%充电时间: of a part of the whole
_ASIDE = re.compile(r"\(.*?\)")  # in a name it is a condition: 显热交换效率(风速5m/s)
_BARE_CONDITION = re.compile(r"[-−]?\d+(?:\.\d+)?\s?(?:°C|d|h|min|MPa|kPa|Pa|%|V|Hz)")
_AGES = {"天": "d", "日": "d", "d": "d", "小时": "h", "h": "h", "分钟": "min", "min": "min"}
_AGE = re.compile(r"(\d)\s?(天|日|d|小时|h|分钟|min)(?![a-z])")


def as_asked(asked: Indicator, found: Reading) -> bool:
    """Whether what a need asks under a condition is stated under it, and by no method or of no part that it does not ask."""
    said, wanted = around(found), asked.name + asked.condition
    if any(pattern.search(said) and not pattern.search(wanted) for pattern in (_METHOD, _PART)):
        return False
    condition = asked.condition or "".join(_ASIDE.findall(asked.name))
    return not condition or _same(condition, found.stated.condition or said)


def _same(asked: str, stated: str) -> bool:
    asked, stated = _units_alike(asked), _units_alike(stated)
    if _BARE_CONDITION.fullmatch(stated.strip()) and _signed(asked) == _signed(stated) and stated.strip()[-1:] == asked.strip()[-1:]:
        return True  # 外温35 °C and 35 °C
    return set(tokens(asked)) <= set(tokens(stated)) and _signed(asked) <= _signed(stated)


def _units_alike(text: str) -> str:
    """28天 and 28 d are one age."""
    return _AGE.sub(lambda found: f"{found[1]}{_AGES[found[2]]}", text)


def _signed(text: str) -> set[str]:
    """Numbers with their sign: tokens alone would take −20 ℃ for 20 ℃."""
    return set(re.findall(r"[-−]?\d+(?:\.\d+)?", normalise(text).replace("零下", "-")))
