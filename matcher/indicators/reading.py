"""A value that an achievement states, and the clause around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.facts import Indicator

REACH = 90  # characters before a value in which its clause begins
_OTHERS = re.compile(r"目标|预计|计划|拟|国标|标准要求|标准规定|传统|现有|常规|理论|仿真|改造前|原来|国外|同类")
_BEHIND = re.compile(r"\s?[(（][^()（）]*[)）]")
_ENDS = re.compile(r"[,，;；。]")


@dataclass(frozen=True)
class Reading:
    """A value that the achievement states: of its own table, or found in its text at `start:end`."""

    stated: Indicator
    sentence: str = ""
    start: int = 0
    end: int = 0


def of_others(sentence: str, start: int) -> bool:
    """Whether a value is wished for, asked by a norm or somebody else's: not what the achievement reaches."""
    first = max(0, start - REACH)
    clause = max(first, *(sentence.rfind(sign, first, start) + 1 for sign in ",，;；。"))
    return _OTHERS.search(sentence, clause, start) is not None


def alone(found: Reading) -> bool:
    """Whether a name begins its clause: of the 浓度 in 进入RTO的浓度 something was left out."""
    clause = re.split(r"[,，;；。、]", found.sentence[: found.start])[-1].strip()
    return not found.sentence or clause.startswith(found.stated.name)


def around(found: Reading) -> str:
    """The clause in which a value stands: what is said of other values is not its condition."""
    left = _ENDS.split(found.sentence[max(0, found.start - REACH) : found.start])[-1]
    after = found.sentence[found.end : found.end + REACH]
    aside = _BEHIND.match(after)  # 3.5 g/10min(190 °C,2.16 kg)
    right = aside[0] if aside else _ENDS.split(after)[0]
    return left + right
