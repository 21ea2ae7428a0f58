"""The bridge case: its state machine, its clocks, who may do what."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.actions.matches import answer_match
from matcher.board import CaseFilter, count_cases, find_cases
from matcher.bridge import CLOSED, PATH, TABLE
from matcher.db import reading
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.models import AuditEvent, Case, CaseEvent, Delivery, Notice
from matcher.vocabulary import AnswerKind, CaseParty, CaseState, EndReason
from tests import contracts_of as contracts
from tests import factories as make
from tests.prices import agree_price, give_notice


class Bridge:
    """A firm, a lab and a broker with a case."""

    def __init__(self, *, agreed: bool = True) -> None:
        self.firm, self.lab, self.broker, self.staff = (
            make.enterprise(),
            make.institute(),
            make.broker(),
            make.operator(),
        )
        self.need, self.achievement = (
            make.published(self.firm, "need"),
            make.published(self.lab, "achievement"),
        )
        if agreed:
            match = make.matched(self.need, self.achievement)
            answer_match(self.firm.actor, match, AnswerKind.INTERESTED)
            self.id = answer_match(self.lab.actor, match, AnswerKind.INTERESTED) or 0
            cases.assign_broker(self.staff.actor, self.id, self.broker.id)
        else:
            self.id = cases.open_case(self.broker.actor, self.need, self.achievement)

    @property
    def case(self) -> Case:
        with reading() as session:
            return session.get_one(Case, self.id)

    def move(self, person: make.Person, target: CaseState) -> None:
        cases.move_case(person.actor, self.id, self.case.version, target)


@pytest.fixture
def bridge(database: Settings) -> Bridge:
    return Bridge()


def test_every_open_state_has_a_step_and_every_end_has_none() -> None:
    """A case without next step, owner and date cannot exist; the whole path can be walked."""
    assert set(TABLE) == set(CaseState)
    assert {state for state, row in TABLE.items() if row.step is None} == CLOSED
    for now, then in pairwise(PATH):
        assert any(move.target == then for move in TABLE[now].moves), now


def step(bridge: Bridge, state: CaseState) -> None:
    """One step on with what its guards ask for; only ends have no date."""
    contracts.prepare(bridge.id, state)
    bridge.move(bridge.broker, state)
    case = bridge.case
    assert case.state == state
    assert (case.due_at is None) == (state in CLOSED)


def test_the_whole_path(bridge: Bridge) -> None:
    """From 双方同意 to 转化成功, each state with its step and due date, until it needs none."""
    for state in PATH[2:PATH.index(CaseState.NOTICE)]:
        step(bridge, state)
    agree_price(bridge.id, bridge.firm, bridge.lab)
    notice = give_notice(bridge.id, bridge.lab)
    with reading() as session:
        ends_at = session.get_one(Notice, notice).ends_at
    with clock.at(ends_at):
        for state in PATH[PATH.index(CaseState.SIGNED):]:
            step(bridge, state)
    with reading() as session:
        moved = session.scalars(select(CaseEvent.data).where(CaseEvent.kind == "moved")).all()
    assert [data["state"] for data in moved] == list(PATH[2:])


def test_jumps_are_refused_and_leave_nothing(bridge: Bridge) -> None:
    """An illegal step is refused; the case stays as it was."""
    before = bridge.case.version
    for target in (CaseState.SIGNED, CaseState.CONVERTED, CaseState.AGREED):
        with pytest.raises(Conflict):
            bridge.move(bridge.broker, target)
    assert bridge.case.version == before


def test_missing_conditions_are_named(database: Settings) -> None:
    """A proposal cannot go on before both agreed, and the refusal says who has not."""
    bridge = Bridge(agreed=False)
    with pytest.raises(Conflict) as refused:
        bridge.move(bridge.broker, CaseState.AGREED)
    assert [str(message) for message in refused.value.missing] == ["需求方同意对接", "成果方同意对接"]
    cases.consent_case(bridge.firm.actor, bridge.id, agree=True)
    assert bridge.case.state == "proposed"
    cases.consent_case(bridge.lab.actor, bridge.id, agree=True)
    assert bridge.case.state == "agreed"


def test_a_yes_counts_once(database: Settings) -> None:
    """The same side's second yes leaves no second line."""
    bridge = Bridge(agreed=False)
    cases.consent_case(bridge.firm.actor, bridge.id, agree=True)
    with pytest.raises(AlreadyDone):
        cases.consent_case(bridge.firm.actor, bridge.id, agree=True)
    with reading() as session:
        assert len(session.scalars(select(CaseEvent).where(CaseEvent.kind == "agreed")).all()) == 1


def test_a_no_to_a_proposal_ends_it(database: Settings) -> None:
    """One side's no is enough."""
    bridge = Bridge(agreed=False)
    cases.consent_case(bridge.lab.actor, bridge.id, agree=False)
    assert (bridge.case.state, bridge.case.state_before_end) == ("ended", "proposed")


def test_wrong_side_cannot_sign(bridge: Bridge) -> None:
    """Contract steps are the broker's."""
    bridge.move(bridge.broker, CaseState.CONNECTED)
    bridge.move(bridge.firm, CaseState.PRICING)
    with pytest.raises(NotAllowed):
        bridge.move(bridge.firm, CaseState.SIGNED)


def test_two_people_move_at_once(bridge: Bridge) -> None:
    """The second of two who saw the same version is told."""
    version = bridge.case.version
    cases.move_case(bridge.broker.actor, bridge.id, version, CaseState.CONNECTED)
    with pytest.raises(Stale):
        cases.move_case(bridge.lab.actor, bridge.id, version, CaseState.TRIAL)


def test_strangers_find_no_case(bridge: Bridge) -> None:
    """52: neither another firm nor another broker."""
    for actor in (make.enterprise().actor, make.broker().actor):
        with pytest.raises(NotFound):
            cases.write_message(actor, bridge.id, "你好")
        with reading() as session:
            assert find_cases(session, actor, CaseFilter()) == []


def test_messages_reach_the_others(bridge: Bridge) -> None:
    """Everybody on the case but the writer gets one mail; empty and too long ones are refused."""
    cases.write_message(bridge.firm.actor, bridge.id, "请提供 −20 ℃ 的试验数据。\r\n谢谢")
    with reading() as session:
        told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "case_message")).all()
        assert set(told) == {bridge.lab.id, bridge.broker.id}
        assert (
            session.scalars(select(CaseEvent.body).where(CaseEvent.kind == "message"))
            .one()
            .endswith("\n谢谢")
        )
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.message")).all()
        assert "试验" not in str([event.changes for event in events])  # 74
    for body in (" ", "字" * 5001, "a\x00b"):
        with pytest.raises(Invalid):
            cases.write_message(bridge.firm.actor, bridge.id, body)


def test_next_step_has_owner_and_future_date(bridge: Bridge) -> None:
    """A step in the past or without words is refused at its field."""
    for step, days, field in (("", 3, "step"), ("会面", -1, "due_at"), ("会面", 40_000, "due_at")):
        with pytest.raises(Invalid) as refused:
            cases.plan_step(
                bridge.broker.actor,
                bridge.id,
                bridge.case.version,
                step,
                CaseParty.OFFER,
                clock.now() + timedelta(days=days),
            )
        assert set(refused.value.errors) == {field}


def test_overdue_cases_surface(bridge: Bridge) -> None:
    """Past its date a case counts as overdue for everybody who works on it."""
    with clock.at(clock.now() + timedelta(days=15)), reading() as session:
        assert [count_cases(session, p.actor, CaseFilter())[1] for p in (bridge.firm, bridge.broker, bridge.staff)] == [
            1,
            1,
            1,
        ]


def test_an_ended_case_stays_ended(bridge: Bridge) -> None:
    """终止 has a reason; nothing moves afterwards."""
    cases.end_case(bridge.broker.actor, bridge.id, bridge.case.version, EndReason.PRICE)
    assert (bridge.case.end_reason, bridge.case.due_at) == ("price", None)
    with pytest.raises(Conflict):
        bridge.move(bridge.broker, CaseState.CONNECTED)


def test_numbers_are_consecutive(database: Settings) -> None:
    """One series per year."""
    first, second = Bridge().case.number, Bridge().case.number
    assert int(second[-6:]) == int(first[-6:]) + 1
