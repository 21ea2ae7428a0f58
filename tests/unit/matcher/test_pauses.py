"""A case that rests, comes back, and the days under which its steps are entered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, pausing
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotFound, Stale
from matcher.models import Case, Delivery
from matcher.vocabulary import CaseState, EndReason, PauseReason
from matcher.workdays import local_day
from tests.unit.matcher.test_cases import Bridge

START = datetime(2026, 11, 23, 2, tzinfo=UTC)  # a Monday, ten in the morning in Shanghai
DAY = timedelta(days=1)


@pytest.fixture
def bridge(database: Settings) -> Bridge:
    with clock.at(START):
        return Bridge()


def pause(bridge: Bridge, days: int = 10) -> None:
    until = local_day(clock.now()) + days * DAY
    pausing.pause_case(bridge.broker.actor, bridge.id, bridge.case.version, PauseReason.SEASON, until)


def test_a_pause_stops_the_clock_and_gives_back_what_was_left(bridge: Bridge, database: Settings) -> None:
    """Three working days were due on Thursday; one has passed, so two are left after the pause."""
    with clock.at(START + DAY):
        pause(bridge)
    assert bridge.case.due_at == datetime(2026, 12, 4, 10, tzinfo=UTC)
    with clock.at(START + 3 * DAY):
        with pytest.raises(Conflict, match="暂停"):
            bridge.move(bridge.broker, CaseState.CONNECTED)
        assert pausing.wake_paused(database) == 0
    with clock.at(datetime(2026, 12, 5, 1, tzinfo=UTC)):  # a Saturday
        assert [pausing.wake_paused(database), pausing.wake_paused(database)] == [1, 0]
    assert (bridge.case.paused_at, bridge.case.due_at) == (None, datetime(2026, 12, 8, 10, tzinfo=UTC))


def test_the_calendar_wakes_nothing_before_its_day(bridge: Bridge) -> None:
    """A case that was continued and paused anew since the calendar looked stays paused."""
    with clock.at(START + DAY):
        pause(bridge)
        with pytest.raises(Conflict):
            pausing.continue_case(SYSTEM, bridge.id)
    assert bridge.case.paused_at is not None


def test_whom_a_pause_is_told(bridge: Bridge) -> None:
    """Both sides get a mail of the pause and of its end, the broker who did it does not."""
    with clock.at(START + DAY):
        pause(bridge)
        pausing.continue_case(bridge.firm.actor, bridge.id)
    with reading() as session:
        told = session.execute(select(Delivery.user_id, Delivery.key).where(Delivery.kind == "case_moved")).all()
    assert sorted(row.user_id for row in told) == sorted([bridge.firm.id, bridge.lab.id, bridge.lab.id, bridge.broker.id])


@pytest.mark.parametrize("days", [0, -1, 181])
def test_a_pause_ends_within_half_a_year(bridge: Bridge, days: int) -> None:
    with clock.at(START), pytest.raises(Invalid) as refused:
        pause(bridge, days)
    assert list(refused.value.errors) == ["until"]


def test_an_ended_case_comes_back_to_where_it_was(bridge: Bridge) -> None:
    with clock.at(START):
        bridge.move(bridge.broker, CaseState.CONNECTED)
        cases.end_case(bridge.firm.actor, bridge.id, bridge.case.version, EndReason.FUNDS)
    with clock.at(START + 89 * DAY):
        with pytest.raises(NotFound):  # the sides cannot
            pausing.resume_case(bridge.firm.actor, bridge.id, bridge.case.version)
        with pytest.raises(Stale):
            pausing.resume_case(bridge.broker.actor, bridge.id, bridge.case.version - 1)
        pausing.resume_case(bridge.broker.actor, bridge.id, bridge.case.version)
    case = bridge.case
    assert (case.state, case.end_reason, case.next_party) == ("connected", None, "offer")
    assert case.due_at is not None and case.due_at > START + 89 * DAY


def test_after_ninety_days_an_end_is_an_end(bridge: Bridge) -> None:
    with clock.at(START):
        cases.end_case(bridge.broker.actor, bridge.id, bridge.case.version, EndReason.SILENT)
    with clock.at(START + 91 * DAY), pytest.raises(Conflict, match="90"):
        pausing.resume_case(bridge.broker.actor, bridge.id, bridge.case.version)


def test_a_refused_proposal_asks_both_again(database: Settings) -> None:
    bridge = Bridge(agreed=False)
    cases.consent_case(bridge.firm.actor, bridge.id, agree=True)
    cases.consent_case(bridge.lab.actor, bridge.id, agree=False)
    pausing.resume_case(bridge.broker.actor, bridge.id, bridge.case.version)
    assert (bridge.case.state, bridge.case.need_agreed_at) == ("proposed", None)


def test_a_pair_has_one_case_under_way(bridge: Bridge) -> None:
    cases.end_case(bridge.broker.actor, bridge.id, bridge.case.version, EndReason.OTHER)
    cases.open_case(bridge.broker.actor, bridge.need, bridge.achievement)
    with pytest.raises(Conflict, match="已有工单"):
        pausing.resume_case(bridge.broker.actor, bridge.id, bridge.case.version)


def test_two_cases_of_a_pair_come_back_at_once(bridge: Bridge) -> None:
    """Two brokers press 恢复 at the same time: one case goes on, however often they try."""
    cases.end_case(bridge.broker.actor, bridge.id, bridge.case.version, EndReason.OTHER)
    second = cases.open_case(bridge.broker.actor, bridge.need, bridge.achievement)
    cases.end_case(bridge.broker.actor, second, 1, EndReason.OTHER)
    start = Barrier(2)

    def resume(number: int) -> bool:
        with reading() as session:
            version = session.get_one(Case, number).version
        start.wait()
        try:
            pausing.resume_case(bridge.broker.actor, number, version)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(resume, (bridge.id, second))) == [False, True]


def test_steps_are_entered_under_their_day(bridge: Bridge) -> None:
    """Back-dated before the step that led here, or ahead of today: refused, and the case stays."""
    broker, today = bridge.broker.actor, local_day(START) + 5 * DAY
    with clock.at(START + 5 * DAY):
        for bad in (local_day(START) - DAY, today + DAY):
            with pytest.raises(Invalid) as refused:
                cases.move_case(broker, bridge.id, bridge.case.version, CaseState.CONNECTED, "", bad)
            assert list(refused.value.errors) == ["happened_on"]
        cases.move_case(broker, bridge.id, bridge.case.version, CaseState.CONNECTED, "", today - 2 * DAY)
        with pytest.raises(Invalid):
            cases.move_case(broker, bridge.id, bridge.case.version, CaseState.TRIAL, "", today - 3 * DAY)
    with reading() as session:
        moved = [event.data["on"] for event in session.get_one(Case, bridge.id).events if event.kind == "moved"]
    assert moved == [(today - 2 * DAY).isoformat()]


def test_a_clock_that_was_set_back_does_not_stop_the_work(bridge: Bridge) -> None:
    """89: the step is then entered under the newest step's day, never before it."""
    with clock.at(START + 5 * DAY):
        bridge.move(bridge.broker, CaseState.CONNECTED)
    with clock.at(START):
        bridge.move(bridge.broker, CaseState.TRIAL)
    with reading() as session:
        days = [event.data["on"] for event in session.get_one(Case, bridge.id).events if event.kind == "moved"]
    assert days == ["2026-11-28", "2026-11-28"]


@pytest.mark.parametrize("change", [{"due_at": None}, {"next_step": ""}])
def test_the_database_refuses_a_case_without_step_or_date(bridge: Bridge, change: dict[str, object]) -> None:
    """A case under way cannot exist without a next step and its date, whoever writes."""
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(update(Case).where(Case.id == bridge.id).values(**change))
    assert bridge.case.due_at is not None
