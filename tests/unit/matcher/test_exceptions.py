"""一事一议: who asks, who decides, what an approval lifts and what none can."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import db
from matcher.actions import cases
from matcher.actions.exceptions import decide_exception, request_exception
from matcher.bridge import TABLE
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.models import AuditEvent, Case, CaseEvent, CaseException, Delivery
from matcher.vocabulary import CaseState
from matcher.waivers import Waivable
from tests import factories as make
from tests.unit.web.work import Pair, case_of, make_case, make_pair


@pytest.fixture
def pair(database: Settings) -> Pair:
    return make_pair()


@pytest.fixture
def case_id(pair: Pair) -> int:
    """A case without a broker, so that its first step lacks one."""
    return make_case(pair)


def ask(pair: Pair, case_id: int, waives: str = "broker", reason: str = "重大专项，双方自行推进。") -> int:
    return request_exception(pair.firm.actor, case_id, waives, reason)


def connect(pair: Pair, case_id: int) -> None:
    cases.move_case(pair.firm.actor, case_id, case_of(case_id).version, CaseState.CONNECTED)


def test_approval_lifts_its_guard_for_its_case_alone(pair: Pair, case_id: int) -> None:
    """M51: refused before and while it waits; possible afterwards; timeline and trail name the exception."""
    other_pair = make_pair()
    other = make_case(other_pair)
    number = ask(pair, case_id)
    with pytest.raises(Conflict):
        connect(pair, case_id)
    decide_exception(make.operator().actor, number, approve=True, decision="同意，按专项办法执行。")
    connect(pair, case_id)
    assert case_of(case_id).state == CaseState.CONNECTED
    with pytest.raises(Conflict):
        connect(other_pair, other)
    with reading() as session:
        events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)).all()
        assert [each.kind for each in events][-3:] == ["exception_requested", "exception_approved", "moved"]
        assert events[-1].data["exceptions"] == [number]
        moved = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.move")).one()
        assert moved.changes["exceptions"] == [number]
        told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "exception")).all()
        assert sorted(told) == sorted({pair.firm.id, pair.lab.id})


def test_step_that_lacks_nothing_names_no_exception(pair: Pair, case_id: int) -> None:
    number = ask(pair, case_id)
    decide_exception(make.operator().actor, number, approve=True, decision="同意")
    cases.assign_broker(make.operator().actor, case_id, make.broker().id)
    connect(pair, case_id)
    with reading() as session:
        moved = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.move")).one()
    assert "exceptions" not in moved.changes


def test_refusal_lifts_nothing_and_may_be_asked_again(pair: Pair, case_id: int) -> None:
    decide_exception(make.operator().actor, ask(pair, case_id), approve=False, decision="材料不足")
    with pytest.raises(Conflict):
        connect(pair, case_id)
    ask(pair, case_id, reason="补充了批文。")


def test_requester_does_not_decide(pair: Pair, case_id: int) -> None:
    """Bad input: approval by the requester; by a side, a broker, a stranger; the attempt is in the trail."""
    staff = make.operator()
    number = request_exception(staff.actor, case_id, "broker", "上级批示")
    with pytest.raises(NotAllowed):
        decide_exception(staff.actor, number, approve=True, decision="同意")
    for person in (pair.firm, pair.lab, make.broker(), make.enterprise()):
        with pytest.raises(NotFound):
            decide_exception(person.actor, number, approve=True, decision="同意")
    with reading() as session:
        assert session.get_one(CaseException, number).state == "requested"
        refused = session.scalars(select(AuditEvent.changes).where(AuditEvent.action == "attempt.refused")).all()
    assert [each["attempted"] for each in refused] == ["exception.decide"] * 5
    decide_exception(make.administrator().actor, number, approve=True, decision="同意")


@pytest.mark.parametrize(
    ("waives", "reason", "field"),
    [
        ("", "理由", "waives"),
        ("need_agreed", "理由", "waives"),
        ("notice", "理由", "waives"),
        ("integrity", "理由", "waives"),
        ("x" * 5000, "理由", "waives"),
        ("broker\x00", "理由", "waives"),
        ("broker", " ", "reason"),
        ("broker", "a\x00b", "reason"),
        ("broker", "\ud800", "reason"),
        ("broker", "字" * 2001, "reason"),
    ],
)
def test_bad_requests(pair: Pair, case_id: int, waives: str, reason: str, field: str) -> None:
    """Bad input: no rule, one that cannot be lifted, NUL, half a surrogate, nothing, too long."""
    with pytest.raises(Invalid) as refused:
        ask(pair, case_id, waives, reason)
    assert set(refused.value.errors) == {field}


def test_same_rule_is_asked_for_once(pair: Pair, case_id: int) -> None:
    """Bad input: a double submit, also in the same moment, leaves one request; another case's number is not found."""
    done: list[object] = []

    def press() -> None:
        try:
            done.append(ask(pair, case_id))
        except Conflict:
            done.append("conflict")

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count("conflict") == 2
    for person, number in ((make.enterprise(), case_id), (pair.firm, 999_999)):
        with pytest.raises(NotFound):
            request_exception(person.actor, number, "price", "理由")


def test_decided_once_and_with_a_reason(pair: Pair, case_id: int) -> None:
    """Bad input: no reason, NUL, too long, deciding twice, a case that has ended."""
    staff, number = make.operator(), ask(pair, case_id)
    for decision in ("", "a\x00", "字" * 2001):
        with pytest.raises(Invalid):
            decide_exception(staff.actor, number, approve=True, decision=decision)
    decide_exception(staff.actor, number, approve=True, decision="同意")
    with pytest.raises(Conflict):
        decide_exception(staff.actor, number, approve=False, decision="反悔")
    with transaction() as session:
        session.get_one(Case, case_id).state = CaseState.ENDED
    with pytest.raises(Conflict):
        ask(pair, case_id, "price")


def test_list_of_what_can_be_lifted_is_the_guards_with_a_code() -> None:
    """Closed: consent, notice and integrity have no code, and every code of the list is on a guard."""
    codes = {guard.code for row in TABLE.values() for move in row.moves for guard in move.guards}
    assert codes - {""} == set(Waivable)


def test_without_a_code_nothing_is_asked_of_the_database(pair: Pair, case_id: int, count_queries: object) -> None:
    """A step costs a query for exceptions only when a guard that can be lifted fails."""
    from matcher.bridge import missing_for, move_to

    with db.reading() as session, count_queries() as counted:  # type: ignore[operator]
        case = session.get_one(Case, case_id)
        case.broker_id = 1
        move = move_to(case, CaseState.CONNECTED)
        assert move is not None
        missing_for(session, case, move)
    assert not [each for each in counted.statements if "case_exceptions" in each]
