"""The price of a case as it stands, and the conditions that it sets for the steps of the bridge."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matcher import clock
from matcher.models import Case, Notice, Objection, Pricing, Sale
from matcher.money import Wan, Yuan, to_yuan
from matcher.pricing.owners import is_public
from matcher.pricing.terms import CURRENT, NoticeState, ObjectionState, PricingState, SaleState


def current_pricing(session: Session, case_id: int) -> Pricing | None:
    """The case's open or agreed price with its notice; None when there is none."""
    return session.scalar(
        select(Pricing)
        .where(Pricing.case_id == case_id, Pricing.state.in_(CURRENT))
        .options(joinedload(Pricing.notice).selectinload(Notice.objections))
    )


def history(session: Session, case_id: int) -> list[Pricing]:
    """Earlier attempts at a price, newest first."""
    query = select(Pricing).where(Pricing.case_id == case_id, Pricing.state.not_in(CURRENT))
    return list(
        session.scalars(query.options(joinedload(Pricing.notice)).order_by(Pricing.id.desc())).unique()
    )


def sale_of(session: Session, pricing: Pricing) -> Sale | None:
    """The listing or auction that this price comes from, with all who take part."""
    return session.scalar(
        select(Sale)
        .where(Sale.pricing_id == pricing.id)
        .options(selectinload(Sale.participants), selectinload(Sale.bids))
    )


def has_bidders(session: Session, case: Case) -> bool:
    """A listing or an auction of the case is under way, and somebody takes part."""
    pricing = current_pricing(session, case.id)
    sale = sale_of(session, pricing) if pricing is not None else None
    return sale is not None and sale.state == SaleState.OPEN and bool(sale.participants)


def has_agreed_price(session: Session, case: Case) -> bool:
    """Both sides agreed on a price, or a sale in the open gave the case's enterprise the award."""
    pricing = current_pricing(session, case.id)
    return pricing is not None and pricing.state == PricingState.AGREED


def needs_notice(session: Session, case: Case) -> bool:
    """The agreed price must be on public notice before anything is signed."""
    pricing = current_pricing(session, case.id)
    return pricing is not None and pricing.state == PricingState.AGREED and pricing.notice_due


def needs_no_notice(session: Session, case: Case) -> bool:
    """No notice is due: a private owner, or a price that was found in the open.

    An exception may lift the price, never the notice: without a price on the platform a public owner has published none.
    """
    if has_agreed_price(session, case):
        return not needs_notice(session, case)
    return not is_public(case.offer_org)


def notice_is_clear(session: Session, case: Case) -> bool:
    """The notice of the agreed price has ended, by our clock, and no objection to it is open."""
    pricing = current_pricing(session, case.id)
    if pricing is None or pricing.state != PricingState.AGREED or pricing.notice is None:
        return False
    return pricing.notice.state == NoticeState.ENDED or has_run_out(pricing.notice)


def has_run_out(notice: Notice) -> bool:
    """The time of a running notice is over and nobody's objection waits; the clocks then close it."""
    return (
        notice.state == NoticeState.RUNNING and notice.ends_at <= clock.now() and not open_objections(notice)
    )


def open_objections(notice: Notice) -> list[Objection]:
    """Objections that nobody has decided on."""
    return [objection for objection in notice.objections if objection.state == ObjectionState.OPEN]


def agreed_amount(pricing: Pricing | None) -> Yuan | None:
    """The price that both sides agreed on, in 元; None while there is none."""
    if pricing is None or pricing.state != PricingState.AGREED or pricing.amount is None:
        return None
    return to_yuan(Wan(pricing.amount))
