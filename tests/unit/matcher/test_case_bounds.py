"""Where a case's work ends: one organisation, closed cases, two proposals at once, and who is told."""

import threading
import time

import pytest
from sqlalchemy import func, select, text

from config.settings import Settings
from matcher.actions import accounts, cases, organisations
from matcher.db import reading, transaction
from matcher.errors import Conflict
from matcher.models import Case, CaseEvent, CaseFile, Delivery, Membership, NumberSeries
from matcher.vocabulary import CaseState, EndReason, MembershipState, OrgKind
from tests import factories as make
from tests.unit.matcher.test_cases import Bridge


def colleague(of: make.Person) -> make.Person:
    """Another active member of that person's organisation."""
    person = make.add_person()
    organisations.join_organisation(person.actor, of.actor.org_id or 0)
    with transaction() as session:
        membership = session.scalars(select(Membership).where(Membership.user_id == person.id)).one()
        membership.state = MembershipState.ACTIVE
    return make.again(person)


def told(kind: str) -> set[int]:
    with reading() as session:
        return set(session.scalars(select(Delivery.user_id).where(Delivery.kind == kind)))


def file() -> CaseFile:
    return CaseFile(name="a.txt", media_type="text/plain", size=1, sha256="0" * 64, storage_key="k")


@pytest.mark.parametrize("leaves", ["organisation", "platform"])
def test_colleagues_are_told_when_the_author_is_gone(database: Settings, leaves: str) -> None:
    """The author left or closed the account: the organisation's members get the mail, nobody else does."""
    bridge = Bridge()
    heir = colleague(bridge.lab)
    cases.write_message(bridge.firm.actor, bridge.id, "第一条")
    assert told("case_message") == {bridge.lab.id, bridge.broker.id}
    if leaves == "organisation":
        organisations.leave_organisation(bridge.lab.actor)
    else:
        accounts.close_account(bridge.lab.actor, make.PASSWORD)
    with transaction() as session:
        for delivery in session.scalars(select(Delivery)):
            session.delete(delivery)
    cases.write_message(bridge.firm.actor, bridge.id, "第二条")
    assert told("case_message") == {heir.id, bridge.broker.id}


def test_nobody_is_told_twice(database: Settings) -> None:
    """A colleague who stands in for the author and writes gets no mail of their own message."""
    bridge = Bridge()
    heir = colleague(bridge.firm)
    organisations.leave_organisation(bridge.firm.actor)
    cases.write_message(heir.actor, bridge.id, "我接手了")
    assert told("case_message") == {bridge.lab.id, bridge.broker.id}


def test_one_organisation_needs_no_bridge(database: Settings) -> None:
    """An agency's own need and achievement cannot become a case."""
    agency = make.add_member(OrgKind.AGENCY)
    need, achievement = make.published(agency, "need"), make.published(agency, "achievement")
    with pytest.raises(Conflict, match="同一家单位"):
        cases.open_case(make.broker().actor, need, achievement)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0


@pytest.mark.parametrize("end", [CaseState.ENDED, CaseState.CONVERTED])
def test_closed_cases_take_neither_messages_nor_files(database: Settings, end: CaseState) -> None:
    """After an end of either kind both are refused and leave nothing."""
    bridge = Bridge()
    with transaction() as session:
        session.get_one(Case, bridge.id).state = end
        before = session.scalar(select(func.count()).select_from(CaseEvent))
    with pytest.raises(Conflict, match="工单已结束"):
        cases.write_message(bridge.firm.actor, bridge.id, "还在吗？")
    with pytest.raises(Conflict, match="工单已结束"):
        cases.add_file(bridge.firm.actor, bridge.id, file())
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseEvent)) == before
        assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_two_proposals_at_once_open_one_case(settings: Settings) -> None:
    """PostgreSQL, two brokers, one pair: the second waits for the first and is told, even with numbers at hand."""
    ended = Bridge()
    cases.end_case(ended.broker.actor, ended.id, ended.case.version, EndReason.PRICE)
    outcomes: list[object] = []

    def propose(broker: make.Person) -> None:
        try:
            outcomes.append(cases.open_case(broker.actor, ended.need, ended.achievement))
        except Conflict as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=propose, args=(make.broker(),)) for _ in range(2)]
    with transaction() as session:
        # both get as far as they can before either has a number
        session.scalars(select(NumberSeries).with_for_update()).all()
        for thread in threads:
            thread.start()
        wait_for_blocked(2)
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "int"]
    with reading() as session:
        open_cases = select(func.count()).select_from(Case).where(Case.state == CaseState.PROPOSED)
        assert session.scalar(open_cases) == 1


def wait_for_blocked(count: int) -> None:
    """Return once so many connections wait for a lock of this database."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(200):
        with reading() as session:
            if (session.scalar(waiting) or 0) >= count:
                return
        time.sleep(0.05)
    raise AssertionError("they do not wait for each other")
