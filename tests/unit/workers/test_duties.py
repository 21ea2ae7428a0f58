"""The nightly clocks: reminded before, told after, handed up from officer to officer; each thing once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, pausing
from matcher.actions.escalation import escalate_task, raise_step
from matcher.actions.nightly import escalate
from matcher.actions.reminders import remind, tell_overdue
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import NotAllowed, Refused
from matcher.models import AuditEvent, Case, CaseEvent, CaseTask, Delivery
from matcher.tasks.ladder import LADDER
from matcher.tasks.terms import OFFICERS, Duty
from matcher.vocabulary import CaseParty, CaseState, EndReason, PauseReason
from tests import factories as make
from tests.servers.smtp import MailServer
from tests.unit.matcher.tasks.conftest import Watched
from workers import clocks, mailer

# a Monday morning at five: the fourth of a January without any holiday around it
MONDAY = datetime(2027, 1, 11, 21, 10, tzinfo=UTC)


def night(days: int) -> datetime:
    """Ten past five in the morning, so many days after that Tuesday."""
    return MONDAY + timedelta(days=days)


@pytest.fixture
def watched(database: Settings) -> Iterator[Watched]:
    """A case that began the day before; the broker owes a first meeting within three working days, by Thursday."""
    with clock.at(MONDAY - timedelta(hours=20)):
        yield Watched()


def kinds(kind: str) -> list[int]:
    """Who was to get that mail, in order."""
    with reading() as session:
        return list(session.scalars(select(Delivery.user_id).where(Delivery.kind == kind).order_by(Delivery.id)))


def sweep(settings: Settings, moment: datetime) -> None:
    """One night."""
    with clock.at(moment):
        for each in clocks.NIGHTLY:
            each(settings)


def test_reminded_two_working_days_before_and_told_after(database: Settings, watched: Watched) -> None:
    """Due on Thursday: nothing on the Monday before, a reminder on Tuesday, the overdue mail on Friday; each once."""
    sweep(database, night(-1))
    assert kinds("reminder") == []
    for _ in range(2):
        sweep(database, night(0))
    assert kinds("reminder") == [watched.broker.id]
    sweep(database, night(2))
    assert kinds("overdue") == []
    for _ in range(2):
        sweep(database, night(3))
    assert kinds("overdue") == [watched.broker.id]
    assert kinds("reminder") == [watched.broker.id]


def test_a_clock_that_jumps_sends_nothing_twice(database: Settings, watched: Watched) -> None:
    """Forward a month, back, and on as usual: one reminder, one overdue mail, one rung for each night that was real."""
    for days in (0, 3, 0, 3, 1, 3):
        sweep(database, night(days))
    assert kinds("reminder") == kinds("overdue") == [watched.broker.id]


def test_a_new_date_is_a_new_promise(database: Settings, watched: Watched) -> None:
    """Planned anew, the step is reminded of again, and the mail about the old date says nothing any more."""
    sweep(database, night(0))
    with clock.at(night(1)):
        cases.plan_step(
            watched.broker.actor, watched.case_id, watched.case.version, "改到下周", CaseParty.OFFER, night(3)
        )
    sweep(database, night(1))
    assert kinds("reminder") == [watched.broker.id, watched.lab.id]


@pytest.mark.parametrize("quiet", ["ended", "moved", "paused"])
def test_what_is_over_rests(database: Settings, watched: Watched, quiet: str) -> None:
    """An ended case, a paused one and one that has moved on: no mail, and the task that its late step had become is called off."""
    sweep(database, night(7))
    with clock.at(night(7)):
        version, actor = watched.case.version, watched.broker.actor
        if quiet == "ended":
            cases.end_case(actor, watched.case_id, version, EndReason.PRICE)
        elif quiet == "paused":
            until = (night(7) + timedelta(days=20)).date()
            pausing.pause_case(actor, watched.case_id, version, PauseReason.OTHER, until)
        else:
            cases.move_case(actor, watched.case_id, version, CaseState.CONNECTED)
    before = len(kinds("escalated"))
    sweep(database, night(8))
    assert len(kinds("escalated")) == before == 1
    with reading() as session:
        assert session.scalars(select(CaseTask.state)).all() == ["cancelled"]


def test_an_overdue_step_climbs_through_four_roles(database: Settings, watched: Watched) -> None:
    """联络员, 科技特派员, 指导员, 督导员, the operator; two working days each; one event, one mail, one line a rung."""
    for days in range(30):
        sweep(database, night(days))
    with reading() as session:
        rungs = session.scalars(select(CaseEvent).where(CaseEvent.kind == "task_escalated").order_by(CaseEvent.id)).all()
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "task.escalate")).all()
        task = session.scalars(select(CaseTask)).one()
    assert [line.data["duty"] for line in rungs] == list(LADDER)
    assert kinds("escalated") == [*(watched.officers[duty].id for duty in OFFICERS), watched.staff.id]
    assert len(events) == len(LADDER)
    assert (task.level, task.duty, task.escalate_at) == (5, Duty.OPERATOR, None)
    days_between = [(b.created_at - a.created_at).days for a, b in pairwise(rungs)]
    assert all(days >= 2 for days in days_between)


def test_nobody_named_means_the_operator(database: Settings, watched: Watched) -> None:
    """Where no officer is named each rung is the operator's, and the case climbs no faster."""
    with transaction() as session:
        session.query(make.posts.OfficerPost).update({"ended_at": clock.now()})
    sweep(database, night(7))
    assert kinds("escalated") == [watched.staff.id]


def test_a_task_of_a_side_climbs_as_well(database: Settings, watched: Watched) -> None:
    """What the enterprise owed goes to its 联络员; before, it was reminded and told once."""
    task_id = watched.add(watched.broker.actor, Duty.NEED, "2027-01-12")
    with clock.at(night(0)):
        assert remind(database) == 2
    with clock.at(night(1)):
        tell_overdue(database)
    assert kinds("overdue") == [watched.firm.id]
    with clock.at(night(3)):
        escalate(database)
    assert watched.task(task_id).owner_id == watched.officers[Duty.LIAISON].id
    with clock.at(night(3)):
        tell_overdue(database)
    assert kinds("overdue") == [watched.firm.id, watched.broker.id]  # the latter for the case's own step


def test_two_sweeps_at_once_are_one(database: Settings, watched: Watched) -> None:
    """The second of two finds nothing to do: it is refused and leaves neither mail nor event."""
    with clock.at(night(7)):
        task_id = raise_step(SYSTEM, watched.case_id)
        for again in (lambda: raise_step(SYSTEM, watched.case_id), lambda: escalate_task(SYSTEM, task_id)):
            with pytest.raises(Refused):
                again()
        with pytest.raises(NotAllowed):
            escalate_task(watched.staff.actor, task_id)
    assert len(kinds("escalated")) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "task.escalate")) == 1


def test_summer_time_elsewhere_moves_no_date(database: Settings, watched: Watched) -> None:
    """The key of a mail is made of the moment itself: seen from any zone it is the same."""
    with transaction() as session:
        session.get_one(Case, watched.case_id).due_at = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    for moment in (datetime(2027, 3, 27, 0, 0, tzinfo=UTC), datetime(2027, 3, 27, 23, 59, tzinfo=UTC)):
        with clock.at(moment):
            remind(database)
    assert kinds("reminder") == [watched.broker.id]


def subjects(server: MailServer, person: make.Person) -> list[str]:
    """What reached that person's mailbox."""
    return [str(message["Subject"]) for message in server.to(person.email)]


def test_overdue_climbs_through_four_mailboxes(mail: Settings, smtp_server: MailServer) -> None:
    """Reminded, told, then 联络员 to 督导员 to the operator: each reads one mail about it, in text and HTML."""
    with clock.at(MONDAY - timedelta(hours=20)):
        watched = Watched()
    for days in range(25):
        sweep(mail, night(days))
        with clock.at(night(days)):
            mailer.send_due(mail)
    told = [subject[:3] for subject in subjects(smtp_server, watched.broker)]
    assert [told.count(word) for word in ("快到期", "已逾期", "逾期升")] == [1, 1, 0]
    for person in (*watched.officers.values(), watched.staff):
        (message,) = [m for m in smtp_server.to(person.email) if "逾期升级：安排首次对接" in str(m["Subject"])]
        for part in ("plain", "html"):
            body = message.get_body((part,))
            assert body is not None
            assert f"https://daqiao.example/cases/{watched.case_id}" in body.get_content()
            assert watched.case.number in body.get_content() or part == "plain"


def test_mails_speak_the_reader_s_language(mail: Settings, smtp_server: MailServer) -> None:
    """Assigned and escalated, to an English reader."""
    with clock.at(MONDAY - timedelta(hours=20)):
        watched = Watched()
        with transaction() as session:
            session.get_one(make.User, watched.officers[Duty.LIAISON].id).locale = "en"
        watched.add(watched.staff.actor, Duty.LIAISON, "2027-02-05", title="Visit the plant")
        mailer.send_due(mail)
    sweep(mail, night(7))
    with clock.at(night(7)):
        mailer.send_due(mail)
    found = subjects(smtp_server, watched.officers[Duty.LIAISON])
    assert found == ["New task: Visit the plant", "Overdue and handed up: Arrange the first meeting"]


def test_a_mail_about_what_is_done_is_not_sent(mail: Settings, smtp_server: MailServer) -> None:
    """Planned at night, done before the mailer came: it says nothing."""
    with clock.at(MONDAY - timedelta(hours=20)):
        watched = Watched()
    sweep(mail, night(0))
    with clock.at(night(0)):
        cases.move_case(watched.broker.actor, watched.case_id, watched.case.version, CaseState.CONNECTED)
        mailer.send_due(mail)
    assert [m["Subject"] for m in smtp_server.to(watched.broker.email) if "快到期" in m["Subject"]] == []
