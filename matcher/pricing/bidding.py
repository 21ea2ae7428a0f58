"""The rules of an English auction. Pure; amounts in 万元, moments by our own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal


def least_bid(start: Decimal, increment: Decimal, highest: Decimal | None) -> Decimal:
    """What the next bid must reach: the starting price, then one increment above the highest bid."""
    return start if highest is None else highest + increment


def extended(ends_at: datetime, now: datetime, minutes: int) -> datetime:
    """The end after a bid at `now`: never less than so many minutes away, so that everybody can answer it."""
    return max(ends_at, now + timedelta(minutes=minutes))


def meets_reserve(reserve: Decimal | None, highest: Decimal | None) -> bool:
    """Whether the highest bid sells it."""
    return highest is not None and (reserve is None or highest >= reserve)
