"""Indicators side by side: what the need asks, what the achievement states, and whether that is enough.

Rather silent than wrong: numbers whose units, conditions or meaning differ are never called sufficient.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from matcher.facts import Indicator
from matcher.indicators.likeness import Likeness, likeness
from matcher.indicators.mentions import extract
from matcher.text import normalise, tokens
from matcher.units import unit
from matcher.vocabulary import Relation

REACH = 90  # characters before a value in which its clause begins
ABOUT = Decimal("0.05")  # what 约 leaves open
FARTHEST = Decimal(1000)  # a gap of a thousand times what is asked and any larger one say the same


class Verdict(StrEnum):
    """What came of comparing one thing of both sides."""

    MET = "met"
    SHORT = "short"
    MISSING = "missing"  # the achievement says nothing about it
    UNCLEAR = "unclear"  # something is stated that cannot be compared


@dataclass(frozen=True)
class Reading:
    """A value that the achievement states: of its own table, or found in its text at `start:end`."""

    stated: Indicator
    sentence: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Comparison:
    """One indicator of the need. `gap` is the part of the asked value that is missing; `why` explains UNCLEAR."""

    asked: Indicator
    verdict: Verdict
    found: Reading | None = None
    gap: Decimal | None = None
    why: str = ""


Bounds = tuple[Decimal | None, Decimal | None]


def compare(asked: Sequence[Indicator], stated: Sequence[Indicator], text: str) -> list[Comparison]:
    """Every indicator of a need against an achievement's table first, then against what its text states."""
    mentions = [
        Reading(each.indicator, each.sentence, each.start, each.end)
        for each in (extract(text) if asked else ())
        if not _of_others(each.sentence, each.start)
    ]
    return [_against(each, [Reading(row) for row in stated]) or _against_text(each, mentions) for each in asked]


def _of_others(sentence: str, start: int) -> bool:
    """Whether a value is wished for, asked by a norm or somebody else's: not what the achievement reaches."""
    return _OTHERS.search(re.split(r"[,，;；。]", sentence[max(0, start - REACH) : start])[-1]) is not None


def _against_text(asked: Indicator, mentions: Sequence[Reading]) -> Comparison:
    return _against(asked, mentions) or _near(asked, mentions) or Comparison(asked, Verdict.MISSING)


def _against(asked: Indicator, readings: Sequence[Reading]) -> Comparison | None:
    """The verdict on values of the same quantity; None when there are none.

    Several values are one quantity under several conditions: where they do not agree, only a condition can tell.
    """
    named = [each for each in readings if likeness(asked.name, each.stated.name) is Likeness.SAME]
    if not named:
        return None
    if len({_part(asked.name, each.stated.name) for each in named if each.sentence}) > 1:
        return Comparison(asked, Verdict.UNCLEAR, named[0], why="several")  # of different parts: which one is meant?
    answers = [_judge(asked, each) for each in named]
    clear = [answer for answer in answers if answer.verdict is not Verdict.UNCLEAR]
    if len({answer.verdict for answer in clear}) > 1:
        return Comparison(asked, Verdict.UNCLEAR, named[0], why="several")
    return max(clear, key=lambda answer: answer.gap or Decimal(0)) if clear else answers[0]


def _part(asked: str, stated: str) -> str:
    """What a stated name adds before the asked one."""
    return stated.removesuffix(asked) if stated != asked and stated.endswith(asked) else ""


def _near(asked: Indicator, mentions: Sequence[Reading]) -> Comparison | None:
    """A related quantity, quoted for a person to judge."""
    for each in mentions:
        if likeness(asked.name, each.stated.name) is Likeness.NEAR:
            return Comparison(asked, Verdict.UNCLEAR, each, why="name")
    return None


def _judge(asked: Indicator, found: Reading) -> Comparison:
    if _dimension(asked) != _dimension(found.stated):
        return Comparison(asked, Verdict.UNCLEAR, found, why="unit")
    condition = asked.condition or "".join(_ASIDE.findall(asked.name))
    if condition and not _same_condition(condition, found.stated.condition or _around(found)):
        return Comparison(asked, Verdict.UNCLEAR, found, why="condition")
    verdict, gap = _measure(asked.relation, bounds(asked), found.stated.relation, bounds(found.stated))
    why = "bounds" if verdict is Verdict.UNCLEAR else ""
    return Comparison(asked, verdict, found, gap, why)


def _around(found: Reading) -> str:
    """The clause in which a value stands: what is said of other values is not its condition."""
    left = re.split(r"[,，;；。]", found.sentence[max(0, found.start - REACH) : found.start])[-1]
    right = re.split(r"[,，;；。]", found.sentence[found.end : found.end + REACH])[0]
    return left + right


def _dimension(indicator: Indicator) -> str:
    return unit(indicator.unit).dimension


def bounds(indicator: Indicator) -> Bounds:
    """Least and most that an indicator says, in base units; None where it leaves that side open."""
    factor = unit(indicator.unit).factor
    value = indicator.value * factor
    match indicator.relation:
        case Relation.AT_LEAST:
            return value, None
        case Relation.AT_MOST:
            return None, value
        case Relation.RANGE:
            return value, (value if indicator.high is None else indicator.high * factor)
        case Relation.ABOUT:
            return value - abs(value) * ABOUT, value + abs(value) * ABOUT
        case _:
            return value, value


def _measure(relation: str, asked: Bounds, how: str, stated: Bounds) -> tuple[Verdict, Decimal | None]:
    low, high = asked
    least, most = stated
    if relation == Relation.AT_LEAST and low is not None:
        if how == Relation.RANGE and least is not None and most is not None and least < low <= most:
            return Verdict.UNCLEAR, None  # a span that holds the asked value: adjustable, or scattered?
        return _one_sided(low, least, above=True)
    if relation == Relation.AT_MOST and high is not None:
        if how == Relation.RANGE and least is not None and most is not None and least <= high < most:
            return Verdict.UNCLEAR, None
        return _one_sided(high, most, above=False)
    return _two_sided(low or Decimal(0), high or Decimal(0), stated)


def _one_sided(asked: Decimal, stated: Decimal | None, *, above: bool) -> tuple[Verdict, Decimal | None]:
    if stated is None:
        return Verdict.UNCLEAR, None
    missing = asked - stated if above else stated - asked
    if missing <= 0:
        return Verdict.MET, None
    return Verdict.SHORT, _share(missing, asked)


def _two_sided(low: Decimal, high: Decimal, stated: Bounds) -> tuple[Verdict, Decimal | None]:
    least, most = stated
    if least is None or most is None:
        return Verdict.UNCLEAR, None
    if (least, most) == (low, high) or (least == most and low <= least <= high):
        return Verdict.MET, None
    if most < low:
        return Verdict.SHORT, _share(low - most, low)
    if least > high:
        return Verdict.SHORT, _share(least - high, high)
    return Verdict.UNCLEAR, None  # must a range be covered or kept within? Only people know


def _share(missing: Decimal, asked: Decimal) -> Decimal | None:
    """What is missing as a share of what is asked, at most `FARTHEST`; None of nothing."""
    return min(missing / abs(asked), FARTHEST) if asked else None


def _same_condition(asked: str, stated: str) -> bool:
    return set(tokens(asked)) <= set(tokens(stated)) and _signed(asked) <= _signed(stated)


def _signed(text: str) -> set[str]:
    """Numbers with their sign: tokens alone would take −20 ℃ for 20 ℃."""
    return set(re.findall(r"[-−]?\d+(?:\.\d+)?", normalise(text).replace("零下", "-")))


_OTHERS = re.compile(r"目标|预计|计划|拟|国标|标准要求|标准规定|传统|现有|常规|理论|仿真|改造前|原来|国外|同类")
_ASIDE = re.compile(r"\(.*?\)")  # in a name it is a condition: 显热交换效率(风速5m/s)
