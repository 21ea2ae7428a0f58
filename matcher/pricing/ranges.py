"""Compare two ranges and say no more than one of three words, with ways to pay that such a gap is bridged by. Pure."""

from __future__ import annotations

from decimal import Decimal

from matcher.pricing.sealing import Range
from matcher.pricing.terms import Gap, Payment

NEAR = Decimal("0.2")
MOST_ROUNDS = 3
# What lies close is spread over time; what lies apart depends on how well the technology does.
PROPOSALS: dict[Gap, tuple[Payment, ...]] = {
    Gap.OVERLAP: (Payment.INSTALMENTS,),
    Gap.NEAR: (Payment.ENTRY_FEE, Payment.INSTALMENTS),
    Gap.FAR: (Payment.ROYALTY, Payment.SHARES, Payment.ENTRY_FEE),
}


def gap_between(need: Range, offer: Range) -> Gap:
    """有重叠 when the need's side would pay at least what the other would take; else the gap between the near ends,
    as a share of what the achievement's side would take at the least.
    """
    if need.high >= offer.low:
        return Gap.OVERLAP
    return Gap.NEAR if offer.low - need.high <= NEAR * offer.low else Gap.FAR
