"""Indicators side by side: what the need asks, what the achievement states, and whether that is enough.

Rather silent than wrong: numbers whose units, conditions or meaning differ are never called sufficient.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from matcher.facts import Indicator
from matcher.indicators.circumstances import as_asked
from matcher.indicators.forms import forms
from matcher.indicators.likeness import Likeness, likeness
from matcher.indicators.measuring import Verdict, bounds, measure, within
from matcher.indicators.mentions import extract
from matcher.indicators.reading import Reading, alone, of_others
from matcher.indicators.synonyms import OF_WHAT
from matcher.units import unit
from matcher.vocabulary import Relation

SUBJECT = 2  # characters of a word that tells what a quantity belongs to


@dataclass(frozen=True)
class Comparison:
    """One indicator of the need. `gap` is the part of the asked value that is missing; `why` explains UNCLEAR."""

    asked: Indicator
    verdict: Verdict
    found: Reading | None = None
    gap: Decimal | None = None
    why: str = ""


def compare(asked: Sequence[Indicator], stated: Sequence[Indicator], text: str) -> list[Comparison]:
    """Every indicator of a need against an achievement's table first, then against what its text states."""
    mentions = [
        Reading(each.indicator, each.sentence, each.start, each.end)
        for each in (extract(text) if asked else ())
        if not of_others(each.sentence, each.start)
    ]
    rows = [Reading(row) for row in stated]
    return [
        _against(each, rows, text) or _against(each, mentions, text) or _near(each, [*rows, *mentions]) or Comparison(each, Verdict.MISSING)
        for each in asked
    ]


def _against(asked: Indicator, readings: Sequence[Reading], text: str) -> Comparison | None:
    """The verdict on values of the same quantity; None when there are none.

    Several values are one quantity under several conditions: where they do not agree, only a condition can tell.
    """
    readings = [_freed(asked, each) for each in readings]
    named = [each for each in readings if _is_asked(asked.name, each, text) or _is_test(asked, each)]
    if not named:
        return None
    if meant := [each for each in named if asked.condition and each.stated.condition == asked.condition]:
        named = meant
    if len({_part(asked.name, each.stated.name) for each in named if each.sentence}) > 1:
        return Comparison(asked, Verdict.UNCLEAR, named[0], why="several")  # of different parts: which one is meant?
    answers = [_judge(asked, each) for each in named]
    clear = [answer for answer in answers if answer.verdict is not Verdict.UNCLEAR]
    if len({answer.verdict for answer in clear}) > 1:
        return Comparison(asked, Verdict.UNCLEAR, named[0], why="several")
    return max(clear, key=lambda answer: answer.gap or Decimal(0)) if clear else answers[0]


def _freed(asked: Indicator, found: Reading) -> Reading:
    """A value whose name holds the asked condition (耐皂洗色牢度, 粗蛋白(干基)) as one under that condition."""
    condition, stated = asked.condition, found.stated
    if len(condition) < SUBJECT or condition not in stated.name or _is_test(asked, found):
        return found
    name = stated.name.replace(condition, "", 1).replace("()", "").strip()
    return replace(found, stated=replace(stated, name=name, condition=condition)) if name else found


def _is_asked(asked: str, found: Reading, text: str) -> bool:
    """Whether a value is of the asked quantity: by its name, or by its name and a subject that the text tells elsewhere."""
    alike = likeness(asked, found.stated.name)
    if alike is not Likeness.PART:
        return alike is Likeness.SAME
    subject = asked.removesuffix(found.stated.name)
    if subject == asked:
        subject = asked.removeprefix(f"{found.stated.name} ")  # масса прибора, as Russian puts it
    if len(subject) < SUBJECT or subject == asked or not alone(found):
        return False
    return subject in text or found.stated.name not in OF_WHAT


def _is_test(asked: Indicator, found: Reading) -> bool:
    """防腐寿命 under 中性盐雾 answered by a value that is named after the test alone: 中性盐雾试验1200 h."""
    if len(asked.condition) <= SUBJECT:
        return False
    return _TEST.sub("", found.stated.name).endswith(asked.condition) and _commensurable(asked, found) is not None


def _part(asked: str, stated: str) -> str:
    """What a stated name adds before the asked one."""
    return stated.removesuffix(asked) if stated != asked and stated.endswith(asked) else ""


def _near(asked: Indicator, readings: Sequence[Reading]) -> Comparison | None:
    """A related quantity, quoted for a person to judge; of those of the same kind rather one whose unit fits."""
    alike = [(likeness(asked.name, each.stated.name), each) for each in readings]
    found = [each for how, each in alike if how in {Likeness.NEAR, Likeness.PART}]
    akin = [each for how, each in alike if how is Likeness.AKIN]
    found += sorted(akin, key=lambda each: _commensurable(asked, each) is None)
    return Comparison(asked, Verdict.UNCLEAR, found[0], why="name") if found else None


def _judge(asked: Indicator, found: Reading) -> Comparison:
    sides = _commensurable(asked, found)
    if sides is None:
        return Comparison(asked, Verdict.UNCLEAR, found, why="unit")
    if not _is_test(asked, found) and not as_asked(asked, found):
        return Comparison(asked, Verdict.UNCLEAR, found, why="condition")
    wanted, stated = map(bounds, sides)
    if _REACHES.search(asked.name) and asked.relation == Relation.AT_LEAST and found.stated.relation == Relation.RANGE:
        stated = (stated[1], stated[1])  # a range that reaches to its end
    if _SPAN.search(asked.name) and found.stated.relation == Relation.RANGE and within(wanted, stated):
        return Comparison(asked, Verdict.MET, found)  # what is stated is where it works
    one = found.stated.relation == Relation.ABOUT or _PROPERTY.search(asked.name) is not None
    if one and asked.relation == Relation.RANGE and within(stated, wanted):
        return Comparison(asked, Verdict.MET, found)  # one value, or a thing's property: kept within, not covered
    verdict, gap = measure(asked.relation, wanted, found.stated.relation, stated)
    why = "bounds" if verdict is Verdict.UNCLEAR else ""
    return Comparison(asked, verdict, found, gap, why)


def _commensurable(asked: Indicator, found: Reading) -> tuple[Indicator, Indicator] | None:
    """Both with units of one dimension: 每吨690元 answers 元/t, 6900 元 per 公顷 answers a cost per 亩."""
    clause = re.split(r"[,，;；。]", found.sentence[: found.start])[-1]
    return next(
        (
            (one, other)
            for one in forms(asked, asked.name)
            for other in forms(found.stated, f"{clause}{found.stated.name}")
            if _dimension(one) == _dimension(other)
        ),
        None,
    )


def _dimension(indicator: Indicator) -> str:
    return unit(indicator.unit).dimension


_SPAN = re.compile(r"(?:工作|使用|运行|环境|储存|存储|适应)温度|量程|范围")
_PROPERTY = re.compile(r"(?:粒径|粒度|硬度|密度|黏度|粘度|pH|含量|水分|含水率|厚度|直径|孔径|熔点|糖度)(?:值)?$")
_TEST = re.compile(r"(?:试验|测试|耐受)?(?:寿命|时间|时长)?$")
_REACHES = re.compile(r"量程|测量范围|测量距离|检测范围|range$")
