"""Prices of the demonstration: a gap seen by sealed ranges, a notice with an objection decided, an auction under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from demo.cast import Cast
from demo.listings import Listings
from demo.story import Story
from matcher import db
from matcher.actions import auctions, cases, notices, pricing, ranges, sales
from matcher.actor import VISITOR, Actor
from matcher.inputs.base import parse
from matcher.inputs.pricing import AuctionInput, ObjectionInput, PriceInput, RangeInput
from matcher.models import Achievement, Case, Need
from matcher.vocabulary import CaseState

GAP, NOTICE, AUCTION = "c09", "c20", "c07"
PRICED = (GAP, NOTICE, AUCTION)
OBJECTION = {
    "name": "周工（某设计院）",
    "contact": "zhou@example.org",
    "reason": "我院参与过该技术的电渗析段设计，请说明知识产权是否包含我院的图纸。",
}
DECISION = "经核对合作协议第六条，设计图纸为委托成果，权属归本所，已书面答复设计院。异议不成立。"


@dataclass
class Prices:
    """What happens to three prices, as deeds of the story; each case is opened by the broker for the pair made for it."""

    story: Story
    cast: Cast
    listings: Listings
    cases: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def plan(self) -> None:
        """Put it into the story."""
        at, after = self.story.moment, self.story.at
        for before, need in ((19, NOTICE), (16, AUCTION), (12, GAP)):
            after(at(before, 10, 20), partial(self._open, need))
            after(at(before - 2, 15, 40), partial(self._talk, need))
        after(at(8, 14, 30), partial(self._range, GAP, "need", "60", "90"))
        after(at(7, 9, 50), partial(self._range, GAP, "offer", "100", "150"))
        after(
            at(2, 10, 35),
            partial(self._propose, GAP, "96", "入门费 40 万元，投产后三年按销售额 3 % 提成，封顶 56 万元。"),
        )
        after(
            at(14, 11, 15),
            partial(self._propose, NOTICE, "230.5", "签约付 30 %，验收付 60 %，一年后付 10 %。"),
        )
        after(at(14, 16, 5), self._confirm)
        after(at(13, 9, 10), self._publish)
        after(at(9, 20, 45), self._object)
        after(at(7, 15), self._decide)
        after(at(11, 10), self._announce)
        for before, bidder in ((9, "yaolan"), (8, "hejv"), (6, "enterprise")):
            after(at(before, 11, 20), partial(self._join, bidder))
        for before, bidder in ((8, "yaolan"), (6, "hejv")):
            after(at(before, 16, 30), partial(self._deposit, bidder))
        for before, bidder, amount in ((5, "yaolan", 80), (4, "hejv", 85), (2, "yaolan", 95)):
            after(at(before, 14, 5), partial(self._bid, bidder, amount))

    def _party(self, need: str, side: str) -> Actor:
        """Who entered the record of that side."""
        with db.reading() as session:
            case = session.get_one(Case, self.cases[need])
            record: Any = (
                session.get_one(Need, case.need_id)
                if side == "need"
                else session.get_one(Achievement, case.achievement_id)
            )
            author = record.author_id
        return self.cast.actor(next(key for key, number in self.cast.users.items() if number == author))

    def _open(self, need: str) -> None:
        pair = self.listings.needs[need], self.listings.achievements[f"{need}-3-zh"]
        self.cases[need] = cases.open_case(self.cast.actor("broker"), *pair)
        for side in ("need", "offer"):
            cases.consent_case(self._party(need, side), self.cases[need], agree=True)

    def _talk(self, need: str) -> None:
        for state, note in (
            (CaseState.CONNECTED, "双方看过样件和检测数据，愿意谈价格。"),
            (CaseState.PRICING, ""),
        ):
            with db.reading() as session:
                version = session.get_one(Case, self.cases[need]).version
            cases.move_case(self.cast.actor("broker"), self.cases[need], version, state, note)

    def _range(self, need: str, side: str, low: str, high: str) -> None:
        ranges.enter_range(
            self._party(need, side), self.cases[need], parse(RangeInput, {"low": low, "high": high})
        )

    def _propose(self, need: str, amount: str, terms: str) -> None:
        given = parse(PriceInput, {"route": "agreement", "amount": amount, "terms": terms})
        self.numbers[need] = pricing.propose_price(self._party(need, "offer"), self.cases[need], given)

    def _confirm(self) -> None:
        pricing.confirm_price(self._party(NOTICE, "need"), self.cases[NOTICE], self.numbers[NOTICE])

    def _publish(self) -> None:
        self.numbers["notice"] = notices.start_notice(self._party(NOTICE, "offer"), self.cases[NOTICE])

    def _object(self) -> None:
        given = parse(ObjectionInput, OBJECTION)
        self.numbers["objection"] = notices.file_objection(VISITOR, self.numbers["notice"], given)

    def _decide(self) -> None:
        number, case_id = self.numbers["objection"], self.cases[NOTICE]
        notices.decide_objection(
            self._party(NOTICE, "offer"), case_id, number, uphold=False, decision=DECISION
        )

    def _announce(self) -> None:
        given = {
            "price": "80",
            "reserve": "90",
            "increment": "5",
            "deposit": "10",
            "ends_at": self._afternoon(3),
        }
        self.numbers[AUCTION] = sales.open_auction(
            self._party(AUCTION, "offer"), self.cases[AUCTION], parse(AuctionInput, given)
        )

    def _afternoon(self, days: int) -> datetime:
        """Three o'clock so many days after the start."""
        day = self.story.start.astimezone(self.story.zone).date() + timedelta(days=days)
        return datetime.combine(day, time(15), self.story.zone).astimezone(UTC)

    def _join(self, bidder: str) -> None:
        self.numbers[bidder] = sales.join_sale(
            self.cast.actor(bidder), self.numbers[AUCTION], "拟用于新建产线。"
        )

    def _deposit(self, bidder: str) -> None:
        auctions.record_deposit(self.cast.actor("broker"), self.cases[AUCTION], self.numbers[bidder])

    def _bid(self, bidder: str, amount: int) -> None:
        auctions.place_bid(self.cast.actor(bidder), self.numbers[AUCTION], Decimal(amount))
