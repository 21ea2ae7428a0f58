"""The calendar's sweeps: once a day, on return after a pause, and one failure stops nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from config.settings import Settings
from matcher import clock
from workers import clocks

ZONE = ZoneInfo("Asia/Shanghai")


class Ticks:
    """Sweeps that count."""

    def __init__(self) -> None:
        self.count = 0
        self.broken = False

    def good(self, _settings: Settings) -> int:
        self.count += 1
        return 1

    def bad(self, _settings: Settings) -> int:
        if self.broken:
            raise RuntimeError("mail server of the moon")
        return 0


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    made = Ticks()
    monkeypatch.setattr(clocks, "NIGHTLY", (made.bad, made.good))
    monkeypatch.setattr(clocks, "MINUTELY", (made.bad, made.good))
    return made


def run(settings: Settings, day: int, hour: int) -> int:
    with clock.at(datetime(2026, 11, day, hour, 30, tzinfo=ZONE)):
        return clocks.run_nightly(settings)


def test_once_a_day_after_five(database: Settings, ticks: Ticks) -> None:
    """89: a clock that jumps back, or a scheduler that runs twice, does not run the day again."""
    assert [run(database, 25, hour) for hour in (4, 5, 6, 23)] == [0, 2, 0, 0]
    assert run(database, 24, 12) == 0
    assert ticks.count == 1


def test_a_clock_that_once_ran_far_ahead_stops_nothing(database: Settings, ticks: Ticks) -> None:
    """A day of 2030 that a wrong clock left behind is not waited for until then."""
    with clock.at(datetime(2030, 1, 1, 6, tzinfo=ZONE)):
        assert clocks.run_nightly(database) == 2
    assert [run(database, 25, 6), run(database, 25, 7)] == [2, 0]


def test_a_platform_that_was_off_runs_on_return(database: Settings, ticks: Ticks) -> None:
    run(database, 23, 6)
    assert run(database, 25, 22) == 2
    assert ticks.count == 2


def test_one_failure_stops_nothing_and_is_tried_again(database: Settings, ticks: Ticks) -> None:
    ticks.broken = True
    assert run(database, 25, 6) == 1
    ticks.broken = False
    assert run(database, 25, 7) == 2
    assert clocks.run_minutely(database) == 2
