"""挂牌 and 拍卖: open them, take part, choose a taker, withdraw. Bids and the end of an auction: `matcher.actions.auctions`."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.cases import require_going_on
from matcher.actions.mail import members, plan_mail
from matcher.actions.opening import add_event, set_due, tell_parties
from matcher.actions.pricing import agree, fail, find_negotiated, new_pricing, replace_proposal
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import free_line, free_text
from matcher.inputs.pricing import AuctionInput, ListingInput
from matcher.messages import msg
from matcher.models import Achievement, Case, Delivery, DeliveryKind, Pricing, Sale, SaleParticipant, User
from matcher.permissions import require
from matcher.pricing.period import lasts_until
from matcher.pricing.terms import PricingState, Route, SaleState
from matcher.vocabulary import CaseState

NOTE_LENGTH, REASON_LENGTH = 500, 500
MOST_DAYS = 90


@action("sale.list")
def open_listing(session: Session, actor: Actor, case_id: int, given: ListingInput) -> int:
    """Offer the case's achievement at a fixed price for some days, to whoever registers. The sale's id."""
    case = find_negotiated(session, actor, "sale.open", case_id)
    fewest = get_settings().listing_days
    if given.days < fewest:
        raise Invalid({"days": msg("至少 %(days)s 天。", days=fewest)})
    sale = _open(session, actor, case, Route.LISTING, lasts_until(clock.now(), given.days), price=given.price)
    audit.record(session, actor, "sale.list", case)
    return sale.id


@action("sale.auction")
def open_auction(session: Session, actor: Actor, case_id: int, given: AuctionInput) -> int:
    """Announce an English auction of the case's achievement. The sale's id."""
    case = find_negotiated(session, actor, "sale.open", case_id)
    _check_end(given.ends_at)
    values = given.model_dump(exclude={"ends_at"})
    sale = _open(session, actor, case, Route.AUCTION, given.ends_at, **values)
    audit.record(session, actor, "sale.auction", case)
    return sale.id


def _check_end(ends_at: datetime) -> None:
    fewest, moment = get_settings().auction_days, clock.now()
    if ends_at <= moment or ends_at < moment + timedelta(days=fewest):
        raise Invalid({"ends_at": msg("结束时间至少在 %(days)s 天之后。", days=fewest)})
    if ends_at > moment + timedelta(days=MOST_DAYS):
        raise Invalid({"ends_at": msg("结束时间最多在 %(days)s 天之后。", days=MOST_DAYS)})


def _open(
    session: Session, actor: Actor, case: Case, route: Route, ends_at: datetime, **values: object
) -> Sale:
    require_going_on(case)
    if case.state != CaseState.PRICING:
        raise Conflict(msg("只有在“议价”阶段才能商定价格。"))
    replace_proposal(session, case)
    sale = Sale(
        pricing_id=new_pricing(session, case, route=route).id,
        owner_id=case.offer_org_id,
        title=session.get_one(Achievement, case.achievement_id).title,
        state=SaleState.OPEN,
        starts_at=clock.now(),
        ends_at=ends_at,
        **values,
    )
    session.add(sale)
    session.flush()
    set_due(case, ends_at)
    case.updated_at = clock.now()
    add_event(session, case, actor, "sale_opened", route=route, sale_id=sale.id)
    return sale


def lock_sale(session: Session, sale_id: int) -> Sale:
    """The sale as nobody else can change it now; `NotFound` when there is none."""
    query = select(Sale).where(Sale.id == sale_id).with_for_update(of=Sale)
    sale = session.scalar(query.execution_options(populate_existing=True))
    if sale is None:
        raise NotFound
    return sale


def lock_case_of(session: Session, sale_id: int) -> Case:
    """The locked case of a sale: whoever needs both takes the case first."""
    query = (
        select(Case)
        .join(Pricing, Pricing.case_id == Case.id)
        .join(Sale, Sale.pricing_id == Pricing.id)
        .where(Sale.id == sale_id)
        .with_for_update(of=Case)
    )
    case = session.scalar(query)
    if case is None:
        raise NotFound
    return case


def find_sale(session: Session, case: Case) -> Sale:
    """The locked sale that the case's price comes from; `NotFound` when there is none under way."""
    sale_id = session.scalar(
        select(Sale.id)
        .join(Pricing, Pricing.id == Sale.pricing_id)
        .where(Pricing.case_id == case.id, Sale.state == SaleState.OPEN)
    )
    return lock_sale(session, sale_id or 0)


def require_stranger(actor: Actor, sale: Sale, case: Case) -> None:
    """Neither the owner's people nor the case's own broker take part in the sale."""
    if actor.org_id == sale.owner_id or actor.user_id == case.broker_id:
        raise NotAllowed(msg("出让方和本工单的经纪人不能参加这场交易。"))


def require_running(sale: Sale, case: Case) -> None:
    """By our clock the sale is open at this moment."""
    if sale.state != SaleState.OPEN or sale.ends_at <= clock.now() or case.state == CaseState.ENDED:
        raise Conflict(msg("交易已经结束。"))


def own_part(session: Session, actor: Actor, sale: Sale) -> SaleParticipant | None:
    """The actor's organisation's part in the sale."""
    query = select(SaleParticipant).where(SaleParticipant.sale_id == sale.id)
    return session.scalar(query.where(SaleParticipant.organisation_id == actor.org_id))


@action("sale.join")
def join_sale(session: Session, actor: Actor, sale_id: int, note: str = "") -> int:
    """Register an organisation's wish to take it: at the listed price, or to bid once its deposit is recorded."""
    require(actor, "sale.join")
    sale = lock_sale(session, sale_id)
    case = session.get_one(Case, sale.pricing.case_id)
    require_stranger(actor, sale, case)
    require_running(sale, case)
    if own_part(session, actor, sale) is not None:
        raise Conflict(msg("您的单位已经登记。"))
    part = SaleParticipant(
        sale_id=sale.id,
        organisation_id=actor.org_id,
        user_id=actor.user_id,
        note=free_text("note", note, NOTE_LENGTH),
        created_at=clock.now(),
    )
    session.add(part)
    session.flush()
    _tell_owner(session, case, sale, part)
    audit.record(session, actor, "sale.join", sale)
    return part.id


def _tell_owner(session: Session, case: Case, sale: Sale, part: SaleParticipant) -> None:
    broker = session.get(User, case.broker_id) if case.broker_id else None
    people = [*members(session, sale.owner_id), *([broker] if broker else [])]
    for user in {user.id: user for user in people}.values():
        plan_mail(session, user, DeliveryKind.SALE_TAKEN, key=f"part-{part.id}", sale_id=sale.id)


@action("sale.choose")
def choose_taker(session: Session, actor: Actor, case_id: int, part_id: int, reason: str = "") -> None:
    """Confirm who takes a listing once its term is over: the first to register, or another with a reason that is kept."""
    case = find_negotiated(session, actor, "sale.choose", case_id)
    sale = find_sale(session, case)
    if sale.pricing.route != Route.LISTING or sale.ends_at > clock.now():
        raise Conflict(msg("挂牌期满后才能确认受让方。"))
    parts = list(
        session.scalars(
            select(SaleParticipant).where(SaleParticipant.sale_id == sale.id).order_by(SaleParticipant.id)
        )
    )
    chosen = next((part for part in parts if part.id == part_id), None)
    if chosen is None:
        raise NotFound
    sale.reason = free_line("reason", reason, REASON_LENGTH)
    if chosen is not parts[0] and not sale.reason:
        raise Invalid({"reason": msg("不选最先登记的单位，请写明理由。")})
    award(session, actor, case, sale, chosen, sale.price)
    audit.record(session, actor, "sale.choose", sale, first=chosen is parts[0])


def award(
    session: Session, actor: Actor, case: Case, sale: Sale, part: SaleParticipant, price: Decimal
) -> None:
    """Somebody takes it. The case's own enterprise: the price is agreed. Another: this case has no price."""
    sale.state, sale.closed_at = SaleState.SOLD, clock.now()
    sale.winner_id, sale.final_price = part.organisation_id, price
    pricing = sale.pricing
    pricing.amount = sale.final_price
    own = part.organisation_id == case.need_org_id
    add_event(session, case, actor, "sale_sold", amount=str(price), own=own)
    if own:
        agree(session, actor, case, pricing)
    else:
        fail(session, actor, case, pricing, PricingState.TAKEN)
    tell_end(session, case, sale)


def tell_end(session: Session, case: Case, sale: Sale) -> None:
    """Both sides, the broker and everybody who took part hear how it ended; each once."""
    key = f"sale-{sale.id}"
    tell_parties(session, case, DeliveryKind.SALE_ENDED, key=key, sale_id=sale.id, ended=True)
    session.flush()
    told = select(Delivery.user_id).where(Delivery.kind == DeliveryKind.SALE_ENDED, Delivery.key == key)
    others = select(SaleParticipant.user_id).where(SaleParticipant.sale_id == sale.id)
    for user in list(session.scalars(select(User).where(User.id.in_(others), User.id.not_in(told)))):
        plan_mail(session, user, DeliveryKind.SALE_ENDED, key=key, sale_id=sale.id, ended=True)


@action("sale.withdraw")
def withdraw_sale(session: Session, actor: Actor, case_id: int, reason: str) -> None:
    """Take a sale back: the owner while nobody takes part, an operator at any time; with a reason."""
    case = find_negotiated(session, actor, "sale.withdraw", case_id)
    sale = find_sale(session, case)
    text = free_line("reason", reason, REASON_LENGTH)
    if not text:
        raise Invalid({"reason": msg("请填写。")})
    if sale.participants and not actor.is_operator:
        raise Conflict(msg("已有单位登记，只有运营人员能撤回这场交易。"))
    sale.state, sale.closed_at, sale.reason = SaleState.WITHDRAWN, clock.now(), text
    fail(session, actor, case, sale.pricing, PricingState.WITHDRAWN)
    add_event(session, case, actor, "sale_withdrawn", text)
    tell_end(session, case, sale)
    audit.record(session, actor, "sale.withdraw", sale)
