"""The stored reasons of a match in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from matcher.models import Match
from web import format as words

Marked = list[tuple[str, bool]]


@dataclass(frozen=True)
class Reason:
    """A row between the banks: verdict ok, warn, bad, none or note; each side as text with its agreeing parts marked."""

    verdict: str
    label: str
    topic: str
    left: Marked | None
    right: Marked | None

    def sentence(self) -> str:
        """The reason in one line."""
        return self.label


@dataclass(frozen=True)
class Gap:
    """Something to find out or to close, and how."""

    topic: str
    text: str
    note: str = ""


def reasons_of(match: Match) -> Sequence[Reason]:
    return []


def gaps_of(match: Match, reasons: Sequence[Reason]) -> Sequence[Gap]:
    return []


def computed_facts(match: Match) -> list[tuple[str, Any]]:
    """How the match was computed."""
    return [
        (_("可信度"), f"{match.probability:.2f} · {words.label(match.level, 'Level')}"),
        (_("版本"), match.ranking_version),
    ]
