"""Bids, deposits and the end of a sale. Each bid holds the auction's row, so bids stand in one order on every database."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.mail import plan_mail
from matcher.actions.opening import add_event, set_due
from matcher.actions.pricing import fail, find_negotiated
from matcher.actions.registry import action
from matcher.actions.sales import (
    award,
    find_sale,
    lock_case_of,
    lock_sale,
    own_part,
    require_running,
    require_stranger,
    tell_end,
)
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.messages import msg
from matcher.models import Bid, Case, DeliveryKind, Pricing, Sale, SaleParticipant
from matcher.permissions import require
from matcher.pricing.bidding import extended, least_bid, meets_reserve
from matcher.pricing.terms import PricingState, Route, SaleState
from matcher.vocabulary import CaseParty, CaseState
from matcher.workdays import due_after

CHOOSE = msg("确认受让方")
CHOOSING_WORKDAYS = 5


@action("sale.deposit")
def record_deposit(session: Session, actor: Actor, case_id: int, part_id: int) -> None:
    """The broker or an operator records that a bidder's deposit was received; no money moves here."""
    case = find_negotiated(session, actor, "sale.deposit", case_id)
    sale = find_sale(session, case)
    part = session.get(SaleParticipant, part_id)
    if part is None or part.sale_id != sale.id or sale.pricing.route != Route.AUCTION:
        raise NotFound
    require_running(sale, case)
    if part.deposit_at is not None:
        raise Conflict(msg("保证金已经登记。"))
    part.deposit_at, part.deposit_by_id = clock.now(), actor.user_id
    audit.record(session, actor, "sale.deposit", sale, part=part.id)


@action("sale.bid")
def place_bid(session: Session, actor: Actor, sale_id: int, amount: Decimal) -> int:
    """Bid `amount` 万元. Judged by our clock once the auction's row is held, never by what a browser says."""
    require(actor, "sale.bid")
    sale = lock_sale(session, sale_id)
    case = session.get_one(Case, sale.pricing.case_id)
    require_stranger(actor, sale, case)
    require_running(sale, case)
    part = own_part(session, actor, sale)
    if sale.pricing.route != Route.AUCTION or sale.increment is None:
        raise Conflict(msg("这不是拍卖。"))
    if part is None or part.deposit_at is None:
        raise Conflict(msg("经纪人登记收到保证金后才能出价。"))
    highest = highest_bid(session, sale)
    _check_bid(sale, part, highest, amount)
    moment = clock.now()
    bid = Bid(sale_id=sale.id, participant_id=part.id, user_id=actor.user_id, amount=amount, placed_at=moment)
    session.add(bid)
    session.flush()
    sale.ends_at = extended(sale.ends_at, moment, sale.extension_minutes)
    if highest is not None:
        plan_mail(session, highest.user, DeliveryKind.OUTBID, key=f"bid-{bid.id}", sale_id=sale.id)
    audit.record(session, actor, "sale.bid", sale, bid=bid.id)
    return bid.id


def _check_bid(sale: Sale, part: SaleParticipant, highest: Bid | None, amount: Decimal) -> None:
    assert sale.increment is not None
    if highest is not None and highest.participant_id == part.id:
        raise Conflict(msg("目前最高的出价就是您的。"))
    least = least_bid(sale.price, sale.increment, highest.amount if highest else None)
    if amount < least:
        raise Invalid({"amount": msg("至少出价 %(least)s 万元。", least=f"{least.normalize():f}")})


def highest_bid(session: Session, sale: Sale) -> Bid | None:
    """The bid that would win now."""
    return session.scalar(select(Bid).where(Bid.sale_id == sale.id).order_by(Bid.amount.desc()).limit(1))


def due_sales(session: Session) -> list[int]:
    """Numbers of sales that the clocks must look at: time is up and not seen yet, or of a case that has ended."""
    query = (
        select(Sale.id)
        .join(Pricing, Pricing.id == Sale.pricing_id)
        .join(Case, Case.id == Pricing.case_id)
        .where(
            Sale.state == SaleState.OPEN,
            ((Sale.ends_at <= clock.now()) & Sale.closed_at.is_(None)) | (Case.state == CaseState.ENDED),
        )
    )
    return list(session.scalars(query.order_by(Sale.id)))


@action("sale.close")
def close_sale(session: Session, actor: Actor, sale_id: int) -> None:
    """Confirm what time has decided (run by the calendar): an auction's winner, a listing nobody wanted, or its takers."""
    if not actor.system:
        raise NotAllowed
    case = lock_case_of(session, sale_id)
    sale = lock_sale(session, sale_id)
    if sale.state != SaleState.OPEN or (sale.closed_at is not None and case.state != CaseState.ENDED):
        raise Conflict(msg("交易已经结束。"))
    if case.state == CaseState.ENDED:
        sale.state, sale.closed_at = SaleState.WITHDRAWN, clock.now()
        sale.pricing.state = PricingState.WITHDRAWN
        tell_end(session, case, sale)
    elif sale.ends_at > clock.now():
        raise Conflict(msg("交易还没有结束。"))
    elif sale.pricing.route == Route.LISTING and sale.participants:
        _ask_for_choice(session, actor, case, sale)
    else:
        _settle(session, actor, case, sale)
    audit.record(session, actor, "sale.close", sale, state=sale.state)


def _ask_for_choice(session: Session, actor: Actor, case: Case, sale: Sale) -> None:
    sale.closed_at = clock.now()
    case.next_step, case.next_party = CHOOSE.text, CaseParty.OFFER
    set_due(case, due_after(clock.now(), CHOOSING_WORKDAYS))
    case.updated_at = clock.now()
    add_event(session, case, actor, "listing_over", count=len(sale.participants))


def _settle(session: Session, actor: Actor, case: Case, sale: Sale) -> None:
    highest = highest_bid(session, sale)
    if highest is not None and meets_reserve(sale.reserve, highest.amount):
        award(session, actor, case, sale, highest.participant, highest.amount)
        return
    sale.state, sale.closed_at = SaleState.UNSOLD, clock.now()
    fail(session, actor, case, sale.pricing, PricingState.FAILED)
    add_event(session, case, actor, "sale_unsold")
    tell_end(session, case, sale)
