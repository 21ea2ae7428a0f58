"""What a match is described by when something is learnt from its answers: one table of named features.

Each lies in 0…1, so that the sum of the weights bounds what a correction can do. They are read from what the match
stores (parts and reasons), which is what the person saw who answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 2  # raised whenever the table changes: what was learnt of another table is not applied
WORDS = 0.20  # shared words beyond which more say nothing (part `words`)
LEVELS = 3  # levels of readiness that count as far away
Data = Mapping[str, Any]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """Parts and reasons as stored with a match."""

    parts: Mapping[str, float]
    reasons: Data

    def reason(self, kind: str) -> Iterator[Data]:
        """Rows of that kind."""
        return (row for row in self.reasons.get("reasons", ()) if row.get("kind") == kind)

    def verdict(self, kind: str) -> str:
        """Verdict of the one row of that kind; empty where a side said nothing."""
        return next((str(row.get("verdict")) for row in self.reason(kind)), "")

    def number(self, kind: str, name: str) -> float | None:
        """A number among the parameters of the one row of that kind."""
        value = next((row.get("params", {}).get(name) for row in self.reason(kind)), None)
        return None if value is None else float(value)


@dataclass(frozen=True)
class Feature:
    """One row of the table. `why` says what it stands for, `source` where it comes from."""

    name: str
    why: str
    source: str
    of: Callable[[Match], float]


def _share(name: str) -> Callable[[Match], float]:
    def of(match: Match) -> float:
        asked = sum(int(match.reasons.get(each) or 0) for each in ("met", "short", "open"))
        return int(match.reasons.get(name) or 0) / asked if asked else 0.0

    return of


def _is(kind: str, verdict: str) -> Callable[[Match], float]:
    return lambda match: float(match.verdict(kind) == verdict)


def _levels_missing(match: Match) -> float:
    have, wanted = match.number("maturity", "trl"), match.number("maturity", "min_trl")
    return 0.0 if have is None or wanted is None else min(max(wanted - have, 0.0) / LEVELS, 1.0)


def _over_budget(match: Match) -> float:
    return min(max(match.number("price", "gap") or 0.0, 0.0), 1.0)


def _near(match: Match) -> float:
    near = next((row.get("params", {}).get("near") for row in match.reason("region")), "")
    return {"city": 1.0, "province": 0.5}.get(str(near), 0.0)


def _part(name: str) -> Callable[[Match], float]:
    return lambda match: min(max(float(match.parts.get(name) or 0.0), 0.0) / WORDS, 1.0)


TABLE: tuple[Feature, ...] = (
    Feature("indicators_met", "share of the asked indicators that are met", "N1", _share("met")),
    Feature("indicators_short", "share of the asked indicators that fall short", "N1", _share("short")),
    Feature("maturity_met", "the asked readiness (TRL) is reached", "GB/T 22900", _is("maturity", "met")),
    Feature("maturity_gap", "levels of readiness missing, three count as far", "GB/T 22900", _levels_missing),
    Feature("cooperation_met", "a way of working together suits both", "M04", _is("cooperation", "met")),
    Feature("cooperation_short", "no way of working together suits both", "M04", _is("cooperation", "short")),
    Feature("price_met", "the price lies within the budget", "M13", _is("price", "met")),
    Feature("price_over", "part of the budget by which the price exceeds it", "M13", _over_budget),
    Feature("region_near", "the same city (1) or province (0.5)", "M36", _near),
    Feature("chain_same", "the same industrial chain", "M02", _is("chain", "met")),
    Feature("words_shared", "how much of the need's own words the other side uses", "ranking", _part("words")),
)
NAMES: tuple[str, ...] = tuple(each.name for each in TABLE)


def described(parts: Mapping[str, float], reasons: Data) -> dict[str, float]:
    """Every feature of a match by name, each in 0…1."""
    match = Match(parts, reasons or {})
    return {each.name: round(each.of(match), 4) for each in TABLE}


def matrix(rows: Sequence[Mapping[str, float]]) -> Numbers:
    """Rows × features; a name that a row lacks counts as 0."""
    return np.array([[row.get(name, 0.0) for name in NAMES] for row in rows], np.float64).reshape(-1, len(NAMES))
