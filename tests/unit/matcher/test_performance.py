"""What follows the contract: guards of the case, milestones, payments, half-yearly reports."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from matcher import clock, files
from matcher.actions import cases
from matcher.actions.milestones import deliver_milestone, judge_milestone, plan_milestone, remove_milestone
from matcher.actions.notices import start_notice
from matcher.actions.payments import cancel_payment, record_payment
from matcher.actions.reports import submit_report
from matcher.actor import SYSTEM
from matcher.contracts.halves import ended, half_of, last_ended
from matcher.db import reading
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.contracts import MilestoneInput, PaymentInput, ReportInput
from matcher.models import Case, CaseEvent, CaseFile, Delivery, Milestone, Payment, PerformanceReport
from matcher.vocabulary import CaseState, EndReason
from tests import contracts_of as contracts
from tests import factories as make
from tests.prices import agree_price
from tests.unit.web.work import Pair, case_of, make_case, make_pair
from workers.contracts import chase_reports, plan_reports


@pytest.fixture
def pair(database: Settings) -> Pair:
    """Two sides."""
    return make_pair()


@pytest.fixture
def case_id(pair: Pair) -> int:
    """Their case at 签约, with a contract of 1.2 million 元."""
    case_id = make_case(pair)
    contracts.walk(case_id, CaseState.SIGNED)
    return case_id


def move(case_id: int, target: CaseState) -> None:
    """One step of the case."""
    cases.move_case(SYSTEM, case_id, case_of(case_id).version, target)


def lacking(case_id: int, target: CaseState) -> list[str]:
    """What the refused step names."""
    with pytest.raises(Conflict) as refused:
        move(case_id, target)
    return [str(each) for each in refused.value.missing]


def test_nothing_is_signed_without_a_complete_contract(pair: Pair) -> None:
    """No contract, a draft, a contract without the day: each is refused with what is missing."""
    case_id = make_case(make_pair(pair.firm, pair.lab))
    contracts.walk(case_id)
    contracts.settle_price(case_id)
    words = "填写完整并已签订的技术合同"
    assert words in lacking(case_id, CaseState.SIGNED)
    contracts.complete(case_id, signed=None)
    assert words in lacking(case_id, CaseState.SIGNED)
    contracts.save(case_id, signed=contracts.today())
    move(case_id, CaseState.SIGNED)


def test_nothing_is_signed_under_a_day_before_the_notice_ended(pair: Pair) -> None:
    """A contract dated back into the notice, or entered while it runs, is refused."""
    case_id = make_case(make_pair(pair.firm, pair.lab))
    contracts.walk(case_id)
    agree_price(case_id, pair.firm, pair.lab)
    start_notice(pair.lab.actor, case_id)
    with pytest.raises(Invalid) as refused:
        contracts.complete(case_id)
    assert set(refused.value.errors) == {"signed"}
    assert "填写完整并已签订的技术合同" in lacking(case_id, CaseState.SIGNED)


def test_registration_payment_and_acceptance_guard_the_rest(case_id: int) -> None:
    """已登记 needs 已认定; 转化成功 needs a payment with proof and every milestone accepted."""
    assert lacking(case_id, CaseState.REGISTERED) == ["技术合同认定登记"]
    contracts.register(case_id)
    move(case_id, CaseState.REGISTERED)
    move(case_id, CaseState.PERFORMING)
    assert lacking(case_id, CaseState.CONVERTED) == ["至少一笔有凭证的到账", "全部里程碑验收"]
    payment = contracts.pay(case_id)
    contracts.milestone(case_id)
    assert lacking(case_id, CaseState.CONVERTED) == ["全部里程碑验收"]
    contracts.accept_all(case_id)
    cancel_payment(SYSTEM, case_id, payment, "填错")
    assert lacking(case_id, CaseState.CONVERTED) == ["至少一笔有凭证的到账"]
    contracts.pay(case_id)
    move(case_id, CaseState.CONVERTED)


def test_payments_never_exceed_the_contract(case_id: int) -> None:
    """A payment above the contract, and a second that would go above; to the fen."""
    for amount in ("1200000.01", "99999999999"):
        with pytest.raises(Invalid) as refused:
            contracts.pay(case_id, amount)
        assert "amount" in refused.value.errors
    contracts.pay(case_id, "1199999.99")
    contracts.pay(case_id, "0.01")
    with pytest.raises(Invalid):
        contracts.pay(case_id, "0.01")
    with reading() as session:
        assert sum(session.scalars(select(Payment.amount))) == Decimal("1200000.00")


def test_two_payments_at_once_do_not_both_find_room(case_id: int) -> None:
    """Ten of 200,000 at the same moment into 1,200,000: six go in."""
    done: list[bool] = []

    def one() -> None:
        try:
            contracts.pay(case_id, "200000")
            done.append(True)
        except Invalid:
            done.append(False)

    people = [threading.Thread(target=one) for _ in range(10)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(done) == [False] * 4 + [True] * 6
    with reading() as session:
        assert sum(session.scalars(select(Payment.amount))) == Decimal(1_200_000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount_tech": "600000.01"}, "amount_tech"),
        ({"fee": "500000", "vat": "100001"}, "fee"),
        ({"payer": " "}, "payer"),
        ({"payer": "a\x00b"}, "payer"),
        ({"paid_on": "2999-01-01"}, "paid_on"),
        ({"paid_on": "2000-01-01"}, "paid_on"),
        ({"paid_on": "昨天"}, "paid_on"),
    ],
)
def test_bad_payments_are_refused_at_their_field(case_id: int, changes: dict[str, str], field: str) -> None:
    """Nothing, fractions of a fen, parts above the whole, the future, before signing, NUL."""
    with pytest.raises(Invalid) as refused:
        contracts.pay(case_id, **changes)
    assert field in refused.value.errors
    with reading() as session:
        assert session.scalars(select(Payment)).all() == []
        assert session.scalars(select(CaseFile)).all() == []


def test_a_proof_stands_for_one_payment(settings_of: Settings, case_id: int) -> None:
    """The same form twice is one payment; another amount with the same file is refused."""
    values = {"payer": "甲", "paid_on": contracts.today(), "amount": "100", "amount_tech": "100"}
    record_payment(contracts.seller(case_id), case_id, parse(PaymentInput, values), files.store(settings_of, "a.txt", b"one"))
    with pytest.raises(AlreadyDone):
        record_payment(contracts.seller(case_id), case_id, parse(PaymentInput, values), files.store(settings_of, "b.txt", b"one"))
    with pytest.raises(Invalid) as refused:
        other = parse(PaymentInput, {**values, "amount": "200"})
        record_payment(contracts.seller(case_id), case_id, other, files.store(settings_of, "a.txt", b"one"))
    assert set(refused.value.errors) == {"file"}


def test_a_cancelled_payment_makes_room_and_frees_its_proof(settings_of: Settings, case_id: int) -> None:
    """It stays with its reason; the same proof can be entered again."""
    values = {"payer": "甲", "paid_on": contracts.today(), "amount": "1200000", "amount_tech": "0"}
    given = parse(PaymentInput, values)
    first = record_payment(contracts.seller(case_id), case_id, given, files.store(settings_of, "a.txt", b"one"))
    for reason in (" ", "a\x00"):
        with pytest.raises(Invalid):
            cancel_payment(SYSTEM, case_id, first, reason)
    cancel_payment(SYSTEM, case_id, first, "金额填错")
    with pytest.raises(AlreadyDone):
        cancel_payment(SYSTEM, case_id, first, "再来")
    record_payment(contracts.seller(case_id), case_id, given, files.store(settings_of, "a.txt", b"one"))
    with reading() as session:
        assert [row.cancel_reason for row in session.scalars(select(Payment).order_by(Payment.id))] == ["金额填错", ""]


def test_who_may_enter_payments(pair: Pair, case_id: int) -> None:
    """The seller, whose account it is, broker and operator; not the payer, no stranger, nobody before signing."""
    contracts.pay(case_id, "1", pair.lab.actor)
    with pytest.raises(NotAllowed):
        contracts.pay(case_id, "1", pair.firm.actor)
    for stranger in (make.institute(), make.broker()):
        with pytest.raises(NotFound):
            contracts.pay(case_id, "1", stranger.actor)
    early = make_case(make_pair(pair.firm, pair.lab))
    contracts.complete(early)
    with pytest.raises(Conflict):
        contracts.pay(early, "1")


def test_the_total_cannot_fall_below_what_was_paid(case_id: int) -> None:
    """Changing the contract after a payment."""
    contracts.pay(case_id, "500000")
    with pytest.raises(Invalid) as refused:
        contracts.save(case_id, amount_total="499999.99", amount_tech="1")
    assert set(refused.value.errors) == {"amount_total"}


def state_of(milestone_id: int) -> str:
    """The milestone's state."""
    with reading() as session:
        return session.get_one(Milestone, milestone_id).state


def test_a_milestone_goes_back_and_forth(pair: Pair, case_id: int) -> None:
    """Handed over, sent back with words, handed over again, accepted."""
    number = contracts.milestone(case_id)
    deliver_milestone(pair.lab.actor, case_id, number, contracts.today(), contracts.proof())
    with pytest.raises(Invalid):
        judge_milestone(pair.firm.actor, case_id, number, accept=False)
    judge_milestone(pair.firm.actor, case_id, number, accept=False, remark="缺检测报告")
    assert state_of(number) == "returned"
    deliver_milestone(pair.lab.actor, case_id, number, contracts.today())
    judge_milestone(pair.firm.actor, case_id, number, accept=True)
    assert state_of(number) == "accepted"
    with pytest.raises(AlreadyDone):
        judge_milestone(pair.firm.actor, case_id, number, accept=True)


def test_the_wrong_side_and_the_wrong_order(pair: Pair, case_id: int) -> None:
    """A seller does not accept its own work, a buyer does not hand it over; nothing is accepted before it is there."""
    number = contracts.milestone(case_id)
    with pytest.raises(NotAllowed):
        deliver_milestone(pair.firm.actor, case_id, number, contracts.today())
    with pytest.raises(Conflict):
        judge_milestone(pair.firm.actor, case_id, number, accept=True)
    deliver_milestone(pair.lab.actor, case_id, number, contracts.today())
    with pytest.raises(NotAllowed):
        judge_milestone(pair.lab.actor, case_id, number, accept=True)
    with pytest.raises(Conflict):
        remove_milestone(pair.lab.actor, case_id, number)


def test_milestones_of_other_cases_and_bad_days(pair: Pair, case_id: int) -> None:
    """Another case's milestone is not found; days ahead or before signing are refused; one title and day is one."""
    other = make_case(make_pair(pair.firm, pair.lab))
    contracts.draft(other)
    foreign = contracts.milestone(other)
    with pytest.raises(NotFound):
        deliver_milestone(SYSTEM, case_id, foreign, contracts.today())
    number = contracts.milestone(case_id)
    with pytest.raises(AlreadyDone):
        contracts.milestone(case_id)
    for days in (1, -1):
        with pytest.raises(Invalid):
            deliver_milestone(SYSTEM, case_id, number, contracts.today() + timedelta(days=days))
    with pytest.raises(Invalid):
        plan_milestone(SYSTEM, case_id, parse(MilestoneInput, {"title": "旧", "due": "2000-01-01"}))
    remove_milestone(SYSTEM, case_id, number)
    with reading() as session:
        assert session.get(Milestone, number) is None


def test_no_side_strikes_out_what_was_signed(pair: Pair, case_id: int) -> None:
    """转化 asks for every milestone's acceptance: after signing only the broker removes one, and all can see it."""
    number = contracts.milestone(case_id)
    for side in (pair.lab, pair.firm):
        with pytest.raises(NotAllowed):
            remove_milestone(side.actor, case_id, number)
    remove_milestone(SYSTEM, case_id, number)
    with reading() as session:
        event = session.scalars(select(CaseEvent).where(CaseEvent.kind == "milestone_removed")).one()
    assert event.body
    draft = make_case(make_pair(pair.firm, pair.lab))
    contracts.draft(draft)
    remove_milestone(pair.lab.actor, draft, contracts.milestone(draft))


def later(case_id: int, months: int) -> datetime:
    """So many months after signing, at noon."""
    signed = contracts.contract_of(case_id).signed
    assert signed is not None
    year, month = divmod(signed.month - 1 + months, 12)
    return datetime(signed.year + year, month + 1, 15, 4, tzinfo=UTC)


def reports_of(case_id: int) -> list[PerformanceReport]:
    """The reports in order of their half-years."""
    contract = contracts.contract_of(case_id)
    query = select(PerformanceReport).where(PerformanceReport.contract_id == contract.id)
    with reading() as session:
        return list(session.scalars(query.order_by(PerformanceReport.period_from)))


def test_half_years_are_planned_once_and_told(settings_of: Settings, case_id: int) -> None:
    """However often the sweep runs, each half-year has one report; a platform that was off makes up for it."""
    assert plan_reports(settings_of) == 0
    with clock.at(later(case_id, 19)):
        assert plan_reports(settings_of) == 1
        assert plan_reports(settings_of) == 0
    reports = reports_of(case_id)
    assert len(reports) == 3
    assert [report.due.strftime("%m-%d") for report in reports] in (
        ["01-31", "07-31", "01-31"],
        ["07-31", "01-31", "07-31"],
    )
    with reading() as session:
        told = session.scalars(select(Delivery).where(Delivery.kind == "report_due")).all()
    assert {row.payload["report_id"] for row in told} == {reports[-1].id}


def test_late_reports_are_chased_once(settings_of: Settings, case_id: int) -> None:
    """Past its date each open report brings one more mail, not one every night."""
    with clock.at(later(case_id, 8)):
        plan_reports(settings_of)
    late = datetime.combine(reports_of(case_id)[0].due + timedelta(days=1), datetime.min.time(), UTC)
    with clock.at(late + timedelta(hours=12)):
        assert chase_reports(settings_of) == 1
        assert chase_reports(settings_of) == 0
    with reading() as session:
        told = session.scalars(select(Delivery.payload).where(Delivery.kind == "report_due")).all()
    assert [row["late"] for row in told].count(True) == 3


def test_a_report_is_handed_in_once_by_the_buyer(settings_of: Settings, pair: Pair, case_id: int) -> None:
    """Sales and royalty; not by the seller, not twice, not with a royalty above the sales, not another case's."""
    given = parse(ReportInput, {"sales": "3000000", "royalty": "90000", "remark": "两条线"})
    with clock.at(later(case_id, 8)):
        plan_reports(settings_of)
        number = reports_of(case_id)[0].id
        with pytest.raises(NotAllowed):
            submit_report(pair.lab.actor, case_id, number, given)
        with pytest.raises(NotFound):
            submit_report(pair.firm.actor, case_id, number + 99, given)
        submit_report(pair.firm.actor, case_id, number, given)
        with pytest.raises(AlreadyDone):
            submit_report(pair.firm.actor, case_id, number, given)
        assert chase_reports(settings_of) == 0
    assert reports_of(case_id)[0].royalty == Decimal(90000)
    for bad in ({"sales": "1", "royalty": "2"}, {"sales": ""}, {"sales": "1", "remark": "\x00"}):
        with pytest.raises(Invalid):
            parse(ReportInput, bad)


def test_ended_cases_owe_no_reports(settings_of: Settings, case_id: int) -> None:
    """A case that was given up is left alone."""
    cases.end_case(SYSTEM, case_id, case_of(case_id).version, EndReason.FUNDS)
    with clock.at(later(case_id, 19)):
        assert plan_reports(settings_of) == 0


@pytest.fixture
def settings_of(database: Settings) -> Settings:
    """The settings of this database."""
    return database


DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(signed=DAYS, days=st.integers(0, 4000))
def test_half_years_follow_each_other_without_gap(signed: date, days: int) -> None:
    """Each ended half-year once, from that of signing on; the newest is the one that `last_ended` names."""
    today = signed + timedelta(days=days)
    halves = list(ended(signed, None, today))
    for one, other in itertools.pairwise(halves):
        assert other.first == one.last + timedelta(days=1)
    if halves:
        assert halves[0] == half_of(signed)
        assert halves[-1] == last_ended(today)
        assert halves[-1].last < today <= halves[-1].last + timedelta(days=184)


def test_no_reports_beyond_the_contract() -> None:
    """A contract that ran out in March has its last report on that half-year."""
    halves = list(ended(date(2025, 8, 1), date(2026, 3, 1), date(2028, 1, 1)))
    assert [half.first for half in halves] == [date(2025, 7, 1), date(2026, 1, 1)]


def test_cases_keep_their_lock_for_payments(case_id: int) -> None:
    """A payment leaves the case's own version alone, so that nobody's open form goes stale by it."""
    with reading() as session:
        before = session.get_one(Case, case_id).version
    contracts.pay(case_id, "1")
    assert case_of(case_id).version == before
