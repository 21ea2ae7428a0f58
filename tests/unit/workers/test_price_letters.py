"""The mails about prices, notices and sales: what they say in both languages, and what they must not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions.auctions import close_sale, place_bid, record_deposit
from matcher.actions.notices import close_notice, file_objection, start_notice
from matcher.actions.pricing import withdraw_price
from matcher.actions.sales import join_sale, open_auction, withdraw_sale
from matcher.actor import SYSTEM, VISITOR
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.pricing import AuctionInput, ObjectionInput
from matcher.models import Delivery, Notice, Organisation, Sale, User
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks, agree_price, private_lab
from workers.letters import Letter, compose
from workers.rendering import Mail, render


def mails(settings: Settings, kind: str, person: Person, locale: str = "zh") -> list[Mail]:
    """The mails of a kind planned for a person, as they would go out now in that language."""
    with transaction() as session:
        session.get_one(User, person.id).locale = locale
    with reading() as session:
        rows = session.scalars(select(Delivery).where(Delivery.kind == kind, Delivery.user_id == person.id))
        letters = [compose(session, settings, row) for row in rows]
        return [render(settings, letter) for letter in letters if isinstance(letter, Letter)]


def both_parts(mail: Mail, *words: str) -> None:
    """Text and HTML both have the words."""
    for part in (mail.text, mail.html):
        for word in words:
            assert word in part, word


@pytest.fixture
def talks(settings: Settings) -> Talks:
    """A public owner's case with an agreed price."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab, "88.5713")
    return talks


def test_price_agreed(settings: Settings, talks: Talks) -> None:
    """It says whether a notice is due and leaves the amount on the page; a private owner's says that none is."""
    (zh,), (en,) = (mails(settings, "price_agreed", talks.firm, locale) for locale in ("zh", "en"))
    both_parts(zh, "协议定价", "须公示", f"/cases/{talks.id}/price")
    both_parts(en, "By agreement", "public notice")
    assert talks.case.number in zh.subject
    assert "88.5713" not in zh.text + zh.html + en.text
    private = Talks(private_lab())
    agree_price(private.id, private.firm, private.lab)
    both_parts(mails(settings, "price_agreed", private.firm)[0], "不需要公示")


def test_notice_and_objection(settings: Settings, talks: Talks) -> None:
    """From begin to end; an objection's mail goes to who decides and says neither who objects nor what."""
    number = start_notice(talks.lab.actor, talks.id)
    both_parts(mails(settings, "notice_started", talks.firm)[0], "88.5713", "公示到")
    both_parts(mails(settings, "notice_started", talks.firm, "en")[0], "885,713", "On notice until")
    given = ObjectionInput(name="赵六", contact="zhao@example.org", reason="公示中没有写明共有单位。")
    file_objection(VISITOR, number, given)
    (mail,) = mails(settings, "objection_filed", talks.lab)
    both_parts(mail, "公示已暂停", f"/cases/{talks.id}/price")
    assert not any(secret in mail.text + mail.html for secret in ("赵六", "zhao@", "共有单位"))
    assert mails(settings, "objection_filed", talks.firm) == []


def test_notice_ended(settings: Settings, talks: Talks) -> None:
    """The last day is named as people count it, not the midnight after it."""
    number = start_notice(talks.lab.actor, talks.id)
    with reading() as session:
        end = session.get_one(Notice, number).ends_at
    with clock.at(end):
        close_notice(SYSTEM, number)
    last = (end - timedelta(seconds=1)).astimezone(settings.zone)
    both_parts(mails(settings, "notice_ended", talks.broker)[0], f"{last.month} 月 {last.day} 日", "现在可以签订合同")


def test_mails_to_who_lost_the_case_are_not_sent(settings: Settings, talks: Talks) -> None:
    """46: what may not be seen at that moment is left out."""
    assert talks.pricing is not None
    withdraw_price(talks.lab.actor, talks.id, talks.pricing.id, "重来")
    stranger = make.enterprise()
    with transaction() as session:
        row = session.scalars(select(Delivery).where(Delivery.kind == "price_agreed").limit(1)).one()
        row.user_id = stranger.id
    assert mails(settings, "price_agreed", stranger) == []


def test_sale_mails(settings: Settings) -> None:
    """Registration to the seller, being outbid to the bidder, the end to all; no mail names another bidder."""
    talks, other = Talks(), make.enterprise(name="竞争者公司")
    given = {"price": "100", "reserve": "105.37", "increment": "10", "deposit": "5", "ends_at": clock.now() + timedelta(days=8)}
    sale = open_auction(talks.lab.actor, talks.id, parse(AuctionInput, given))
    for person in (talks.firm, other):
        record_deposit(talks.broker.actor, talks.id, join_sale(person.actor, sale))
    assert len(mails(settings, "sale_taken", talks.lab)) == 2
    place_bid(talks.firm.actor, sale, Decimal(100))
    place_bid(other.actor, sale, Decimal(120))
    (outbid,) = mails(settings, "outbid", talks.firm)
    both_parts(outbid, "120", f"/sales/{sale}")
    both_parts(mails(settings, "outbid", talks.firm, "en")[0], "1,200,000")
    with reading() as session:
        end = session.get_one(Sale, sale).ends_at
        rival = session.get_one(Organisation, other.actor.org_id).name
    with clock.at(end):
        close_sale(SYSTEM, sale)
    both_parts(mails(settings, "sale_ended", other)[0], "由您的单位取得", "120")
    (lost,) = mails(settings, "sale_ended", talks.firm)
    both_parts(lost, "已经成交")
    assert rival not in lost.text + outbid.text + outbid.html
    assert "105.37" not in lost.text + outbid.text


def test_a_withdrawn_sale_sends_no_more(settings: Settings) -> None:
    """What was planned before is left out; who took part hears that it is off, with a link that leads somewhere."""
    talks = Talks()
    given = {"price": "100", "increment": "10", "deposit": "5", "ends_at": clock.now() + timedelta(days=8)}
    sale = open_auction(talks.lab.actor, talks.id, parse(AuctionInput, given))
    join_sale(talks.firm.actor, sale)
    withdraw_sale(talks.staff.actor, talks.id, "权属有争议")
    assert mails(settings, "sale_taken", talks.lab) == []
    both_parts(mails(settings, "sale_ended", talks.firm)[0], "已经撤回", "/sales")
    both_parts(mails(settings, "sale_ended", talks.firm, "en")[0], "withdrawn")
