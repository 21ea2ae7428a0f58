"""The clocks that the calendar drives: what is due by the minute, and what once a day.

A sweep asks the database what is due and does each item in a small transaction of its own, so it may run twice, late
or beside itself. One that fails is logged and does not stop the others; the next round tries it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import structlog
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock
from matcher.actions.nightly import escalate, settle
from matcher.actions.pausing import wake_paused
from matcher.actions.reminders import remind, tell_overdue
from matcher.db import in_transaction, reading
from matcher.models import NamedValue
from workers import contracts
from workers.conversion import offer_overdue, remind_of_duties
from workers.freshness import keep_fresh
from workers.learning import learn
from workers.price_clocks import close_notices, close_sales
from workers.sealing import seal_late_events, seal_new_events
from workers.vouchers import expire_vouchers, warn_of_ends

Sweep = Callable[[Settings], int]
MINUTELY: tuple[Sweep, ...] = (wake_paused, close_notices, close_sales, seal_new_events)
NIGHTLY: tuple[Sweep, ...] = (
    expire_vouchers,
    warn_of_ends,
    settle,
    escalate,
    remind,
    tell_overdue,
    keep_fresh,
    seal_late_events,
    contracts.plan_reports,
    contracts.chase_reports,
    remind_of_duties,
    offer_overdue,
    learn,
)
HOUR = 5  # of the configured zone: summer time begins and ends earlier everywhere it is kept
DAY = "clocks: last day"
AHEAD = timedelta(days=7)
log = structlog.get_logger()


def run_minutely(settings: Settings) -> int:
    """Run what must not wait; how many sweeps went through."""
    return sum(_went_well(sweep, settings) for sweep in MINUTELY)


def run_nightly(settings: Settings) -> int:
    """Run the daily sweeps once per local day, from five in the morning on; a platform that was off runs them on return.

    How many went through. The day counts as done only when all of them did.
    """
    day = clock.now().astimezone(settings.zone)
    if day.hour < HOUR or _is_done(day.date()):
        return 0
    well = sum(_went_well(sweep, settings) for sweep in NIGHTLY)
    if well == len(NIGHTLY):
        in_transaction(lambda session: _remember(session, day.date().isoformat()))
    return well


def _went_well(sweep: Sweep, settings: Settings) -> bool:
    try:
        done = sweep(settings)
    except Exception:
        log.exception("clock failed", sweep=sweep.__name__)
        return False
    if done:
        log.info("clock", sweep=sweep.__name__, items=done)
    return True


def _is_done(day: date) -> bool:
    """Whether the sweeps ran for `day` or shortly after; a day far ahead is what a wrong clock left behind."""
    return day.isoformat() <= _last_day() <= (day + AHEAD).isoformat()


def _last_day() -> str:
    with reading() as session:
        row = session.get(NamedValue, DAY)
    return str(row.value.get("day", "")) if row else ""


def _remember(session: Session, day: str) -> None:
    session.merge(NamedValue(name=DAY, value={"day": day}, updated_at=clock.now()))
