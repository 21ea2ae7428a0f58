"""What an organisation's own refusals lower in its own list (N3), and for how long. Pure; nobody else's list changes.

One fresh refusal lowers what it speaks of by half of its limit, a second by half of the rest; each fades with its half
life. The probabilities that others see stay as they are, and nothing leaves the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from matcher import ranking
from matcher.learning.correction import moved_by
from matcher.vocabulary import Level, Refusal, Side

TOTAL = 1.5  # most that all reasons together lower, in logits: about one level
LAPSED = 0.1  # logits below which a reason lowers nothing any more
RIPE = 7  # readiness from which on no achievement is lowered as unripe: one refusal of a ripe one would lower all
DAY = 86_400.0


@dataclass(frozen=True)
class Item:
    """A match from one side: the number of one's own record, and what the other side's says (money in 万元).

    `trl` is what an achievement has or a need asks, `price` the least price or the largest budget.
    """

    side: str
    own_id: int
    trl: int | None = None
    price: Decimal | None = None
    field: str | None = None


@dataclass(frozen=True)
class Telling:
    """One refusal: its reason, when, and what it was about."""

    reason: str
    at: datetime
    about: Item


@dataclass(frozen=True)
class Rule:
    """How far a reason lowers at most (logits), in how many days it fades by half, and what it speaks of."""

    limit: float
    half_life: float
    applies: Callable[[Item, Item], bool]


@dataclass(frozen=True)
class Lowering:
    """By how much a match is lowered for one side (logits), and for which reasons, the strongest first."""

    shift: float
    reasons: tuple[str, ...]

    def probability(self, probability: float) -> float:
        """The probability by which it is put in order for this side."""
        return moved_by(probability, -self.shift)

    def level(self, probability: float) -> Level:
        """The level by which it is put in order for this side."""
        return ranking.level(self.probability(probability))


def _not_riper(item: Item, told: Item) -> bool:
    """An achievement no riper than the refused one and below `RIPE`; a need that asks no less than the refused one."""
    if item.trl is None or told.trl is None:
        return False
    return item.trl <= min(told.trl, RIPE - 1) if item.side == Side.NEED else item.trl >= told.trl


def _not_cheaper(item: Item, told: Item) -> bool:
    """An achievement no cheaper than the refused one; a need that pays no more."""
    if item.price is None or told.price is None:
        return False
    return item.price >= told.price if item.side == Side.NEED else item.price <= told.price


def _same_field(item: Item, told: Item) -> bool:
    """For the same record of one's own, the same technical field on the other side."""
    return item.own_id == told.own_id and item.field is not None and item.field == told.field


def _same_own(item: Item, told: Item) -> bool:
    """The same record of one's own: it is served already, or its time has not come."""
    return item.own_id == told.own_id


RULES: dict[str, Rule] = {
    Refusal.MATURITY: Rule(0.8, 90, _not_riper),
    Refusal.PRICE: Rule(0.8, 90, _not_cheaper),
    Refusal.FIELD: Rule(0.8, 120, _same_field),
    Refusal.SUPPLIED: Rule(1.0, 180, _same_own),
    Refusal.TIMING: Rule(0.8, 30, _same_own),
}


def strength(reason: str, moments: Iterable[datetime], now: datetime) -> float:
    """By how much refusals for one reason, given at those moments, lower what they speak of."""
    rule = RULES[reason]
    age = (max((now - at).total_seconds(), 0.0) / DAY for at in moments)
    fresh = sum(0.5 ** (days / rule.half_life) for days in age)
    return float(rule.limit * (1 - 0.5**fresh))


def lowering(item: Item, told: Iterable[Telling], now: datetime) -> Lowering | None:
    """What an organisation's refusals do to one match in its own list; None where they do nothing (any more)."""
    moments: dict[str, list[datetime]] = {}
    for each in told:
        if each.about.side == item.side and RULES[each.reason].applies(item, each.about):
            moments.setdefault(each.reason, []).append(each.at)
    found = {reason: strength(reason, given, now) for reason, given in moments.items()}
    found = {reason: size for reason, size in found.items() if size >= LAPSED}
    if not found:
        return None
    reasons = sorted(found, key=lambda reason: (-found[reason], reason))
    return Lowering(min(sum(found.values()), TOTAL), tuple(reasons))
