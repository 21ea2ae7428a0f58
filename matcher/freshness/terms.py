"""When a published record is asked after, when it counts as silent, and when it is archived (M43, N5).

Counted in calendar days of the configured zone, each step from the step before: a platform that was off for a season
asks first and archives nobody unasked.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_

from config.settings import Settings
from matcher import clock
from matcher.models import Record
from matcher.vocabulary import RecordState, Term


class FreshnessStage(Term):
    """How far the question 仍有效? has gone without an answer."""

    ASK = "ask", "询问"
    REMIND = "remind", "提醒"
    ARCHIVE = "archive", "归档"


class ExpiryReason(Term):
    """Why a record is 已过期."""

    VALIDITY = "validity", "展示期已到"
    SILENT = "silent", "多次询问，没有确认"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SINKS_BY = timedelta(days=180)  # a silent record stands in lists by date as if it were so much older


def days_ago(count: int, settings: Settings) -> datetime:
    """The moment before which everything happened at least `count` calendar days ago."""
    day = clock.today(settings.zone) - timedelta(days=count - 1)
    return datetime.combine(day, time.min, settings.zone).astimezone(UTC)


def due(stage: FreshnessStage, model: type[Record], settings: Settings) -> ColumnElement[bool]:
    """Which rows of `model` have come to `stage` now."""
    steps = {
        FreshnessStage.ASK: (model.last_confirmed, settings.freshness_days, model.asked_at.is_(None)),
        FreshnessStage.REMIND: (model.asked_at, settings.freshness_reminder_days, model.silent_since.is_(None)),
        FreshnessStage.ARCHIVE: (model.silent_since, settings.freshness_archive_days, model.asked_at.is_not(None)),
    }
    since, days, not_yet = steps[stage]
    return and_(model.state == RecordState.PUBLISHED, since < days_ago(days, settings), not_yet)


def round_of(record: Record) -> int:
    """Names the question that is open by the moment of the confirmation it follows, in microseconds of the epoch.

    An answer begins another round.
    """
    return (record.last_confirmed - EPOCH) // timedelta(microseconds=1) if record.last_confirmed else 0


def confirmed(record: Record) -> None:
    """The record is valid as of now: no question is open, it does not sink and is not archived."""
    record.last_confirmed = clock.now()
    record.asked_at = record.silent_since = None
    record.expiry_reason = ""
