"""The weekly digest's pure parts: weeks, due times, choice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import load_settings
from matcher.digest.choosing import Shown, choose
from matcher.digest.plans import Candidate
from matcher.digest.weeks import due_at, due_week, monday_of, week_of

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # Monday 08:00 in Shanghai


def at(text: str, zone: ZoneInfo = CHINA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        ("2026-12-31T12:00", "2026-W53"),
        ("2027-01-01T12:00", "2026-W53"),
        ("2027-01-03T23:59", "2026-W53"),
        ("2027-01-04T00:00", "2027-W01"),
        ("2024-12-30T00:00", "2025-W01"),
        ("2025-12-31T23:59", "2026-W01"),
    ],
)
def test_week_key_at_the_turn_of_the_year(moment: str, week: str) -> None:
    """37: the week key is right on 31 Dec and 1 Jan and in week 53."""
    assert week_of(at(moment), CHINA) == week


def test_week_is_the_one_of_the_configured_zone() -> None:
    """37: Sunday evening in Greenwich is Monday in Shanghai."""
    moment = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert week_of(moment, CHINA) == "2026-W48"
    assert week_of(moment, ZoneInfo("UTC")) == "2026-W47"


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_due_time_around_summer_time(day: str) -> None:
    """37: in the weeks in which summer time begins and ends, the digest is due at 08:00 on the wall."""
    settings = load_settings(timezone="Europe/Berlin")
    following = date.fromisoformat(day) + timedelta(days=1)
    moment = due_at(week_of(datetime.combine(following, datetime.min.time(), BERLIN), BERLIN), settings)
    assert moment.date() == following
    assert moment.hour == 8
    assert due_week(moment, settings) == week_of(moment, BERLIN)
    assert due_week(moment - timedelta(minutes=1), settings) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - naive on purpose
def test_every_moment_lies_in_the_week_of_its_monday(moment: datetime) -> None:
    """37: a week's key and its Monday belong together, whatever the moment."""
    local = moment.replace(tzinfo=CHINA)
    monday = monday_of(week_of(local, CHINA))
    assert monday.isoweekday() == 1
    assert 0 <= (local.date() - monday).days < 7


def test_due_all_week_after_its_hour() -> None:
    """A platform that was off sends on return in the same week; before the hour nothing is due."""
    settings = load_settings()
    assert due_week(at("2026-11-23T07:59"), settings) is None
    assert due_week(at("2026-11-23T08:00"), settings) == "2026-W48"
    assert due_week(at("2026-11-29T23:59"), settings) == "2026-W48"
    assert due_week(at("2026-11-30T00:00"), settings) is None


def test_day_and_hour_can_be_configured() -> None:
    """The digest of a week may be due on another day."""
    settings = load_settings(digest_weekday=4, digest_hour=16)
    assert due_week(at("2026-11-27T15:59"), settings) is None
    assert due_week(at("2026-11-27T16:00"), settings) == "2026-W48"


def candidate(number: int, **fields: object) -> Candidate:
    values: dict[str, object] = {"print": "aa", "level": "strong", "probability": 0.8, **fields}
    return Candidate(number, **values)  # type: ignore[arg-type]


def numbers(*candidates: Candidate, shown: dict[int, Shown] | None = None, most: int = 5) -> list[int]:
    return [item.match_id for item in choose(candidates, shown or {}, most, NOW)]


def test_at_most_so_many_the_best_first() -> None:
    """At most five items: whom the other side waits for, then by level, then by probability, ties by number."""
    pool = [
        candidate(1, probability=0.6),
        candidate(2, probability=0.9),
        candidate(3, level="fair", probability=0.99),
        candidate(4, level="fair", probability=0.55, other_says_yes=True),
        candidate(6, probability=0.7),
        candidate(5, probability=0.7),
    ]
    assert numbers(*pool) == [4, 2, 5, 6, 1]
    assert numbers(*pool, most=2) == [4, 2]


def test_shown_before_is_not_shown_again_unless_it_changed() -> None:
    """A match comes once, and again only when one of its records changed."""
    shown = {1: Shown("aa", NOW - timedelta(days=7)), 2: Shown("old", NOW - timedelta(days=7))}
    assert numbers(candidate(1), candidate(2), candidate(3), shown=shown) == [2, 3]


def test_later_comes_back_after_its_day() -> None:
    """稍后再看: hidden until its day, back once after it."""
    past, future = NOW - timedelta(days=1), NOW + timedelta(days=1)
    shown = {1: Shown("aa", NOW - timedelta(days=14))}
    assert numbers(candidate(1, later_until=future), shown=shown) == []
    assert numbers(candidate(1, later_until=past), shown=shown) == [1]
    assert numbers(candidate(1, later_until=past), shown={1: Shown("aa", NOW - timedelta(hours=1))}) == []
    assert numbers(candidate(1, print="changed", later_until=future), shown=shown) == []


@given(
    st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), unique_by=lambda pair: pair[0], max_size=30),
    st.randoms(),
)
def test_choice_does_not_depend_on_the_order_of_candidates(
    pairs: list[tuple[int, float]], random: object
) -> None:
    """The same candidates in another order give the same digest."""
    pool = [candidate(number, probability=probability) for number, probability in pairs]
    mixed = pool.copy()
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert numbers(*pool) == numbers(*mixed)
