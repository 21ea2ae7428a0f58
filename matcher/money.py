"""Money: 元 and 万元 are different types and meet only here. All amounts are decimals; nothing is ever a float.

Prices and budgets of listings are spoken of in 万元 (at most four places, a whole number of 元); contracts, payments and
shares are kept in 元 to the fen. Rounding is half up, as invoices do, and happens only where a function says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NewType, TypeVar

Yuan = NewType("Yuan", Decimal)
Wan = NewType("Wan", Decimal)
FEN = Decimal("0.01")
YUAN_PER_WAN = 10_000
HUNDRED = Decimal(100)
K = TypeVar("K")


def yuan(value: Decimal | int | str) -> Yuan:
    """`value` as 元; ValueError when it has a fraction of a fen or is no finite number."""
    amount = Decimal(value)
    if not amount.is_finite() or amount != amount.quantize(FEN):
        raise ValueError(f"not an amount in fen: {value}")
    return Yuan(amount.quantize(FEN))


def to_wan(amount: Yuan) -> Wan:
    """元 → 万元, exact."""
    return Wan(amount / YUAN_PER_WAN)


def to_yuan(amount: Wan) -> Yuan:
    """万元 → 元, rounded half up to the fen."""
    return Yuan((amount * YUAN_PER_WAN).quantize(FEN, ROUND_HALF_UP))


def percent_of(amount: Yuan, percent: Decimal) -> Yuan:
    """So many per cent of `amount`, rounded half up to the fen."""
    return Yuan((amount * percent / HUNDRED).quantize(FEN, ROUND_HALF_UP))


def split(amount: Yuan, percents: Mapping[K, Decimal]) -> dict[K, Yuan]:
    """`amount` shared by percentages that make exactly 100; the shares sum to it to the fen.

    Each share is rounded down, then the fen left over go one each to the largest remainders (Hamilton's method), the
    earlier key first where remainders are equal. ValueError when the percentages are negative or do not make 100.
    """
    if sum(percents.values()) != HUNDRED or any(percent < 0 for percent in percents.values()):
        raise ValueError("percentages must make exactly 100")
    exact = {key: amount * percent / HUNDRED for key, percent in percents.items()}
    shares = {key: value.quantize(FEN, ROUND_DOWN) for key, value in exact.items()}
    left = int((amount - sum(shares.values())) / FEN)
    order = sorted(enumerate(exact), key=lambda item: (-(exact[item[1]] - shares[item[1]]), item[0]))
    for _place, key in order[:left]:
        shares[key] += FEN
    return {key: Yuan(value) for key, value in shares.items()}
