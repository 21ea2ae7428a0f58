"""Prices by the API: a case's own for its people, notices and sales for everybody, sealed figures for nobody."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import accounts
from matcher.actions.auctions import place_bid, record_deposit
from matcher.actions.notices import start_notice
from matcher.actions.ranges import enter_range
from matcher.actions.sales import join_sale, open_auction
from matcher.inputs.base import parse
from matcher.inputs.pricing import AuctionInput, RangeInput
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks, agree_price


def get(client: FlaskClient, person: Person, path: str) -> Any:
    """What the API answers to that person's token with the scope to read."""
    token = accounts.create_token(person.actor, "脚本", ["read"])
    return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})


def test_the_price_of_a_case(settings: Settings, client: FlaskClient) -> None:
    """52: for its people; the ranges as one word, without a figure; of a case of others there is nothing."""
    talks = Talks()
    for person, low in ((talks.firm, "71.1357"), (talks.lab, "91.3579")):
        enter_range(person.actor, talks.id, parse(RangeInput, {"low": low, "high": str(Decimal(low) + 10)}))
    agree_price(talks.id, talks.firm, talks.lab, "88.1234")
    notice = start_notice(talks.lab.actor, talks.id)
    answer = get(client, talks.firm, f"/cases/{talks.id}/price")
    current = answer.json["current"]
    assert (current["amount_wan"], current["state"], current["notice_id"]) == ("88.1234", "agreed", notice)
    assert answer.json["sealed"] == {"gap": "near", "round": 2, "waiting": ["need", "offer"]}
    assert "71.1357" not in answer.text
    assert get(client, make.enterprise(), f"/cases/{talks.id}/price").status_code == 404
    assert client.get(f"/api/v1/cases/{talks.id}/price").status_code == 401


def test_notices_for_everybody(settings: Settings, client: FlaskClient) -> None:
    """Without a token, without the buyer; over ones apart."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab, "88")
    number = start_notice(talks.lab.actor, talks.id)
    page = client.get("/api/v1/notices").json
    assert [(item["id"], item["amount_wan"], item["state"]) for item in page["items"]] == [(number, "88", "running")]
    assert client.get("/api/v1/notices?over=true").json["total"] == 0
    assert client.get("/api/v1/notices?over=perhaps").status_code == 422


def test_sales_for_everybody(settings: Settings, client: FlaskClient) -> None:
    """Without a token, without names and reserve; an unknown one is not found."""
    talks = Talks()
    given = {"price": "100", "reserve": "177.31", "increment": "10", "deposit": "5", "ends_at": clock.now() + timedelta(days=8)}
    number = open_auction(talks.lab.actor, talks.id, parse(AuctionInput, given))
    record_deposit(talks.broker.actor, talks.id, join_sale(talks.firm.actor, number))
    place_bid(talks.firm.actor, number, Decimal(100))
    answer = client.get(f"/api/v1/sales/{number}")
    assert (answer.json["highest_wan"], answer.json["participants"], answer.json["over"]) == ("100", 1, False)
    assert "177.31" not in answer.text
    assert client.get("/api/v1/sales").json["items"] == [answer.json]
    assert client.get("/api/v1/sales/999").status_code == 404
