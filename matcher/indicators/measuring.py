"""Values against values in base units: what an indicator leaves open, whether that is enough, and what is missing."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from matcher.facts import Indicator
from matcher.units import unit
from matcher.vocabulary import Relation

ABOUT = Decimal("0.05")  # what 约 leaves open
FARTHEST = Decimal(1000)  # a gap of a thousand times what is asked and any larger one say the same
_SPREAD = {Relation.RANGE.value, Relation.ABOUT.value}

Bounds = tuple[Decimal | None, Decimal | None]


class Verdict(StrEnum):
    """What came of comparing one thing of both sides."""

    MET = "met"
    SHORT = "short"
    MISSING = "missing"  # the achievement says nothing about it
    UNCLEAR = "unclear"  # something is stated that cannot be compared


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


def measure(relation: str, asked: Bounds, how: str, stated: Bounds) -> tuple[Verdict, Decimal | None]:
    """What is asked in `relation` against what is stated in `how`; the gap as a share of what is asked."""
    low, high = asked
    least, most = stated
    if relation == Relation.AT_LEAST and low is not None:
        if how in _SPREAD and least is not None and most is not None and least < low <= most:
            return Verdict.UNCLEAR, None  # a span that holds the asked value: adjustable, or scattered?
        return _one_sided(low, least, above=True)
    if relation == Relation.AT_MOST and high is not None:
        if how in _SPREAD and least is not None and most is not None and least <= high < most:
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


def within(asked: Bounds, stated: Bounds) -> bool:
    """Whether the stated span holds all of the asked one."""
    (low, high), (least, most) = asked, stated
    if low is None or high is None or least is None or most is None:
        return False
    return least <= low <= high <= most
