"""Vouchers: the ledger balances, is never negative, and is only added to; every step once and in order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from matcher import clock
from matcher.actions import orders, vouchers
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound, Refused
from matcher.inputs.base import parse
from matcher.inputs.money import AmountInput, OrderInput, VoucherApplication, VoucherGrant
from matcher.models import CaseFile, Delivery, Voucher, VoucherEntry, VoucherOrder
from matcher.vouchers.ledger import balances, entries_of
from matcher.vouchers.terms import Account, OrderState, VoucherState
from tests import factories as make
from tests.factories import Person

ASKED = {"service": "testing", "purpose": "样机检测", "asked": "50000"}


def amount(value: str) -> AmountInput:
    """An amount as typed."""
    return parse(AmountInput, {"amount": value})


def pdf(number: int = 1) -> CaseFile:
    """A stored file."""
    return CaseFile(
        name="发票.pdf",
        media_type="application/pdf",
        size=9,
        sha256=f"{number:064d}",
        storage_key=f"{number:048d}",
    )


class Scheme:
    """An enterprise with a voucher, a provider and an operator."""

    def __init__(self, granted: str = "50000") -> None:
        self.firm, self.lab, self.staff = make.enterprise(), make.institute(), make.operator()
        self.id = vouchers.apply_for_voucher(self.firm.actor, parse(VoucherApplication, ASKED))
        self.until = vouchers.today() + timedelta(days=90)
        vouchers.issue_voucher(
            self.staff.actor, self.id, parse(VoucherGrant, {"granted": granted, "valid_until": self.until})
        )

    def reserve(self, value: str = "20000", by: Person | None = None, once: str = "") -> int:
        given = {"provider_id": self.lab.actor.org_id, "title": "振动试验", "amount": value}
        return orders.reserve((by or self.firm).actor, self.id, parse(OrderInput, given), once)

    def balances(self) -> dict[str, Decimal]:
        with reading() as session:
            found = balances(entries_of(session, self.id))
        return {str(account): value for account, value in found.items() if value}

    @property
    def state(self) -> str:
        with reading() as session:
            return session.get_one(Voucher, self.id).state


@pytest.fixture
def scheme(database: Settings) -> Scheme:
    return Scheme()


def order_of(number: int) -> VoucherOrder:
    with reading() as session:
        return session.get_one(VoucherOrder, number)


def test_from_application_to_settlement(scheme: Scheme) -> None:
    """M55: apply, issue, reserve, use less than reserved, evidence, settle less than used; every fen has its place."""
    order = scheme.reserve("20000")
    assert scheme.balances() == {"issuer": Decimal(-50000), "available": Decimal(30000), "reserved": Decimal(20000)}
    orders.use(scheme.firm.actor, order, amount("18000.55"))
    orders.add_evidence(scheme.lab.actor, order, pdf())
    orders.settle(scheme.staff.actor, order, amount("17000"), "一项检测不在目录内")
    assert scheme.balances() == {
        "issuer": Decimal(-50000),
        "available": Decimal("31999.45"),
        "settled": Decimal(17000),
        "lapsed": Decimal("1000.55"),
    }
    assert order_of(order).state == OrderState.SETTLED
    with reading() as session:
        news = [row.payload["news"] for row in session.query(Delivery).filter_by(kind="voucher").order_by(Delivery.id)]
    assert news == ["issued", "settled"]


def test_a_second_use_is_refused(scheme: Scheme) -> None:
    """Bad input: an order is used once; nothing moves the second time."""
    order = scheme.reserve()
    orders.use(scheme.firm.actor, order, amount("20000"))
    before = scheme.balances()
    with pytest.raises(Conflict, match="已使用"):
        orders.use(scheme.firm.actor, order, amount("1"))
    with pytest.raises(Conflict):
        orders.release(scheme.firm.actor, order)
    assert scheme.balances() == before


def test_more_than_is_left_is_refused(scheme: Scheme) -> None:
    """Bad input: the sentence says what is left, and no order stays behind."""
    scheme.reserve("40000")
    with pytest.raises(Conflict, match=r"剩余 10000\.00 元"):
        scheme.reserve("10000.01")
    with reading() as session:
        assert session.query(VoucherOrder).count() == 1


def test_an_expired_voucher_is_refused(scheme: Scheme) -> None:
    """Bad input: after its last day nothing is reserved, before and after the nightly sweep; what is left lapses."""
    with clock.at(datetime.now(UTC) + timedelta(days=92)):
        with pytest.raises(Conflict, match="不能使用"):
            scheme.reserve()
        vouchers.expire_voucher(SYSTEM, scheme.id)
        with pytest.raises(Conflict):
            vouchers.expire_voucher(SYSTEM, scheme.id)
        with pytest.raises(Conflict, match="不能使用"):
            scheme.reserve()
    assert scheme.state == VoucherState.EXPIRED
    assert scheme.balances() == {"issuer": Decimal(-50000), "lapsed": Decimal(50000)}


def test_the_last_day_is_usable_to_its_end(scheme: Scheme) -> None:
    """The day ends at midnight of the configured zone, 16:00 UTC in China."""
    last = datetime.combine(scheme.until, datetime.min.time(), UTC)
    with clock.at(last + timedelta(hours=15, minutes=59)):
        assert scheme.reserve("1")
    with clock.at(last + timedelta(hours=16, minutes=1)), pytest.raises(Conflict):
        scheme.reserve("1")


def test_what_was_reserved_in_time_can_be_used_later(scheme: Scheme) -> None:
    """Expiry takes what is free; a remainder that comes back afterwards lapses, too."""
    order, other = scheme.reserve("20000"), scheme.reserve("5000")
    with clock.at(datetime.now(UTC) + timedelta(days=92)):
        vouchers.expire_voucher(SYSTEM, scheme.id)
        orders.use(scheme.firm.actor, order, amount("12000"))
        orders.release(scheme.lab.actor, other)
    assert scheme.balances() == {
        "issuer": Decimal(-50000),
        "used": Decimal(12000),
        "lapsed": Decimal(38000),
    }


@pytest.mark.parametrize("value", ["-1", "0", "0.001", "NaN", "1e30", "壹百", ""])
def test_bad_amounts_are_refused(value: str) -> None:
    """Bad input: negative, nothing, less than a fen, no number, too much."""
    with pytest.raises(Invalid) as error:
        amount(value)
    assert list(error.value.errors) == ["amount"]


def test_control_characters_are_refused(database: Settings) -> None:
    """Bad input: NUL in the purpose and in a reason."""
    with pytest.raises(Invalid) as error:
        parse(VoucherApplication, {**ASKED, "purpose": "检\x00测"})
    assert "purpose" in error.value.errors
    firm, staff = make.enterprise(), make.operator()
    number = vouchers.apply_for_voucher(firm.actor, parse(VoucherApplication, ASKED))
    with pytest.raises(Invalid):
        vouchers.refuse_voucher(staff.actor, number, "不\x00行")


def test_double_submit_counts_once(scheme: Scheme) -> None:
    """Bad input: the same form twice, of an application and of a reservation."""
    given_form = parse(VoucherApplication, ASKED)
    vouchers.apply_for_voucher(scheme.firm.actor, given_form, "mark-a")
    with pytest.raises(AlreadyDone):
        vouchers.apply_for_voucher(scheme.firm.actor, given_form, "mark-a")
    scheme.reserve("100", once="mark-b")
    with pytest.raises(AlreadyDone):
        scheme.reserve("100", once="mark-b")
    assert scheme.balances()["reserved"] == 100


def test_others_find_nothing(scheme: Scheme) -> None:
    """Bad input: another organisation's voucher and order; an institute cannot apply; a provider cannot settle."""
    order = scheme.reserve()
    stranger = make.enterprise()
    for attempt in (
        lambda: scheme.reserve(by=stranger),
        lambda: orders.use(stranger.actor, order, amount("1")),
        lambda: orders.use(scheme.lab.actor, order, amount("1")),
        lambda: orders.release(stranger.actor, order),
        lambda: orders.add_evidence(stranger.actor, order, pdf()),
        lambda: orders.settle(scheme.lab.actor, order, amount("1")),
        lambda: vouchers.refuse_voucher(scheme.firm.actor, scheme.id, "x"),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(Refused):
        vouchers.apply_for_voucher(scheme.lab.actor, parse(VoucherApplication, ASKED))


@pytest.mark.parametrize(
    ("change", "field"),
    [({"granted": "50000.01"}, "granted"), ({"valid_until": "2020-01-01"}, "valid_until"), ({"valid_until": "2099-01-01"}, "valid_until")],
)
def test_bad_grants_are_refused(database: Settings, change: dict[str, Any], field: str) -> None:
    """More than was asked for, a day that is over, a day that nobody means."""
    firm, staff = make.enterprise(), make.operator()
    number = vouchers.apply_for_voucher(firm.actor, parse(VoucherApplication, ASKED))
    good = {"granted": "50000", "valid_until": vouchers.today() + timedelta(days=30)}
    with pytest.raises(Invalid) as error:
        vouchers.issue_voucher(staff.actor, number, parse(VoucherGrant, {**good, **change}))
    assert list(error.value.errors) == [field]


def test_settling_too_much_or_less_without_reason_is_refused(scheme: Scheme) -> None:
    order = scheme.reserve()
    orders.use(scheme.firm.actor, order, amount("100"))
    with pytest.raises(Conflict):  # no evidence yet
        orders.settle(scheme.staff.actor, order, amount("100"))
    orders.add_evidence(scheme.firm.actor, order, pdf())
    for value, field in (("100.01", "amount"), ("99.99", "remark")):
        with pytest.raises(Invalid) as error:
            orders.settle(scheme.staff.actor, order, amount(value))
        assert list(error.value.errors) == [field]
    orders.return_evidence(scheme.staff.actor, order, "缺检测报告")
    with pytest.raises(Invalid):
        orders.add_evidence(scheme.firm.actor, order, pdf())
    assert order_of(order).state == OrderState.USED
    orders.add_evidence(scheme.lab.actor, order, pdf(2))
    orders.settle(scheme.staff.actor, order, amount("100"))
    with pytest.raises(Conflict):
        orders.settle(scheme.staff.actor, order, amount("100"))
    assert scheme.balances()["settled"] == 100


def test_many_at_once_never_spend_more_than_there_is(scheme: Scheme) -> None:
    """Threads: twelve reservations of 9 000 against 50 000 at the same moment; five fit, whoever comes first."""

    def attempt(_number: int) -> bool:
        try:
            scheme.reserve("9000")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        went = list(pool.map(attempt, range(12)))
    assert sum(went) == 5
    assert scheme.balances() == {"issuer": Decimal(-50000), "available": Decimal(5000), "reserved": Decimal(45000)}


def test_one_order_used_and_cancelled_at_once(scheme: Scheme) -> None:
    """Threads: of use and cancellation just one wins."""
    order = scheme.reserve("10000")

    def attempt(number: int) -> bool:
        try:
            if number % 2:
                orders.use(scheme.firm.actor, order, amount("10000"))
            else:
                orders.release(scheme.lab.actor, order)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert sum(scheme.balances().values()) == 0


def test_the_ledger_is_only_added_to(scheme: Scheme) -> None:
    """The database itself refuses a change or removal of an entry, and a negative balance."""
    for statement in (
        "UPDATE voucher_entries SET amount = amount + 1",
        "DELETE FROM voucher_entries",
    ):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))
    with pytest.raises(DBAPIError), transaction() as session:
        session.add(
            VoucherEntry(
                voucher_id=scheme.id,
                sequence=9,
                source=Account.AVAILABLE,
                target=Account.USED,
                amount=Decimal(1),
                available=Decimal(-1),
                created_at=clock.now(),
            )
        )
    assert scheme.balances()["available"] == 50000


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "use", "release", "evidence", "settle", "expire"]), st.integers(1, 3_000_000), st.integers(0, 5)),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_the_ledger_balances(settings: Settings, steps: list[tuple[str, int, int]]) -> None:
    """Property: after any sequence of steps, allowed or refused, the accounts sum to nothing and none is negative."""
    scheme, made = Scheme(), []
    for number, (step, fen, which) in enumerate(steps):
        value = amount(f"{Decimal(fen) / 100}")
        order = made[which % len(made)] if made else 0
        try:
            if step == "reserve":
                made.append(scheme.reserve(f"{Decimal(fen) / 100}"))
            elif step == "use":
                orders.use(scheme.firm.actor, order, value)
            elif step == "release":
                orders.release(scheme.firm.actor, order)
            elif step == "evidence":
                orders.add_evidence(scheme.lab.actor, order, pdf(scheme.id * 1000 + number))
            elif step == "settle":
                orders.settle(scheme.staff.actor, order, value, "部分")
            else:
                with clock.at(datetime.now(UTC) + timedelta(days=92)):
                    vouchers.expire_voucher(SYSTEM, scheme.id)
        except Refused:
            pass
        found = scheme.balances()
        assert sum(found.values()) == 0
        assert all(value >= 0 for account, value in found.items() if account != Account.ISSUER)
    with reading() as session:
        entries = entries_of(session, scheme.id)
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1].available == scheme.balances().get("available", 0)
