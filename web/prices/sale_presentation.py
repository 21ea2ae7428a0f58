"""A sale as pages show it: to everybody without names, to who takes part with their own place in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from matcher import clock
from matcher.models import Sale
from matcher.pricing.bidding import least_bid
from matcher.pricing.terms import Route, SaleState
from web import format as words
from web.locale import translated


@dataclass(frozen=True)
class BidRow:
    """One bid: by a number, which tells nobody who it is."""

    who: str
    own: bool
    amount: str
    at: datetime


@dataclass(frozen=True)
class SaleView:
    """One listing or auction. `over`: its time is up by our clock, whether the calendar has seen it or not."""

    id: int
    title: str
    owner: str
    route: str
    auction: bool
    price: str
    increment: str
    deposit: str
    extension: int
    state: str
    tone: str
    over: bool
    starts_at: datetime
    ends_at: datetime
    ends: str
    now: str
    count: int
    highest: str
    least: str
    least_wan: str
    final: str
    bids: list[BidRow]


def sale_view(sale: Sale, own_part: int | None = None) -> SaleView:
    """The words for a sale; `own_part` is the reader's organisation's part in it."""
    highest = sale.bids[0].amount if sale.bids else None
    auction = sale.pricing.route == Route.AUCTION
    least = least_bid(sale.price, sale.increment, highest) if sale.increment is not None else sale.price
    state, tone = _state(sale)
    return SaleView(
        id=sale.id,
        title=sale.title,
        owner=sale.owner.name,
        route=translated(Route(sale.pricing.route).label),
        auction=auction,
        price=words.money(sale.price),
        increment=words.money(sale.increment),
        deposit=words.money(sale.deposit),
        extension=sale.extension_minutes,
        state=state,
        tone=tone,
        over=is_over(sale),
        starts_at=sale.starts_at,
        ends_at=sale.ends_at,
        ends=words.clock_time(sale.ends_at),
        now=words.clock_time(clock.now()),
        count=len(sale.participants),
        highest=words.money(highest),
        least=words.money(least),
        least_wan=f"{least.normalize():f}",
        final=words.money(sale.final_price),
        bids=_bids(sale, own_part),
    )


def is_over(sale: Sale) -> bool:
    """Whether nothing more can be done in it."""
    return sale.state != SaleState.OPEN or sale.ends_at <= clock.now()


def _state(sale: Sale) -> tuple[str, str]:
    if sale.state == SaleState.OPEN and is_over(sale):
        return (_("待确认受让方") if sale.closed_at else _("已截止，正在确认结果")), "warn"
    tones = {SaleState.OPEN: "warn", SaleState.SOLD: "ok", SaleState.UNSOLD: "none", SaleState.WITHDRAWN: "none"}
    state = SaleState(sale.state)
    return translated(state.label), tones[state]


def _bids(sale: Sale, own_part: int | None) -> list[BidRow]:
    places = {part.id: place for place, part in enumerate(sale.participants, 1)}
    return [
        BidRow(
            _("您的单位") if bid.participant_id == own_part else _("竞买人 %(number)s", number=places[bid.participant_id]),
            bid.participant_id == own_part,
            words.money(bid.amount),
            bid.placed_at,
        )
        for bid in sale.bids
    ]
