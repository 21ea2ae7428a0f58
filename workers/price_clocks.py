"""Sweeps of the calendar about prices: notices and sales whose time is up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from config.settings import Settings
from matcher.actions import auctions, notices
from matcher.actor import SYSTEM, Actor
from matcher.db import reading
from matcher.errors import Refused


def close_notices(_settings: Settings) -> int:
    """Confirm the end of notices that have run out; how many."""
    with reading() as session:
        due = notices.due_notices(session)
    return _each(notices.close_notice, due)


def close_sales(_settings: Settings) -> int:
    """Confirm what time has decided of listings and auctions; how many."""
    with reading() as session:
        due = auctions.due_sales(session)
    return _each(auctions.close_sale, due)


def _each(close: Callable[[Actor, int], object], numbers: Iterable[int]) -> int:
    """Each in a transaction of its own; what somebody else closed or moved in between is left alone."""
    done = 0
    for number in numbers:
        try:
            close(SYSTEM, number)
        except Refused:
            continue
        done += 1
    return done
