"""公示, 挂牌 and 拍卖 for everybody: what is public and what is not, objections without an account, bids."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions.auctions import place_bid, record_deposit
from matcher.actions.notices import start_notice
from matcher.actions.sales import join_sale, open_auction, open_listing
from matcher.db import reading
from matcher.inputs.base import parse
from matcher.inputs.pricing import AuctionInput, ListingInput
from matcher.models import Bid, Notice, Objection, Organisation, Sale
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks, agree_price
from tests.unit.web.browsing import submit
from web.app import create_app

Browsers = Callable[[Person], FlaskClient]
OBJECTION = {"name": "王五", "contact": "wang@example.org", "reason": "第三单位对这项成果也有份额。"}


def name_of(person: Person) -> str:
    """The person's organisation."""
    with reading() as session:
        return session.get_one(Organisation, person.actor.org_id).name


@pytest.fixture
def notice(settings: Settings) -> tuple[Talks, int]:
    """A case with a notice."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab, "123.4567")
    return talks, start_notice(talks.lab.actor, talks.id)


def test_a_notice_is_public_and_names_no_buyer(client: FlaskClient, notice: tuple[Talks, int]) -> None:
    """Everybody sees name, owner, price and days, in the list and on its page; not who buys, nor the case."""
    talks, number = notice
    pages = [client.get("/notices").text, client.get(f"/notices/{number}").text]
    for page in pages:
        for words in ("过热蒸汽", name_of(talks.lab), "123.4567"):
            assert words in page
        for secret in (name_of(talks.firm), talks.case.number, "签约付"):
            assert secret not in page
    assert "/notices" in client.get("/").text


def test_anybody_objects(client: FlaskClient, notice: tuple[Talks, int]) -> None:
    """Without an account; the clock stands, and the public page does not say who objects."""
    _talks, number = notice
    path = f"/notices/{number}/objections"
    assert submit(client, path, OBJECTION, f"/notices/{number}").status_code == 303
    page = client.get(f"/notices/{number}").text
    assert "异议处理中" in page
    assert "wang@example.org" not in page
    assert submit(client, path, OBJECTION, f"/notices/{number}").status_code == 409


def test_bad_objections_keep_what_was_typed(client: FlaskClient, notice: tuple[Talks, int]) -> None:
    """Bad input: too short a reason; 422 with the sentence, nothing stored, the clock runs."""
    _talks, number = notice
    answer = submit(client, f"/notices/{number}/objections", {**OBJECTION, "reason": "不行"}, f"/notices/{number}")
    assert answer.status_code == 422
    assert "至少 10 个字" in answer.text
    assert "王五" in answer.text
    with reading() as session:
        assert session.query(Objection).count() == 0
        assert session.get_one(Notice, number).state == "running"


def test_programs_fill_the_trap(client: FlaskClient, notice: tuple[Talks, int]) -> None:
    """Bad input: a filled-in hidden field is answered like the others and stops no clock."""
    _talks, number = notice
    answer = submit(client, f"/notices/{number}/objections", {**OBJECTION, "website": "http://spam.example"}, f"/notices/{number}")
    assert answer.status_code == 303
    with reading() as session:
        assert session.query(Objection).count() == 0
        assert session.get_one(Notice, number).state == "running"


def test_objections_are_limited(settings: Settings, notice: tuple[Talks, int]) -> None:
    """Bad input: the eleventh in an hour from one address is 429."""
    app: Flask = create_app(settings.model_copy(update={"rate_limits": True}))
    client, (_talks, number) = app.test_client(), notice
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/notices/{number}").text)
    assert token
    codes = [client.post(f"/notices/{number}/objections", data={"csrf_token": token[1]}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_an_ended_notice_takes_no_objection(client: FlaskClient, notice: tuple[Talks, int]) -> None:
    """Bad input: after its last day the form is gone and a stale one refused."""
    _talks, number = notice
    with reading() as session:
        end = session.get_one(Notice, number).ends_at
    with clock.at(end):
        page = client.get(f"/notices/{number}").text
        assert "不再接受异议" in page
        assert submit(client, f"/notices/{number}/objections", OBJECTION, "/login").status_code == 409
        assert "过热蒸汽" in client.get("/notices?box=over").text
        assert "过热蒸汽" not in client.get("/notices").text


@pytest.fixture
def auction(settings: Settings) -> tuple[Talks, int, list[Person]]:
    """An auction with two bidders whose deposits are recorded; the first leads."""
    talks = Talks()
    given = {"price": "100", "reserve": "177.31", "increment": "10", "deposit": "5", "ends_at": clock.now() + timedelta(days=8)}
    sale = open_auction(talks.lab.actor, talks.id, parse(AuctionInput, given))
    bidders = [talks.firm, make.enterprise()]
    for person in bidders:
        record_deposit(talks.broker.actor, talks.id, join_sale(person.actor, sale, "想独家使用"))
    place_bid(talks.firm.actor, sale, Decimal(100))
    return talks, sale, bidders


def test_an_auction_is_public_without_names(client: FlaskClient, auction: tuple[Talks, int, list[Person]], browser_of: Browsers) -> None:
    """Everybody sees the bids by number; the reserve, the bidders and their words only the seller's side."""
    talks, sale, bidders = auction
    for page in (client.get("/sales").text, client.get(f"/sales/{sale}").text, browser_of(make.enterprise()).get(f"/sales/{sale}").text):
        assert "过热蒸汽" in page
        for secret in (name_of(bidders[0]), name_of(bidders[1]), "177.31", "想独家使用"):
            assert secret not in page
    assert "竞买人 1" in client.get(f"/sales/{sale}").text
    assert "您的单位" in browser_of(bidders[0]).get(f"/sales/{sale}").text
    inside = browser_of(talks.lab).get(f"/cases/{talks.id}/price").text
    assert all(words in inside for words in ("177.31", name_of(bidders[1]), "想独家使用"))
    other_side = browser_of(talks.firm).get(f"/cases/{talks.id}/price").text
    assert "177.31" not in other_side
    assert name_of(bidders[1]) not in other_side


def test_a_bid_from_the_page(auction: tuple[Talks, int, list[Person]], browser_of: Browsers) -> None:
    """The second bidder sees the least bid and places it; below it, or twice: refused with the sentence."""
    _talks, sale, bidders = auction
    browser, page = browser_of(bidders[1]), f"/sales/{sale}"
    low = submit(browser, f"{page}/bids", {"amount": "105"}, page)
    assert (low.status_code, "至少出价 110 万元" in low.text) == (422, True)
    assert submit(browser, f"{page}/bids", {"amount": "110"}, page).status_code == 303
    assert "您的出价最高" in browser.get(page).text
    assert submit(browser, f"{page}/bids", {"amount": "200"}, page).status_code == 409
    with reading() as session:
        assert session.query(Bid).count() == 2


def test_time_is_up_on_the_page_before_the_calendar_ran(client: FlaskClient, auction: tuple[Talks, int, list[Person]]) -> None:
    """Nothing is fetched again and no form stands once our clock says so."""
    _talks, sale, _bidders = auction
    assert "hx-trigger" in client.get(f"/sales/{sale}").text
    with reading() as session:
        end = session.get_one(Sale, sale).ends_at
    with clock.at(end):
        page = client.get(f"/sales/{sale}").text
        assert "已截止，正在确认结果" in page
        assert "hx-trigger" not in page


def test_open_and_choose_from_the_case(settings: Settings, browser_of: Browsers) -> None:
    """A listing from the seller's page to the confirmed taker; an auction with a bad time is refused at its field."""
    talks = Talks()
    lab, page = browser_of(talks.lab), f"/cases/{talks.id}/price"
    bad = submit(lab, f"{page}/auction", {"price": "1", "increment": "1", "deposit": "1", "extension_minutes": "5", "ends_at": "never"}, page)
    assert bad.status_code == 422
    assert submit(lab, f"{page}/listing", {"price": "66", "days": "20"}, page).status_code == 303
    with reading() as session:
        sale = session.query(Sale.id).scalar()
    firm = browser_of(talks.firm)
    assert submit(firm, f"/sales/{sale}/join", {"note": "用于新厂"}, f"/sales/{sale}").status_code == 303
    with reading() as session:
        row = session.get_one(Sale, sale)
        end, part = row.ends_at, row.participants[0].id
    with clock.at(end):
        assert "确认由它受让" in lab.get(page).text
        assert submit(lab, f"{page}/taker", {"part_id": part}, page).status_code == 303
        assert "由您的单位取得" in firm.get(f"/sales/{sale}").text


def test_lists_read_a_constant_number_of_times(client: FlaskClient, settings: Settings, count_queries: Callable[..., object]) -> None:
    """98: one and three listings cost the same."""
    counts = []
    for number in (1, 2):
        for _ in range(number):
            talks = Talks()
            open_listing(talks.lab.actor, talks.id, ListingInput(price=Decimal(50), days=20))
        with count_queries() as counted:  # type: ignore[attr-defined]
            client.get("/sales")
        counts.append(counted.total)
    assert counts[0] == counts[1]
