"""Compute a stored answer again, from what is stored with it alone: it must be the same to the last digit (N14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from matcher import learned, pairing
from matcher.corpus import Statistics
from matcher.models import Question
from matcher.pinned import unpin

NUMBERS = ("score", "probability", "level", "parts", "need_hash", "achievement_hash")


@dataclass(frozen=True)
class Rerun:
    """What came out: names of the numbers that differ, and whether the reasons are worded from the same data.

    `known` is False when this program does not have the ranking version any more; nothing was computed then.
    """

    known: bool
    differs: tuple[str, ...] = ()
    same_reasons: bool = True

    @property
    def same(self) -> bool:
        """Whether the numbers are the same to the last digit."""
        return self.known and not self.differs


def rerun(session: Session, question: Question, corpus: Statistics) -> Rerun:
    """Compute again with `corpus`, the snapshot that the answer names."""
    correction = learned.named(session, question.ranking_version)
    if correction is None:
        return Rerun(known=False)
    need, achievement, near = unpin(question.inputs)
    judged = pairing.judge(need, achievement, corpus, correction)
    found: Mapping[str, Any] = pairing.values(need, achievement, corpus, *judged, near)
    differs = tuple(name for name in NUMBERS if found[name] != getattr(question, name))
    return Rerun(known=True, differs=differs, same_reasons=found["reasons"] == question.reasons)
