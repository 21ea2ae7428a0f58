"""Which week it is, and when its digest is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.settings import Settings


def week_of(moment: datetime, zone: ZoneInfo) -> str:
    """ISO week of a moment in `zone`, such as 2026-W53. The year is the week's, not the day's."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year:04d}-W{week:02d}"


def monday_of(week: str) -> date:
    """First day of an ISO week such as 2026-W48; ValueError when there is none of that name."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def due_at(week: str, settings: Settings) -> datetime:
    """When the digest of that week is due: by default Monday 08:00 in the configured zone."""
    day = monday_of(week) + timedelta(days=settings.digest_weekday)
    return datetime.combine(day, time(settings.digest_hour), settings.zone)


def due_week(moment: datetime, settings: Settings) -> str | None:
    """The week whose digest is due at `moment`, also when the platform was off at its hour; None before that hour."""
    week = week_of(moment, settings.zone)
    return week if moment >= due_at(week, settings) else None
