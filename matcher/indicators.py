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
from matcher.text import normalise, sentence_spans, tokens
from matcher.units import names, unit
from matcher.vocabulary import Relation

SAME_NAME = 0.8  # share of the shorter name's character pairs that the other must hold
NEAR_NAME = 0.3  # share from which a value is worth quoting, provided that the name's last word is there
REACH = 18  # characters before a number in which its name must stand
ABOUT = Decimal("0.05")  # what 约 leaves open


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
    """Every indicator of a need against an achievement's table first, then against its normalised text."""
    return [_against_table(each, stated) or _against_text(each, text) for each in asked]


def _against_table(asked: Indicator, stated: Sequence[Indicator]) -> Comparison | None:
    named = [each for each in stated if same_name(asked.name, each.name)]
    if not named:
        return None
    # Several rows of one name are one quantity under several conditions: take the one that compares.
    answers = [_judge(asked, Reading(each)) for each in named]
    return next((answer for answer in answers if answer.verdict is not Verdict.UNCLEAR), answers[0])


def _against_text(asked: Indicator, text: str) -> Comparison:
    found = [each for each in readings(asked.name, text) if _dimension(each.stated) == _dimension(asked)]
    if not found:
        # Perhaps the same thing in other words: quoted for a person to judge.
        near = [
            each
            for each in readings(asked.name, text, NEAR_NAME)
            if _dimension(each.stated) == _dimension(asked)
        ]
        return (
            Comparison(asked, Verdict.UNCLEAR, near[0], why="name")
            if near
            else Comparison(asked, Verdict.MISSING)
        )
    if len(found) > 1:
        return Comparison(asked, Verdict.UNCLEAR, found[0], why="several")
    return _judge(asked, found[0])


def _judge(asked: Indicator, found: Reading) -> Comparison:
    if _dimension(asked) != _dimension(found.stated):
        return Comparison(asked, Verdict.UNCLEAR, found, why="unit")
    condition = asked.condition or "".join(_ASIDE.findall(asked.name))
    if condition and not _same_condition(condition, found.stated.condition or found.sentence):
        return Comparison(asked, Verdict.UNCLEAR, found, why="condition")
    verdict, gap = _measure(asked.relation, bounds(asked), found.stated.relation, bounds(found.stated))
    why = "bounds" if verdict is Verdict.UNCLEAR else ""
    return Comparison(asked, verdict, found, gap, why)


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
    return Verdict.SHORT, (missing / abs(asked) if asked else None)


def _two_sided(low: Decimal, high: Decimal, stated: Bounds) -> tuple[Verdict, Decimal | None]:
    least, most = stated
    if least is None or most is None:
        return Verdict.UNCLEAR, None
    if (least, most) == (low, high) or (least == most and low <= least <= high):
        return Verdict.MET, None
    if most < low:
        return Verdict.SHORT, ((low - most) / abs(low) if low else None)
    if least > high:
        return Verdict.SHORT, ((least - high) / abs(high) if high else None)
    return Verdict.UNCLEAR, None  # must a range be covered or kept within? Only people know


def same_name(one: str, other: str) -> bool:
    """Whether two names of indicators mean the same: nearly all character pairs of the shorter are in the other."""
    pairs, others = _pairs(one), _pairs(other)
    if not pairs or not others:
        return bool(one) and one == other
    shared = len(pairs & others)
    return shared >= SAME_NAME * min(len(pairs), len(others)) and 2 * shared >= max(len(pairs), len(others))


def _pairs(name: str) -> set[str]:
    letters = "".join(tokens(name))
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def _same_condition(asked: str, stated: str) -> bool:
    return set(tokens(asked)) <= set(tokens(stated)) and _signed(asked) <= _signed(stated)


def _signed(text: str) -> set[str]:
    """Numbers with their sign: tokens alone would take −20 ℃ for 20 ℃."""
    return set(re.findall(r"[-−]?\d+(?:\.\d+)?", normalise(text).replace("零下", "-")))


_ASIDE = re.compile(r"\(.*?\)")  # in a name it is a condition: 显热交换效率(风速5m/s)
_NUMBER = r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT_NAMES = "|".join(re.escape(name) for name in names())
_UNIT = rf"(?:万|亿)?(?:{_UNIT_NAMES})(?:/(?:{_UNIT_NAMES}))?(?![a-zA-Z/])"
_QUANTITY = re.compile(
    rf"(?P<before>不低于|不小于|不少于|至少|大于等于|高于|大于|超过|≥|>=|>|"
    rf"不高于|不大于|不超过|至多|小于等于|低于|小于|≤|<=|<|约|达到|达|为|=)?\s*"
    rf"(?<![\d.±^×A-Za-z])(?P<value>{_NUMBER})\s*(?:(?P<middle>{_UNIT})?\s*[~～–—-]\s*(?P<high>{_NUMBER}))?\s*"
    rf"(?P<unit>{_UNIT})(?P<after>以上|以下|以内|左右)?"
)
_LEAST = {"不低于", "不小于", "不少于", "至少", "大于等于", "高于", "大于", "超过", "≥", ">=", ">", "以上"}
_MOST = {"不高于", "不大于", "不超过", "至多", "小于等于", "低于", "小于", "≤", "<=", "<", "以下", "以内"}
_ROUGH = {"约", "左右"}
# A change against something, a wish, or somebody else's value is not what the achievement reaches.
_OTHER = re.compile(
    r"[提升降减增缩节]|延长|扩大|高出|低于原|由|从|比|较|原|目标|预计|计划|拟|要求|国标|标准|传统|现有|常规|未|不[能可足]|理论|仿真"
)


def readings(name: str, text: str, share: float = SAME_NAME) -> list[Reading]:
    """Values that a normalised text states under that name: the name stands close before the number, in its clause.

    `share` is the part of the name's character pairs that must stand there, its last pair always.
    """
    letters = "".join(tokens(_ASIDE.sub("", name)))
    wanted = _pairs(letters)
    found = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        for match in _QUANTITY.finditer(sentence):
            clause = re.split(r"[,，、:：(（]", sentence[: match.start()])[-1][-REACH:]
            there = wanted & _pairs(clause)
            if letters[-2:] in there and len(there) >= share * len(wanted) and _plain(clause, name):
                found.append(Reading(_stated(name, match), sentence, match.start(), match.end()))
    return found


def _plain(clause: str, name: str) -> bool:
    """Whether nothing but the name itself hints at a change, a wish or a comparison."""
    for letters in name:
        clause = clause.replace(letters, "")
    return _OTHER.search(clause) is None


def _stated(name: str, match: re.Match[str]) -> Indicator:
    value = _decimal(match["value"])
    high = _decimal(match["high"]) if match["high"] else None
    if high is not None and high >= value:
        return Indicator(name, Relation.RANGE.value, value, match["unit"], high=high)
    words = {match["before"], match["after"]}
    relation = Relation.EQUAL
    if words & _LEAST:
        relation = Relation.AT_LEAST
    elif words & _MOST:
        relation = Relation.AT_MOST
    elif words & _ROUGH:
        relation = Relation.ABOUT
    return Indicator(name, relation.value, value, match["unit"])


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", ""))
