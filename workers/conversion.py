"""The nightly round of 限时转化: owners are reminded of duties, overdue achievements are offered to enterprises."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions.conversion import offer, offerable, remind
from matcher.actor import SYSTEM
from matcher.conversion.status import owed_between
from matcher.conversion.terms import SOON_DAYS, Duty
from matcher.db import reading
from matcher.errors import Refused
from matcher.models import Achievement, Match, Need

CHUNK = 500  # achievements of one transaction
LATE_DAYS = 90  # what was overdue for longer when it came to the platform is shown, but causes no mail


def remind_of_duties(settings: Settings) -> int:
    """Plan the mails about duties that are due soon or have become overdue; how many."""
    today = clock.today(settings.zone)
    yesterday = today - timedelta(days=1)
    windows = {
        "soon": (yesterday, today + timedelta(days=SOON_DAYS)),
        "overdue": (yesterday - timedelta(days=LATE_DAYS), yesterday),
    }
    return sum(
        _remind(stage, duty, window, chunk)
        for stage, window in windows.items()
        for duty in Duty
        for chunk in _chunks(_owing(duty, window))
    )


def _remind(stage: str, duty: Duty, window: tuple[date, date], ids: list[int]) -> int:
    try:
        return remind(SYSTEM, stage, duty, window, ids)
    except Refused:  # told on an earlier night, or reported in between
        return 0


def _owing(duty: Duty, window: tuple[date, date]) -> list[int]:
    with reading() as session:
        query = select(Achievement.id).where(owed_between(duty, *window)).order_by(Achievement.id)
        return list(session.scalars(query))


def offer_overdue(_settings: Settings) -> int:
    """Offer achievements whose conversion is overdue to enterprises with a good open match; how many offers."""
    with reading() as session:
        query = (
            select(Match.achievement_id)
            .join(Need, Need.id == Match.need_id)
            .join(Achievement, Achievement.id == Match.achievement_id)
            .where(*offerable())
            .distinct()
            .order_by(Match.achievement_id)
        )
        ids = list(session.scalars(query))
    return sum(offer(SYSTEM, chunk) for chunk in _chunks(ids))


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
