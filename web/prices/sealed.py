"""Sealed ranges as the tab 价格 and the case's first page show them: one word, never a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from matcher.models import SealedRange
from matcher.pricing.ranges import MOST_ROUNDS, PROPOSALS, last_gap, round_under_way
from matcher.pricing.terms import Gap
from web import format as words
from web.locale import current_language, translated

TONES = {Gap.OVERLAP: "ok", Gap.NEAR: "warn", Gap.FAR: "bad"}


@dataclass(frozen=True)
class SealedView:
    """How the ranges stand for the reader. `entered`: their own side has, and waits for the other."""

    gap: str
    tone: str
    advice: str
    round: int
    rounds: int
    entered: bool
    waiting: list[str]
    done: bool


def sealed_view(rows: list[SealedRange], party: str | None) -> SealedView:
    """The words for what was entered; `party` is the reader's side."""
    number, gap = round_under_way(rows), last_gap(rows)
    sides = {row.side for row in rows if row.round == number}
    return SealedView(
        gap=translated(gap.label) if gap else "",
        tone=TONES[gap] if gap else "",
        advice=advice(gap) if gap else "",
        round=min(number, MOST_ROUNDS),
        rounds=MOST_ROUNDS,
        entered=party in sides,
        waiting=[words.label(side, "Side") for side in ("need", "offer") if side not in sides],
        done=number > MOST_ROUNDS,
    )


def advice(gap: Gap) -> str:
    """What such a gap may be bridged by."""
    ways = _either([translated(way.label) for way in PROPOSALS[gap]])
    if gap == Gap.OVERLAP:
        return str(_("双方密封区间有重叠，可以直接谈价；付款可考虑%(ways)s。", ways=ways))
    return str(_("双方密封区间不重叠，可考虑%(ways)s。", ways=ways))


def _either(ways: Sequence[str]) -> str:
    if current_language() == "en":
        ways = [way.lower() for way in ways]
        return " or ".join([", ".join(ways[:-1]), ways[-1]] if len(ways) > 1 else ways)
    return "或".join(["、".join(ways[:-1]), ways[-1]] if len(ways) > 1 else ways)
