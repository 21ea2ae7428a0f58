"""今天新到 is said by the day of the place."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from tests.factories import Person
from tests.unit.web.work import make_pair


def test_new_today_ends_at_midnight_here(settings: Settings, browser_of: Callable[[Person], FlaskClient]) -> None:
    """Computed late in the evening in Shanghai; an hour after midnight there it is the same day in UTC, yet no longer new."""
    evening = datetime.now(UTC).replace(hour=15, minute=30)
    with clock.at(evening):
        pair = make_pair()
        assert "今天新到" in browser_of(pair.firm).get("/matches").text
    with clock.at(evening + timedelta(hours=1)):
        assert "今天新到" not in browser_of(pair.firm).get("/matches").text
