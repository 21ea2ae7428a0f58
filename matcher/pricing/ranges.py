"""Two sealed ranges: which round is under way, and the one word that is said of them, with ways to pay that bridge such a gap."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import SealedRange
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


def ranges_of(session: Session, case_id: int) -> list[SealedRange]:
    """What was entered in a case, in order of its rounds."""
    query = select(SealedRange).where(SealedRange.case_id == case_id)
    return list(session.scalars(query.order_by(SealedRange.round, SealedRange.id)))


def round_under_way(rows: list[SealedRange]) -> int:
    """The round that the next entry belongs to: the last one while it waits for a side, else the one after it."""
    last = max((row.round for row in rows), default=0)
    waits = sum(row.round == last for row in rows) == 1
    return last if waits else last + 1


def last_gap(rows: list[SealedRange]) -> Gap | None:
    """The word of the last round that both sides entered."""
    return next((Gap(row.gap) for row in reversed(rows) if row.gap), None)
