"""One need and one achievement: the score, the level and the reasons, from all that they depend on; pure.

Matching and questions about a pair (N14) compute here, so that an answer given on request is the one that matching
would have stored.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Protocol

from matcher.corpus import Statistics
from matcher.evidence import Near, carried, wanted
from matcher.explanation import explain
from matcher.facts import AchievementFacts, NeedFacts
from matcher.learning.correction import Correction, corrected, reaches
from matcher.ranking import Asked, Rankable, Scored
from matcher.reasons import Explanation


class Bank(Protocol):
    """A record as it is computed with."""

    @property
    def facts(self) -> NeedFacts | AchievementFacts:
        """Its public facts."""
        ...

    @property
    def text(self) -> Rankable:
        """The tokens and the vector of its text."""
        ...


@dataclass(frozen=True)
class Side:
    """A side with everything at hand."""

    facts: NeedFacts | AchievementFacts
    text: Rankable


def digest(side: Bank) -> str:
    """Names what the facts of this side were when a score was computed."""
    plain = {**vars(side.facts), "indicators": [vars(each) for each in side.facts.indicators]}  # quicker than `asdict`
    content = json.dumps(plain, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def judge(
    need: Bank, achievement: Bank, corpus: Statistics, correction: Correction, known: Scored | None = None
) -> tuple[Scored, Explanation | None]:
    """The corrected score, and the reasons where the correction had to read them; it is always the need that asks.

    `known` is the score before correction, where it is at hand.
    """
    scored = known or Asked(need.text, corpus).score(achievement.text)
    if not reaches(correction, scored):
        return scored, None  # the facts of most candidates are never read
    return corrected(_need(need), _achievement(achievement), corpus, scored, correction)


def told_by_words(
    need: Bank, achievement: Bank, corpus: Statistics, scored: Scored, told: Explanation | None
) -> tuple[Explanation, tuple[NeedFacts, AchievementFacts] | None]:
    """The reasons so far, and both sides' facts where their sentences are to be compared by meaning."""
    facts = _need(need), _achievement(achievement)
    reasons = told or explain(*facts, corpus, scored)
    return reasons, facts if wanted(*facts, reasons, scored.level) else None


def values(
    need: Bank,
    achievement: Bank,
    corpus: Statistics,
    scored: Scored,
    told: Explanation | None = None,
    near: Near | None = None,
) -> dict[str, Any]:
    """What a row keeps of a scored pair (`matcher.models.Computed`), but for the versions it was computed under.

    `near`: how near the sentences of both sides are, where they were to be compared.
    """
    reasons = told or explain(_need(need), _achievement(achievement), corpus, scored)
    reasons = carried(reasons, _need(need), _achievement(achievement), scored.level, near)
    return {
        "score": scored.score,
        "probability": scored.probability,
        "level": scored.level.value,
        "parts": dict(scored.parts),
        "reasons": reasons.data(),
        "need_hash": digest(need),
        "achievement_hash": digest(achievement),
    }


def _need(side: Bank) -> NeedFacts:
    assert isinstance(side.facts, NeedFacts)
    return side.facts


def _achievement(side: Bank) -> AchievementFacts:
    assert isinstance(side.facts, AchievementFacts)
    return side.facts
