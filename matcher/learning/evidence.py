"""What an answer says about whether a match was right: a target and how much it counts.

A yes counts in full, and so does a refusal for what the two records say. 已有供应商 and 时机 speak of the enterprise
and not of the pair, so nothing general is learnt from them. Silence is weak evidence: most of it is lack of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matcher.vocabulary import Refusal


class Outcome(StrEnum):
    """What one side did with a match. `opened`: read, not answered; `ignored`: sent by mail, not even opened."""

    INTERESTED = "interested"
    REFUSED = "refused"
    OPENED = "opened"
    IGNORED = "ignored"


ANSWERED = (Outcome.INTERESTED, Outcome.REFUSED)
WEIGHTS: dict[str, float] = {Outcome.INTERESTED: 1.0, Outcome.OPENED: 0.1, Outcome.IGNORED: 0.05}
REASONS: dict[str, float] = {
    Refusal.FIELD: 1.0,
    Refusal.MATURITY: 1.0,
    Refusal.INDICATOR: 1.0,
    Refusal.PRICE: 1.0,
    Refusal.COOPERATION: 1.0,
    Refusal.DISTANCE: 1.0,
    Refusal.INFORMATION: 0.5,
    Refusal.OTHER: 0.5,
    Refusal.SUPPLIED: 0.0,
    Refusal.TIMING: 0.0,
}


@dataclass(frozen=True)
class Row:
    """One side's outcome of one match, with the match as it was then; `probability` is the ranking's, uncorrected."""

    need_id: int
    organisation_id: int
    user_id: int | None
    outcome: str
    probability: float
    reason: str = ""
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def target(self) -> float:
        """1 for a yes, else 0."""
        return float(self.outcome == Outcome.INTERESTED)

    @property
    def weight(self) -> float:
        """How much it counts before anybody's share is limited."""
        return REASONS.get(self.reason, 0.5) if self.outcome == Outcome.REFUSED else WEIGHTS[self.outcome]
