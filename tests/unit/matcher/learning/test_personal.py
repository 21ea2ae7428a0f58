"""What one's own refusals lower: which matches, by how much, how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from matcher.learning.personal import LAPSED, RULES, TOTAL, Item, Telling, lowering
from matcher.vocabulary import Level, Refusal, Side

NOW = datetime(2026, 11, 26, tzinfo=UTC)
REFUSED = Item(Side.NEED, 1, trl=5, price=Decimal(100), field="it")


def told(reason: str, days: float = 0, about: Item = REFUSED) -> Telling:
    return Telling(reason, NOW - timedelta(days=days), about)


@pytest.mark.parametrize(
    ("reason", "item", "lower"),
    [
        (Refusal.MATURITY, Item(Side.NEED, 9, trl=5), True),
        (Refusal.MATURITY, Item(Side.NEED, 9, trl=6), False),
        (Refusal.MATURITY, Item(Side.NEED, 9), False),
        (Refusal.PRICE, Item(Side.NEED, 9, price=Decimal(100)), True),
        (Refusal.PRICE, Item(Side.NEED, 9, price=Decimal(99)), False),
        (Refusal.PRICE, Item(Side.NEED, 9), False),
        (Refusal.FIELD, Item(Side.NEED, 1, field="it"), True),
        (Refusal.FIELD, Item(Side.NEED, 9, field="it"), False),
        (Refusal.FIELD, Item(Side.NEED, 1, field="energy"), False),
        (Refusal.SUPPLIED, Item(Side.NEED, 1, trl=9), True),
        (Refusal.SUPPLIED, Item(Side.NEED, 9), False),
        (Refusal.TIMING, Item(Side.NEED, 1), True),
        (Refusal.TIMING, Item(Side.NEED, 9), False),
    ],
)
def test_each_reason_lowers_what_it_speaks_of(reason: str, item: Item, lower: bool) -> None:
    assert (lowering(item, [told(reason)], NOW) is not None) == lower


def test_an_institutes_refusals_look_the_other_way() -> None:
    """A need that asks more, or pays less, than the refused one."""
    refused = Item(Side.OFFER, 3, trl=7, price=Decimal(50))
    asks_more, pays_less = Item(Side.OFFER, 4, trl=8), Item(Side.OFFER, 4, price=Decimal(40))
    assert lowering(asks_more, [told(Refusal.MATURITY, about=refused)], NOW)
    assert lowering(pays_less, [told(Refusal.PRICE, about=refused)], NOW)
    assert lowering(Item(Side.OFFER, 4, trl=6, price=Decimal(60)), [told(r, about=refused) for r in RULES], NOW) is None
    assert lowering(Item(Side.NEED, 3, trl=1), [told(Refusal.MATURITY, about=refused)], NOW) is None


def test_ripe_ones_are_never_called_unripe() -> None:
    """Whoever refuses level 8 as unripe does not lower everything there is."""
    refused = told(Refusal.MATURITY, about=Item(Side.NEED, 1, trl=8))
    assert lowering(Item(Side.NEED, 9, trl=7), [refused], NOW) is None
    assert lowering(Item(Side.NEED, 9, trl=6), [refused], NOW)


def test_it_fades_and_lapses() -> None:
    """By half in the reason's half life; then nothing at all."""
    item, sizes = Item(Side.NEED, 1), []
    for days in (0, 30, 60, 365):
        found = lowering(item, [told(Refusal.TIMING, days)], NOW)
        sizes.append(found.shift if found else 0.0)
    assert sizes[0] == pytest.approx(0.4)
    assert sizes[0] > sizes[1] > sizes[2] >= LAPSED
    assert sizes[3] == 0


def test_a_hundred_refusals_lower_by_about_one_level_at_most() -> None:
    """Bounded: a strong match is never worse than fair but for a little."""
    item = Item(Side.NEED, 1, trl=5, price=Decimal(100), field="it")
    found = lowering(item, [told(reason) for reason in RULES for _ in range(100)], NOW)
    assert found is not None
    assert found.shift == TOTAL
    assert set(found.reasons) == set(RULES)
    assert found.level(0.85) is Level.FAIR
    assert found.probability(0.85) > 0.5
