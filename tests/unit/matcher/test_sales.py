"""挂牌 and 拍卖: who may take part, what a bid must be, when it ends by our clock, and who gets it."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions.auctions import close_sale, place_bid, record_deposit
from matcher.actions.cases import end_case
from matcher.actions.pricing import propose_price, withdraw_price
from matcher.actions.sales import choose_taker, join_sale, open_auction, open_listing, withdraw_sale
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from matcher.inputs.base import parse
from matcher.inputs.pricing import AuctionInput, BidInput, ListingInput, PriceInput
from matcher.models import AuditEvent, Bid, Delivery, Pricing, Sale
from matcher.pricing.bidding import extended, least_bid, meets_reserve
from matcher.vocabulary import CaseState, EndReason
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks
from workers.price_clocks import close_sales

SETTINGS = Settings()  # which these sweeps do not read
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def auction_input(**values: object) -> AuctionInput:
    """An auction from 100 万元 in steps of 10, over in eight days."""
    return parse(
        AuctionInput,
        {"price": "100", "increment": "10", "deposit": "5", "extension_minutes": 5, "ends_at": clock.now() + 8 * DAY, **values},
    )


class Auction(Talks):
    """A case whose achievement is auctioned, with bidders whose deposits are recorded."""

    def __init__(self, bidders: int = 2, **values: object) -> None:
        super().__init__()
        self.sale = open_auction(self.lab.actor, self.id, auction_input(**values))
        self.bidders = [self.firm, *(make.enterprise() for _ in range(bidders - 1))]
        for person in self.bidders:
            self.admit(person)

    def admit(self, person: Person) -> None:
        """Register and record the deposit."""
        part = join_sale(person.actor, self.sale)
        record_deposit(self.broker.actor, self.id, part)

    @property
    def row(self) -> Sale:
        """The auction as it is now."""
        with reading() as session:
            return session.get_one(Sale, self.sale)

    def bid(self, number: int, amount: str) -> int:
        """A bid by that bidder."""
        return place_bid(self.bidders[number].actor, self.sale, Decimal(amount))

    def end(self) -> None:
        """Let its time pass and the calendar see it."""
        with clock.at(self.row.ends_at):
            assert close_sales(SETTINGS) == 1


def state_of(sale: int) -> tuple[str, str, int | None]:
    """State of the sale and of the price that came of it, and who got it."""
    with reading() as session:
        row = session.get_one(Sale, sale)
        return row.state, session.get_one(Pricing, row.pricing_id).state, row.winner_id


@given(st.decimals(1, 1000, places=2), st.decimals("0.01", 100, places=2), st.none() | st.decimals(1, 1000, places=2))
def test_the_least_bid(start: Decimal, step: Decimal, highest: Decimal | None) -> None:
    """Property: the starting price first, then always one increment above."""
    assert least_bid(start, step, highest) == (start if highest is None else highest + step)


def test_an_end_only_moves_away() -> None:
    """A bid in the last minutes leaves that many; an early one changes nothing."""
    end = datetime(2026, 12, 1, 7, tzinfo=clock.now().tzinfo)
    assert extended(end, end - 2 * MINUTE, 5) == end + 3 * MINUTE
    assert extended(end, end - 6 * MINUTE, 5) == end
    assert not meets_reserve(None, None)
    assert not meets_reserve(Decimal(9), Decimal(8))


def test_the_highest_bid_wins_the_price(database: Settings) -> None:
    """The case's enterprise: the price is agreed and needs no notice, so the contract can be signed."""
    auction = Auction()
    for number, amount in ((0, "100"), (1, "110"), (0, "125")):
        auction.bid(number, amount)
    auction.end()
    assert state_of(auction.sale) == ("sold", "agreed", auction.firm.actor.org_id)
    assert auction.pricing is not None
    assert (str(auction.pricing.amount), auction.pricing.notice_due) == ("125", False)
    assert auction.lacking(CaseState.SIGNED) == []


def test_somebody_else_wins(database: Settings) -> None:
    """The price is theirs, this case has none; everybody who took part hears of it once."""
    auction = Auction(3)
    auction.bid(0, "100")
    auction.bid(2, "110")
    auction.end()
    assert state_of(auction.sale) == ("sold", "taken", auction.bidders[2].actor.org_id)
    with pytest.raises(Conflict):
        auction.move(CaseState.SIGNED)
    with reading() as session:
        told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "sale_ended")).all()
        outbid = session.scalars(select(Delivery.user_id).where(Delivery.kind == "outbid")).all()
    assert sorted(told) == sorted({*(person.id for person in auction.bidders), auction.lab.id, auction.broker.id})
    assert outbid == [auction.firm.id]


def test_the_reserve_must_be_met(database: Settings) -> None:
    """Below it nothing is sold, at it everything is."""
    low, met = Auction(reserve="200"), Auction(reserve="200")
    low.bid(0, "199.9999")
    met.bid(0, "200")
    low.end()
    met.end()
    assert state_of(low.sale) == ("unsold", "failed", None)
    assert state_of(met.sale)[0] == "sold"
    assert low.pricing is None
    assert low.case.state == CaseState.PRICING


def test_no_bid_no_sale(database: Settings) -> None:
    """An auction that nobody bid in ends unsold."""
    auction = Auction()
    auction.end()
    assert state_of(auction.sale) == ("unsold", "failed", None)


def test_bids_that_are_refused(database: Settings) -> None:
    """Bad input: below the start, below the increment, the same again, over one's own, without deposit or registration."""
    auction = Auction()
    for amount in ("99.9999", "1"):
        with pytest.raises(Invalid):
            auction.bid(0, amount)
    auction.bid(0, "100")
    for amount in ("100", "109.9999"):
        with pytest.raises(Invalid):
            auction.bid(1, amount)
    with pytest.raises(Conflict):
        auction.bid(0, "150")
    stranger = make.enterprise()
    with pytest.raises(Conflict):
        place_bid(stranger.actor, auction.sale, Decimal(200))
    join_sale(stranger.actor, auction.sale)
    with pytest.raises(Conflict):
        place_bid(stranger.actor, auction.sale, Decimal(200))
    with reading() as session:
        assert len(session.scalars(select(Bid)).all()) == 1


@pytest.mark.parametrize("amount", ["0", "-1", "1000001", "NaN", "1e9", "0.00001", "百"])
def test_no_amounts(amount: str) -> None:
    """Bad input: nothing, negative, huge, no number."""
    with pytest.raises(Invalid):
        parse(BidInput, {"amount": amount})


def test_the_owner_and_the_broker_take_no_part(database: Settings) -> None:
    """Bad input: the seller bidding on its own, the case's broker, people without a checked organisation, no such sale."""
    auction = Auction()
    for person in (auction.lab, auction.broker, auction.staff, make.add_person()):
        with pytest.raises(NotAllowed):
            join_sale(person.actor, auction.sale)
        with pytest.raises(NotAllowed):
            place_bid(person.actor, auction.sale, Decimal(500))
    with pytest.raises(NotFound):
        join_sale(auction.firm.actor, 999)
    with pytest.raises(Conflict):
        join_sale(auction.firm.actor, auction.sale)


def test_time_is_ours(database: Settings) -> None:
    """A bid a second before the end counts and moves it; one at the end does not, whether the calendar ran or not."""
    auction = Auction()
    first_end = auction.row.ends_at
    with clock.at(first_end - timedelta(seconds=1)):
        auction.bid(0, "100")
    assert auction.row.ends_at == first_end - timedelta(seconds=1) + 5 * MINUTE
    with clock.at(first_end + MINUTE):
        assert close_sales(SETTINGS) == 0
        auction.bid(1, "110")
    end = auction.row.ends_at
    for late in (end, end + DAY):
        with clock.at(late), pytest.raises(Conflict):
            auction.bid(0, "500")
    with clock.at(end):
        assert [close_sales(SETTINGS) for _ in range(2)] == [1, 0]
        with pytest.raises(Conflict):
            close_sale(SYSTEM, auction.sale)
    with pytest.raises(Conflict):  # this machine's clock jumps back: what is over stays over
        auction.bid(0, "500")
    assert state_of(auction.sale)[2] == auction.bidders[1].actor.org_id


def test_two_bids_at_once(database: Settings) -> None:
    """Threads that bid the same amount at once: one stands, and every bid is an increment above the one before."""
    auction = Auction(4)
    start = Barrier(4)

    def keep_bidding(number: int) -> int:
        placed = 0
        start.wait()
        for amount in range(100, 200, 10):
            try:
                auction.bid(number, str(amount))
            except Refused:
                continue
            placed += 1
        return placed

    with ThreadPoolExecutor(4) as pool:
        placed = sum(pool.map(keep_bidding, range(4)))
    with reading() as session:
        bids = session.scalars(select(Bid).order_by(Bid.id)).all()
    amounts = [bid.amount for bid in bids]
    assert len(bids) == placed > 0
    assert all(after - before >= 10 for before, after in itertools.pairwise(amounts))
    assert all(a.participant_id != b.participant_id for a, b in itertools.pairwise(bids))
    auction.end()
    with reading() as session:
        row = session.get_one(Sale, auction.sale)
    assert row.final_price == max(amounts)


def test_a_bid_and_the_end_at_once(database: Settings) -> None:
    """At the very end: the calendar and bidders race; whoever is later than the end is refused, one result stands."""
    auction = Auction()
    auction.bid(0, "100")
    moment, start = auction.row.ends_at, Barrier(3)

    def at_the_end(act: partial[object]) -> bool:
        with clock.at(moment):
            start.wait()
            try:
                act()
            except Refused:
                return False
            return True

    acts = [partial(close_sale, SYSTEM, auction.sale), partial(close_sale, SYSTEM, auction.sale), partial(auction.bid, 1, "110")]
    with ThreadPoolExecutor(3) as pool:
        went = list(pool.map(at_the_end, acts))
    assert went[2] is False
    assert sum(went[:2]) == 1
    assert state_of(auction.sale) == ("sold", "agreed", auction.firm.actor.org_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price": "0"}, "price"),
        ({"increment": "0"}, "increment"),
        ({"increment": "101"}, "increment"),
        ({"deposit": "101"}, "deposit"),
        ({"reserve": "99"}, "reserve"),
        ({"extension_minutes": 0}, "extension_minutes"),
        ({"ends_at": datetime(2027, 1, 1, 12)}, "ends_at"),  # noqa: DTZ001 - a time without a zone is the bad input
    ],
)
def test_bad_auctions(values: dict[str, object], field: str) -> None:
    """Bad input: each with a sentence where it is."""
    with pytest.raises(Invalid) as refused:
        auction_input(**values)
    assert list(refused.value.errors) == [field]


def test_when_a_sale_may_end(settings: Settings) -> None:
    """Bad input: an end in the past, sooner than announced, too far; a listing shorter than the setting."""
    talks = Talks()
    for distance in (-DAY, 6 * DAY, 91 * DAY):
        with pytest.raises(Invalid) as refused:
            open_auction(talks.lab.actor, talks.id, auction_input(ends_at=clock.now() + distance))
        assert list(refused.value.errors) == ["ends_at"]
    with pytest.raises(Invalid):
        open_listing(talks.lab.actor, talks.id, ListingInput(price=Decimal(50), days=19))
    assert talks.pricing is None


def test_the_wrong_people_open_and_close(settings: Settings) -> None:
    """Bad input: the other side, strangers; the calendar alone closes; bidders record no deposits."""
    talks = Talks()
    for person in (talks.firm, make.institute()):
        with pytest.raises(NotFound):
            open_auction(person.actor, talks.id, auction_input())
    auction = Auction()
    with pytest.raises(NotAllowed):
        close_sale(auction.staff.actor, auction.sale)
    part = join_sale(make.enterprise().actor, auction.sale)
    for person in (auction.lab, auction.firm):
        with pytest.raises(NotFound):
            record_deposit(person.actor, auction.id, part)
    with pytest.raises(NotFound):
        record_deposit(talks.broker.actor, talks.id, part)


def test_one_price_at_a_time(database: Settings) -> None:
    """Bad input: a second sale, a proposal or a withdrawal of the price while one is under way; an open proposal gives way."""
    talks = Talks()
    proposal = parse(PriceInput, {"route": "agreement", "amount": "80"})
    propose_price(talks.lab.actor, talks.id, proposal)
    sale = open_listing(talks.broker.actor, talks.id, ListingInput(price=Decimal(50), days=20))
    assert talks.pricing is not None
    with pytest.raises(Conflict):
        open_auction(talks.lab.actor, talks.id, auction_input())
    with pytest.raises(Conflict):
        propose_price(talks.lab.actor, talks.id, proposal)
    with pytest.raises(Conflict):
        withdraw_price(talks.lab.actor, talks.id, talks.pricing.id, "不卖了")
    assert state_of(sale)[:2] == ("open", "open")


def test_a_listing_is_taken_by_the_first(database: Settings) -> None:
    """Chosen after its term; the first without a reason, another only with one, which is kept."""
    talks, late = Talks(), make.enterprise()
    sale = open_listing(talks.lab.actor, talks.id, ListingInput(price=Decimal(50), days=20))
    first, second = join_sale(late.actor, sale, "想先试用"), join_sale(talks.firm.actor, sale)
    with pytest.raises(Conflict):
        choose_taker(talks.lab.actor, talks.id, first)
    with reading() as session:
        end = session.get_one(Sale, sale).ends_at
    with clock.at(end):
        with pytest.raises(Conflict):
            join_sale(make.enterprise().actor, sale)
        assert [close_sales(SETTINGS) for _ in range(2)] == [1, 0]
        assert talks.case.next_step == "确认受让方"
        with pytest.raises(Invalid):
            choose_taker(talks.lab.actor, talks.id, second)
        with pytest.raises(NotFound):
            choose_taker(talks.lab.actor, talks.id, 999)
        with pytest.raises(NotFound):
            choose_taker(talks.firm.actor, talks.id, second)
        choose_taker(talks.lab.actor, talks.id, second, "已完成对比试验")
        with pytest.raises(NotFound):
            choose_taker(talks.lab.actor, talks.id, first)
    assert state_of(sale) == ("sold", "agreed", talks.firm.actor.org_id)
    with reading() as session:
        assert session.get_one(Sale, sale).reason == "已完成对比试验"
        taken = session.scalars(select(Delivery.user_id).where(Delivery.kind == "sale_taken")).all()
    assert sorted(taken) == sorted([talks.lab.id, talks.broker.id] * 2)


def test_a_listing_nobody_wanted(database: Settings) -> None:
    """It ends by itself; the case can try another route."""
    talks = Talks()
    sale = open_listing(talks.lab.actor, talks.id, ListingInput(price=Decimal(50), days=20))
    with clock.at(clock.now() + 40 * DAY):
        assert close_sales(SETTINGS) == 1
    assert state_of(sale)[:2] == ("unsold", "failed")
    open_auction(talks.lab.actor, talks.id, auction_input())


def test_withdrawing_a_sale(database: Settings) -> None:
    """The owner while nobody takes part, then operators only; with a reason; no bid afterwards."""
    auction = Auction()
    with pytest.raises(Conflict):
        withdraw_sale(auction.lab.actor, auction.id, "改主意了")
    with pytest.raises(Invalid):
        withdraw_sale(auction.staff.actor, auction.id, " ")
    withdraw_sale(auction.staff.actor, auction.id, "权属有争议")
    with pytest.raises(Conflict):
        auction.bid(0, "100")
    assert (state_of(auction.sale)[:2], auction.pricing) == (("withdrawn", "withdrawn"), None)


def test_an_ended_case_ends_its_sale(database: Settings) -> None:
    """No bid from that moment on; the calendar takes it down."""
    auction = Auction()
    auction.bid(0, "100")
    end_case(auction.broker.actor, auction.id, auction.case.version, EndReason.FUNDS)
    with pytest.raises(Conflict):
        auction.bid(1, "110")
    assert close_sales(SETTINGS) == 1
    assert state_of(auction.sale)[0] == "withdrawn"


def test_bids_leave_no_amount_in_the_audit(database: Settings) -> None:
    """One event for each bid, naming it by number."""
    auction = Auction()
    auction.bid(0, "123.4567")
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "sale.bid")).all()
    assert len(events) == 1
    assert not [figure for figure in ("123.4567", "1234567") if figure in str(events[0].changes)]


def test_no_side_breaks_off_a_sale_in_which_others_take_part(database: Settings) -> None:
    """Attack: the owner, or the firm that was outbid, ends the case to undo the auction; alone in it they may."""
    auction = Auction()
    auction.bid(1, "100")
    for side in (auction.lab, auction.firm):
        with pytest.raises(Conflict, match="公开交易"):
            end_case(side.actor, auction.id, auction.case.version, EndReason.PRICE)
    assert auction.case.state == CaseState.PRICING
    end_case(auction.broker.actor, auction.id, auction.case.version, EndReason.PRICE)
    open_sale = Talks()
    open_auction(open_sale.lab.actor, open_sale.id, auction_input())
    end_case(open_sale.lab.actor, open_sale.id, open_sale.case.version, EndReason.PRICE)
    assert open_sale.case.state == CaseState.ENDED


def test_whoever_took_part_hears_that_it_was_taken_back(database: Settings) -> None:
    """By an operator, or because its case ended: each participant once, however often the calendar looks."""
    withdrawn, ended = Auction(), Auction()
    withdraw_sale(withdrawn.staff.actor, withdrawn.id, "权属有争议")
    end_case(ended.broker.actor, ended.id, ended.case.version, EndReason.FUNDS)
    assert [close_sales(SETTINGS), close_sales(SETTINGS)] == [1, 0]
    with reading() as session:
        for auction in (withdrawn, ended):
            key = f"sale-{auction.sale}"
            told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "sale_ended", Delivery.key == key)).all()
            assert sorted(told) == sorted([auction.firm.id, auction.lab.id, auction.broker.id, auction.bidders[1].id])
