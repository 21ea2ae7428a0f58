"""The price of a case: who settles it, what it must have, and what it opens or bars at the bridge."""

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import cases
from matcher.actions.exceptions import decide_exception, request_exception
from matcher.actions.pricing import confirm_price, propose_price, set_public, withdraw_price
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.pricing import PriceInput
from matcher.models import AuditEvent, CaseFile, Delivery, Pricing
from matcher.vocabulary import CaseState, EndReason
from tests import factories as make
from tests.prices import Talks, agree_price, private_lab


def price(amount: str = "100", **more: object) -> PriceInput:
    """A price by 协议."""
    return parse(PriceInput, {"route": "agreement", "amount": amount, **more})


def test_both_sides_agree_on_a_price(database: Settings) -> None:
    """Proposed by one side and confirmed by the other it is agreed, told to all, and audited without the amount."""
    talks = Talks()
    number = propose_price(talks.lab.actor, talks.id, price("88.5713", terms="签约付三成"))
    assert talks.pricing is not None
    assert (talks.pricing.state, talks.pricing.need_confirmed_at) == ("open", None)
    confirm_price(talks.firm.actor, talks.id, number)
    assert talks.pricing is not None
    assert (talks.pricing.state, str(talks.pricing.amount), talks.pricing.notice_due) == ("agreed", "88.5713", True)
    with reading() as session:
        told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "price_agreed")).all()
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.startswith("price."))).all()
    assert set(told) == {talks.firm.id, talks.lab.id, talks.broker.id}
    assert [event.action for event in events] == ["price.propose", "price.confirm"]
    assert not [figure for figure in ("88.5713", "885713") if figure in str([event.changes for event in events])]


def test_a_brokers_proposal_needs_both(database: Settings) -> None:
    """Neither the broker nor one side alone agrees on a price."""
    talks = Talks()
    number = propose_price(talks.broker.actor, talks.id, price())
    confirm_price(talks.lab.actor, talks.id, number)
    assert talks.pricing is not None
    assert talks.pricing.state == "open"
    for actor in (talks.broker.actor, talks.staff.actor):
        with pytest.raises((NotFound, NotAllowed)):
            confirm_price(actor, talks.id, number)


def test_a_new_proposal_voids_the_old_one(database: Settings) -> None:
    """Bad input: a yes to a price that has changed meanwhile, and a second yes."""
    talks = Talks()
    first = propose_price(talks.lab.actor, talks.id, price("100"))
    second = propose_price(talks.firm.actor, talks.id, price("80"))
    for side, number in ((talks.firm, first), (talks.firm, second)):
        with pytest.raises(Conflict):
            confirm_price(side.actor, talks.id, number)
    confirm_price(talks.lab.actor, talks.id, second)
    with reading() as session:
        rows = session.execute(select(Pricing.state).order_by(Pricing.id)).scalars().all()
    assert rows == ["withdrawn", "agreed"]


def test_double_submit_is_one_proposal(database: Settings) -> None:
    """Bad input: the same form twice."""
    talks = Talks()
    propose_price(talks.lab.actor, talks.id, price())
    with pytest.raises(Conflict):
        propose_price(talks.lab.actor, talks.id, price())
    with reading() as session:
        assert len(session.scalars(select(Pricing)).all()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1000001"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "0.00001"}, "amount"),
        ({"amount": "一百"}, "amount"),
        ({"terms": "a\x00b"}, "terms"),
        ({"route": "auction"}, "route"),
        ({"route": "lottery"}, "route"),
        ({"route": "equity"}, "valuation"),
        ({"route": "equity", "valuation": "income", "valuation_file_id": 1}, "share_percent"),
        ({"route": "equity", "valuation": "income", "valuation_file_id": 1, "share_percent": "100"}, "share_percent"),
        ({"route": "equity", "valuation": "income", "valuation_file_id": 1, "share_percent": "0"}, "share_percent"),
        ({"route": "equity", "valuation": "income", "share_percent": "20"}, "valuation_file_id"),
    ],
)
def test_bad_prices_are_refused_at_their_field(values: dict[str, object], field: str) -> None:
    """Bad input: each with a sentence where it is."""
    with pytest.raises(Invalid) as refused:
        parse(PriceInput, {"route": "agreement", "amount": "100", **values})
    assert list(refused.value.errors) == [field]


def test_equity_needs_a_report_of_this_case(database: Settings) -> None:
    """Bad input: the file of another case; with its own the share is kept to two places."""
    talks, other = Talks(), Talks()
    values = {"valuation": "income", "share_percent": "12.25", "route": "equity"}
    report = _report(other)
    with pytest.raises(Invalid) as refused:
        propose_price(talks.lab.actor, talks.id, price("300", **values, valuation_file_id=report))
    assert list(refused.value.errors) == ["valuation_file_id"]
    assert talks.pricing is None
    propose_price(talks.lab.actor, talks.id, price("300", **values, valuation_file_id=_report(talks)))
    assert talks.pricing is not None
    assert str(talks.pricing.share_percent) == "12.25"


def _report(talks: Talks) -> int:
    file = CaseFile(name="评估报告.pdf", media_type="application/pdf", size=9, sha256=f"{talks.id:064d}", storage_key=f"k{talks.id}")
    return cases.add_file(talks.lab.actor, talks.id, file)


def test_strangers_and_closed_cases(database: Settings) -> None:
    """Bad input: another organisation's case is not found; a case that has ended or is not at 议价 takes no price."""
    talks = Talks()
    for actor in (make.enterprise().actor, make.broker().actor):
        with pytest.raises(NotFound):
            propose_price(actor, talks.id, price())
    cases.end_case(talks.broker.actor, talks.id, talks.case.version, EndReason.PRICE)
    with pytest.raises(Conflict):
        propose_price(talks.lab.actor, talks.id, price())


def test_nothing_is_signed_without_a_price(database: Settings) -> None:
    """The guard of 签约 and 公示 names what is missing; a public owner's notice is among it."""
    talks = Talks()
    assert talks.lacking(CaseState.SIGNED) == ["商定价格", "完成公示"]
    assert Talks(private_lab()).lacking(CaseState.SIGNED) == ["商定价格"]
    assert "商定价格" in talks.lacking(CaseState.NOTICE)
    for target in (CaseState.SIGNED, CaseState.NOTICE):
        with pytest.raises(Conflict):
            talks.move(target)


def test_an_exception_for_the_price_lifts_no_notice(database: Settings) -> None:
    """M51: a public owner whose case is freed from agreeing on a price here still has published none; a private one signs."""
    for lab, lacking in ((None, ["完成公示"]), (private_lab(), [])):
        talks = Talks(lab)
        asked = request_exception(talks.firm.actor, talks.id, "price", "价格已在产权交易所形成。")
        decide_exception(talks.staff.actor, asked, approve=True, decision="同意")
        assert talks.lacking(CaseState.SIGNED) == lacking


def test_a_public_owner_cannot_sign_without_notice(database: Settings) -> None:
    """协议 by an institute: 签约 asks for the notice."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab)
    assert talks.lacking(CaseState.SIGNED) == ["完成公示"]


def test_a_private_owner_signs_without_notice(database: Settings) -> None:
    """A private owner needs no notice, and cannot enter 公示."""
    talks = Talks(private_lab())
    agree_price(talks.id, talks.firm, talks.lab)
    assert len(talks.lacking(CaseState.NOTICE)) == 1
    with pytest.raises(Conflict):
        talks.move(CaseState.NOTICE)
    assert talks.lacking(CaseState.SIGNED) == []


def test_the_operators_word_counts_from_then_on(database: Settings) -> None:
    """A private institute needs no notice once an operator said so; a price agreed before keeps its duty."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab)
    organisation = talks.case.offer_org_id
    with pytest.raises(NotAllowed):
        set_public(talks.lab.actor, organisation, public=False)
    set_public(talks.staff.actor, organisation, public=False)
    assert talks.lacking(CaseState.SIGNED) == ["完成公示"]
    assert talks.pricing is not None
    withdraw_price(talks.lab.actor, talks.id, talks.pricing.id, "重新商定")
    agree_price(talks.id, talks.firm, talks.lab, "90")
    assert talks.lacking(CaseState.SIGNED) == []


def test_an_agreed_price_is_not_changed_but_withdrawn(database: Settings) -> None:
    """Bad input: another proposal over an agreed price, a withdrawal without reason, one of an older price."""
    talks = Talks()
    number = agree_price(talks.id, talks.firm, talks.lab)
    with pytest.raises(Conflict):
        propose_price(talks.lab.actor, talks.id, price("1"))
    with pytest.raises(Invalid):
        withdraw_price(talks.lab.actor, talks.id, number, " ")
    withdraw_price(talks.lab.actor, talks.id, number, "条件有变")
    with pytest.raises(Conflict):
        withdraw_price(talks.lab.actor, talks.id, number, "再撤一次")
    assert talks.pricing is None
