"""Half-years in which a contract is in force, and when the report on each is due. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Half:
    """One half-year; its report is due a month after it has ended (31 July, 31 January)."""

    first: date
    last: date
    due: date


def half_of(day: date) -> Half:
    """The half-year that `day` lies in."""
    if day.month <= 6:
        return Half(date(day.year, 1, 1), date(day.year, 6, 30), date(day.year, 7, 31))
    return Half(date(day.year, 7, 1), date(day.year, 12, 31), date(day.year + 1, 1, 31))


def after(half: Half) -> Half:
    """The next one."""
    year = half.last.year + (half.last.month == 12)
    return half_of(date(year, 7 if half.last.month == 6 else 1, 1))


def ended(signed: date, valid_to: date | None, today: date) -> Iterator[Half]:
    """Half-years that have ended before `today`, from that of signing to that in which the contract runs out."""
    half = half_of(signed)
    while half.last < today and (valid_to is None or half.first <= valid_to):
        yield half
        half = after(half)


def last_ended(today: date) -> Half:
    """The newest half-year that has ended."""
    return half_of(date(today.year - 1, 7, 1) if today.month <= 6 else date(today.year, 1, 1))
