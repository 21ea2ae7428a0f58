"""Scores of extraction and comparison on hand-labelled sentences (see CONVENTIONS.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from matcher.facts import Indicator
from matcher.indicators import Mention, Verdict, compare, extract
from matcher.indicators.numbers import written_out
from matcher.text import normalise

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Found:
    """What extraction found: right ones, wrong ones, and labelled ones that it missed."""

    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed)


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The labels of a file."""
    with (HERE / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def extraction(name: str) -> Found:
    """Mentions against labels: the head of the name, relation, values and unit must agree."""
    right = wrong = missed = 0
    for row in rows(name):
        left = list(row["mentions"])
        for mention in extract(row["text"]):
            label = next((each for each in left if _agrees(mention, each)), None)
            if label is None:
                wrong += 1
            else:
                left.remove(label)
                right += 1
        missed += len(left)
    return Found(right, wrong, missed)


def _agrees(mention: Mention, label: dict[str, Any]) -> bool:
    found = mention.indicator
    high = None if label["high"] is None else Decimal(str(label["high"]))
    return (
        _same_head(found.name, label["name"])
        and found.relation == label["relation"]
        and _equal(found.value, Decimal(str(label["value"])))
        and found.high == high
        and _plain(found.unit) == _plain(label["unit"])
    )


def _equal(one: Decimal, other: Decimal) -> bool:
    """Equal but for the digits that a label cannot hold (1/6)."""
    return abs(one - other) <= abs(other) * Decimal("1e-12")


def _same_head(one: str, other: str) -> bool:
    """One name ends with the other: words before the quantity may be counted to it or not."""
    one, other = _plain(one), _plain(other)
    return one == other or (min(len(one), len(other)) > 1 and (one.endswith(other) or other.endswith(one)))


def _plain(text: str) -> str:
    return re.sub(r"[\s·⋅]", "", normalise(written_out(text))).lower()


def verdicts(name: str) -> tuple[float, int]:
    """Share of right verdicts, and how often 满足 was said where it is not so."""
    said = [(_verdict(row), Verdict(row["verdict"])) for row in rows(name)]
    right = sum(found is label for found, label in said)
    return right / len(said), sum(found is Verdict.MET and label is not Verdict.MET for found, label in said)


def _verdict(row: dict[str, Any]) -> Verdict:
    stated = [_indicator(each) for each in row["rows"]]
    return compare([_indicator(row["asked"])], stated, normalise(written_out(row["text"])))[0].verdict


def _indicator(row: dict[str, Any]) -> Indicator:
    high = None if row.get("high") is None else Decimal(str(row["high"]))
    name, unit, condition = (normalise(row.get(each) or "") for each in ("name", "unit", "condition"))
    return Indicator(name, row["relation"], Decimal(str(row["value"])), unit, condition, high)
