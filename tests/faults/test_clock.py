"""The digest under clocks that jump and platforms that were off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.db import reading
from matcher.models import Delivery
from tests import factories
from workers.digest import plan_due

DUE = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # Monday 08:00 in Shanghai, week 48


@contextmanager
def moments(*minutes: int) -> Iterator[list[int]]:
    """Run the calendar's tick so many minutes after the digest is due; how many deliveries each planned."""
    planned = []
    for minute in minutes:
        with clock.at(DUE + timedelta(minutes=minute)):
            planned.append(plan_due(Settings()))
    yield planned


def weeks() -> list[str]:
    with reading() as session:
        return list(
            session.scalars(select(Delivery.key).where(Delivery.kind == "digest").order_by(Delivery.id))
        )


def recipient_with_match() -> None:
    enterprise, institute = factories.enterprise(), factories.institute()
    factories.matched(factories.published(enterprise, "need"), factories.published(institute, "achievement"))


def test_clock_jumps_back_an_hour(settings: Settings) -> None:
    """89: a clock that jumps back after the digest was planned plans none again."""
    recipient_with_match()
    with moments(-5, 5, -55, 0, 10) as planned:
        assert planned == [0, 2, 0, 0, 0]


def test_clock_jumps_back_over_the_week(settings: Settings) -> None:
    """89: nor does one that jumps back into the week before."""
    recipient_with_match()
    with moments(5, -24 * 60, 6) as planned:
        assert planned == [2, 0, 0]
    assert weeks() == ["2026-W48"] * 2


def test_platform_that_was_off(settings: Settings) -> None:
    """A platform that was off on Monday plans on its return in the same week, and waits for Monday in the next."""
    recipient_with_match()
    day = 24 * 60
    with moments(3 * day, 6 * day + 15 * 60 + 59, 7 * day - 1, 7 * day) as planned:
        assert planned == [2, 0, 0, 2]
    assert weeks() == ["2026-W48"] * 2 + ["2026-W49"] * 2
