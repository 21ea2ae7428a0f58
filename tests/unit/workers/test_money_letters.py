"""Mails about vouchers, claims and shares, and the nightly sweeps of vouchers."""

from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Settings
from matcher import clock
from matcher.actions import claims, vouchers
from matcher.actions.shares import compute_shares
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.money import VoucherApplication, VoucherGrant
from matcher.models import Delivery, Membership, User, Voucher
from matcher.vocabulary import MembershipState
from tests import factories as make
from tests.servers.smtp import MailServer
from tests.unit.matcher.deals import Deal
from tests.unit.workers.test_letters import texts
from workers import mailer
from workers.vouchers import expire_vouchers, warn_of_ends


def issued(days: int = 30) -> tuple[make.Person, int]:
    """A firm with a voucher that ends in so many days."""
    firm, staff = make.enterprise(), make.operator()
    given = {"service": "testing", "purpose": "样机检测", "asked": "50000"}
    number = vouchers.apply_for_voucher(firm.actor, parse(VoucherApplication, given))
    until = vouchers.today() + timedelta(days=days)
    vouchers.issue_voucher(
        staff.actor, number, parse(VoucherGrant, {"granted": "50000", "valid_until": until})
    )
    return firm, number


@pytest.mark.parametrize(("locale", "says"), [("zh", "已发放 50,000.00"), ("en", "CNY 50,000.00 has been issued")])
def test_a_voucher_is_told_in_the_readers_language(
    mail: Settings, smtp_server: MailServer, locale: str, says: str
) -> None:
    """M55: amount, last day and the link to the voucher, in text and HTML."""
    firm, number = issued()
    with transaction() as session:
        session.get_one(User, firm.id).locale = locale
    mailer.send_due(mail)
    for text in texts(smtp_server.to(firm.email)[-1]):
        assert says in text.replace("\u2009", " ")
        assert f"https://daqiao.example/vouchers/{number}" in text


def test_who_left_hears_nothing_of_the_voucher(mail: Settings, smtp_server: MailServer) -> None:
    """The permission of the moment of sending decides."""
    firm, _number = issued()
    with transaction() as session:
        session.query(Membership).filter_by(user_id=firm.id).update({"state": MembershipState.LEFT})
    before = len(smtp_server.to(firm.email))
    mailer.send_due(mail)
    assert not [message for message in smtp_server.to(firm.email)[before:] if "创新券" in message["Subject"]]


def test_vouchers_that_end_soon_are_told_once(database: Settings) -> None:
    """The sweep may run twice, and late."""
    issued(days=10)
    issued(days=60)
    assert warn_of_ends(database) == 1
    assert warn_of_ends(database) == 0
    with reading() as session:
        news = [row.payload["news"] for row in session.query(Delivery).filter_by(kind="voucher")]
    assert news.count("ending") == 1


def test_vouchers_lapse_after_their_last_day(database: Settings) -> None:
    """Not on the last day, and once."""
    _firm, number = issued(days=10)
    assert expire_vouchers(database) == 0
    with clock.at(datetime.now(UTC) + timedelta(days=12)):
        assert expire_vouchers(database) == 1
        assert expire_vouchers(database) == 0
    with reading() as session:
        assert session.get_one(Voucher, number).state == "expired"


def test_claim_and_statement_letters(mail: Settings, smtp_server: MailServer) -> None:
    """M53, M56: the decision with its amount; that there are statements, without names and amounts."""
    deal = Deal()
    deal.rights()
    payment = deal.payment(deal.contract())
    compute_shares(deal.broker.actor, deal.case_id, payment)
    claim = claims.apply_for_claim(deal.firm.actor, deal.case_id, "changchun-2026-need")
    claims.check_claim(deal.staff.actor, claim)
    claims.decide_claim(deal.staff.actor, claim, approve=False, remark="回单金额与合同不符")
    mailer.send_due(mail)
    for text in texts(smtp_server.to(deal.firm.email)[-1]):
        assert "没有批准" in text
        assert "回单金额与合同不符" in text
        assert f"https://daqiao.example/cases/{deal.case_id}/money" in text
    statement = smtp_server.to(deal.lab.email)[-1]
    assert statement["Subject"] == "一笔到账已按权属表分配"
    for text in texts(statement):
        assert "https://daqiao.example/statements" in text
        assert "赵工" not in text
    assert {row.state for row in _deliveries("statement", "claim")} == {"sent"}


def _deliveries(*kinds: str) -> list[Delivery]:
    with reading() as session:
        return session.query(Delivery).filter(Delivery.kind.in_(kinds), Delivery.user_id.is_not(None)).all()


