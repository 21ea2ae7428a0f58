"""Working days of the configured calendar."""

from datetime import UTC, date, datetime

import pytest

from config.settings import SettingsError, load_settings
from matcher.workdays import due_after, is_workday, local_day, workdays_after, workdays_between


def test_moved_rest_days_and_worked_weekends() -> None:
    """China's calendar of 2026: spring festival from 15 to 23 February, paid for on Saturday the 14th and 28th."""
    assert is_workday(date(2026, 2, 14))
    assert is_workday(date(2026, 2, 28))
    assert not any(is_workday(date(2026, 2, day)) for day in range(15, 24))
    assert is_workday(date(2026, 2, 24))


def test_counting_jumps_over_the_national_day() -> None:
    assert workdays_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 8)) == 1
    assert workdays_after(date(2026, 10, 1), 0) == date(2026, 10, 8)
    assert workdays_between(date(2026, 10, 8), date(2026, 9, 1)) == 0


def test_a_step_is_due_when_offices_close_in_the_configured_zone() -> None:
    """18:00 in Shanghai is 10:00 UTC; late evening UTC already is the next day there."""
    evening = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    assert local_day(evening) == date(2026, 11, 26)
    assert due_after(evening, 1) == datetime(2026, 11, 27, 10, tzinfo=UTC)


def test_the_operator_corrects_the_calendar() -> None:
    """A coming year's notice may be out before the package knows it."""
    settings = load_settings(extra_holidays="2026-11-26", extra_workdays="2026-11-28,2026-11-29")
    assert not is_workday(date(2026, 11, 26), settings)
    assert is_workday(date(2026, 11, 28), settings)


@pytest.mark.parametrize(("name", "value"), [("extra_holidays", "2026-13-01"), ("calendar_country", "XX")])
def test_a_bad_calendar_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name.upper()):
        load_settings(**{name: value})
