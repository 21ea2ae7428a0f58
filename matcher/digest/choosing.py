"""Which matches are new to the reader, and which of them come first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.digest.plans import Candidate
from matcher.vocabulary import Level

LEVELS = {level.value: place for place, level in enumerate(Level)}


@dataclass(frozen=True)
class Shown:
    """When a digest last showed a match to somebody, and what its records were then."""

    print: str
    at: datetime


def choose(
    candidates: Iterable[Candidate], shown: Mapping[int, Shown], most: int, now: datetime
) -> tuple[Candidate, ...]:
    """At most so many that are new to the reader: those the other side waits for first, then by level and probability."""
    fresh = [found for found in candidates if _is_new(found, shown.get(found.match_id), now)]
    fresh.sort(
        key=lambda c: (not c.other_says_yes, LEVELS.get(c.level, len(LEVELS)), -c.probability, c.match_id)
    )
    return tuple(fresh[:most])


def _is_new(candidate: Candidate, shown: Shown | None, now: datetime) -> bool:
    if candidate.later_until is not None and candidate.later_until > now:
        return False
    if shown is None or shown.print != candidate.print:
        return True
    return candidate.later_until is not None and candidate.later_until > shown.at
