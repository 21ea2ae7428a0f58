"""How long a public notice or a listing lasts. Pure; moments in UTC, days of the configured zone.

The day it begins does not count and the last day counts to its end (民法典 201–203); a last day on which offices are
closed moves to the next working day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from config.settings import get_settings
from matcher.workdays import local_day, workdays_after

# After an objection was found groundless the notice goes on for what was left of it, but long enough for the decision
# to be seen: the platform's own rule, the law leaves the procedure to the institution.
FEWEST_DAYS_LEFT = 3
ONE = timedelta(days=1)


def _end_of_day(day: date) -> datetime:
    """Midnight after `day`, or after the next working day when offices are closed on it."""
    return datetime.combine(workdays_after(day, 0) + ONE, time(), get_settings().zone).astimezone(UTC)


def lasts_until(started_at: datetime, days: int) -> datetime:
    """When a notice or listing that begins at `started_at` has lasted so many days."""
    return _end_of_day(local_day(started_at) + timedelta(days=days))


def resumed_end(ends_at: datetime, paused_at: datetime, now: datetime) -> datetime:
    """The new end of a notice that stood still since `paused_at` and goes on `now`."""
    left = max(ends_at - paused_at, timedelta(days=FEWEST_DAYS_LEFT))
    return _end_of_day(local_day(now + left - timedelta(microseconds=1)))


def last_second(end: datetime) -> datetime:
    """The last second of a period that ends at a midnight, so that its day reads as people count it."""
    return end - timedelta(seconds=1)
