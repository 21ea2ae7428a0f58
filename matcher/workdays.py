"""Working days of the configured calendar: China's with its moved rest days and working weekends by default.

The calendar of each year is set by the State Council's notice and comes from the `holidays` package; until a coming
year's notice is out, that package counts the statutory days. `EXTRA_HOLIDAYS` and `EXTRA_WORKDAYS` correct either.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from config.settings import Settings, get_settings
from matcher import clock

END_OF_DAY = time(18, 0)  # a step that is due on a day is due when offices close
ONE = timedelta(days=1)


@lru_cache(maxsize=4)
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_workday(day: date, settings: Settings | None = None) -> bool:
    """Whether offices are open on `day`."""
    chosen = settings or get_settings()
    if day in chosen.extra_workdays:
        return True
    return day not in chosen.extra_holidays and _calendar(chosen.calendar_country).is_working_day(day)


def workdays_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself, or the next working day, when `count` is 0."""
    found = day
    while count > 0:
        found += ONE
        count -= is_workday(found)
    while not is_workday(found):
        found += ONE
    return found


def workdays_between(first: date, last: date) -> int:
    """Working days after `first`, up to and including `last`; 0 when `last` is not later."""
    return sum(is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def is_far(day: date) -> bool:
    """Whether a day lies so far ahead that somebody mistyped it: nobody plans for more than a hundred years."""
    return day > local_day(clock.now()) + timedelta(days=36_525)


def local_day(moment: datetime) -> date:
    """The date of an aware moment in the configured zone."""
    return moment.astimezone(get_settings().zone).date()


def end_of(day: date) -> datetime:
    """The moment at which offices close on `day` in the configured zone, in UTC."""
    return datetime.combine(day, END_OF_DAY, get_settings().zone).astimezone(UTC)


def due_after(moment: datetime, workdays: int) -> datetime:
    """When something is due that has so many working days from `moment`."""
    return end_of(workdays_after(local_day(moment), workdays))
