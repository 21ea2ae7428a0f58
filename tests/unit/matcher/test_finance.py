"""Finance needs and the referral log: who may write, once each, nothing is lent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import cases, finance
from matcher.actions.vouchers import today
from matcher.db import reading
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.money import FinanceInput, OutcomeInput, ReferralInput
from matcher.models import Case, FinanceNeed
from matcher.vocabulary import EndReason
from tests import factories as make
from tests.unit.matcher.deals import Deal

LOAN = {"kind": "loan", "amount": "2000000", "months": "24", "purpose": "中试线建设"}


def ask(deal: Deal) -> int:
    return finance.ask_for_finance(deal.firm.actor, deal.case_id, parse(FinanceInput, LOAN))


def referral(**fields: object) -> ReferralInput:
    return parse(ReferralInput, {"institution": "长春某银行", "referred_on": today(), **fields})


def test_need_white_list_referral_outcome(database: Settings) -> None:
    """M57: the log keeps institution, day and answer."""
    deal = Deal()
    need = ask(deal)
    finance.white_list(deal.staff.actor, need, listed=True)
    told = finance.refer(deal.broker.actor, need, referral())
    finance.note_outcome(deal.broker.actor, need, told, parse(OutcomeInput, {"outcome": "granted", "note": "授信 200 万元"}))
    with reading() as session:
        row = session.get_one(FinanceNeed, need)
        assert row.white_listed
        assert [(each.institution, each.outcome) for each in row.referrals] == [("长春某银行", "granted")]


def test_once_each(database: Settings) -> None:
    """Double submit of a need and of a referral."""
    deal = Deal()
    need = ask(deal)
    with pytest.raises(AlreadyDone):
        ask(deal)
    finance.refer(deal.broker.actor, need, referral())
    with pytest.raises(AlreadyDone):
        finance.refer(deal.staff.actor, need, referral())


@pytest.mark.parametrize("bad", [{"amount": "-1"}, {"amount": "0"}, {"months": "0"}, {"purpose": "a\x00"}, {"kind": "gift"}])
def test_bad_needs_are_refused(bad: dict[str, str]) -> None:
    with pytest.raises(Invalid) as error:
        parse(FinanceInput, {**LOAN, **bad})
    assert list(error.value.errors) == list(bad)


def test_a_day_to_come_is_refused(database: Settings) -> None:
    deal = Deal()
    with pytest.raises(Invalid):
        finance.refer(deal.broker.actor, ask(deal), referral(referred_on=today() + timedelta(days=1)))
    with reading() as session:
        need = session.scalars(select(FinanceNeed.id)).one()
    with pytest.raises(Invalid):
        finance.refer(deal.broker.actor, need, referral(referred_on=today() - timedelta(days=1)))


def test_others_find_nothing(database: Settings) -> None:
    """The other side, strangers, another broker; the white list is the operator's."""
    deal = Deal()
    need = ask(deal)
    for person in (deal.lab, deal.firm, make.enterprise(), make.broker()):
        with pytest.raises(NotFound):
            finance.refer(person.actor, need, referral())
    with pytest.raises(NotFound):
        finance.white_list(deal.broker.actor, need, listed=True)
    with pytest.raises(NotFound):
        finance.ask_for_finance(make.enterprise().actor, deal.case_id, parse(FinanceInput, LOAN))


def test_a_closed_case_takes_no_new_need(database: Settings) -> None:
    deal = Deal()
    with reading() as session:
        version = session.get_one(Case, deal.case_id).version
    cases.end_case(deal.broker.actor, deal.case_id, version, EndReason.OTHER)
    with pytest.raises(Conflict):
        ask(deal)
