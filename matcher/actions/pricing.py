"""Settle the price of a case: propose, confirm by both sides, withdraw."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.opening import add_event, enter, tell_parties
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import free_text
from matcher.inputs.pricing import PriceInput
from matcher.messages import msg
from matcher.models import Case, CaseFile, DeliveryKind, Organisation, Pricing
from matcher.permissions import find, require, side_of
from matcher.pricing.current import current_pricing, sale_of
from matcher.pricing.owners import is_public
from matcher.pricing.terms import BETWEEN_PARTIES, STANDING, NoticeState, PricingState, SaleState
from matcher.vocabulary import Audience, CaseState

REASON_LENGTH = 500
# a price can be settled and changed until the contract is signed
NEGOTIATING = frozenset({CaseState.PRICING, CaseState.NOTICE})


def find_negotiated(session: Session, actor: Actor, action_name: str, case_id: int) -> Case:
    """The locked case if the action is allowed; `Conflict` when no price is settled at this stage."""
    case = find_case(session, actor, action_name, case_id)
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    if case.state not in NEGOTIATING:
        raise Conflict(msg("只有在“议价”阶段才能商定价格。"))
    return case


def _open_proposal(session: Session, case: Case) -> Pricing | None:
    """The open proposal, if any; `Conflict` when the price is settled or being found in the open."""
    current = current_pricing(session, case.id)
    if current is None:
        return None
    if current.state == PricingState.AGREED:
        raise Conflict(msg("价格已商定。要改变价格，请先撤回。"))
    if sale_of(session, current) is not None:
        raise Conflict(msg("正在公开交易，成交之前不能另行定价。"))
    return current


def replace_proposal(session: Session, case: Case) -> None:
    """Make room for a new price: an open proposal is withdrawn, and its confirmations with it."""
    current = _open_proposal(session, case)
    if current is not None:
        current.state, current.updated_at = PricingState.WITHDRAWN, clock.now()
        session.flush()


@action("price.propose")
def propose_price(session: Session, actor: Actor, case_id: int, given: PriceInput) -> int:
    """Propose a price settled between the parties; replaces an open proposal, so its confirmations are void. The id."""
    case = find_negotiated(session, actor, "price.write", case_id)
    current, values = _open_proposal(session, case), given.model_dump()
    if current is not None and all(getattr(current, name) == value for name, value in values.items()):
        raise Conflict(msg("这个价格已经提出，等对方确认。"))
    replace_proposal(session, case)
    if given.valuation_file_id is not None and not _is_file_of(session, case, given.valuation_file_id):
        raise Invalid({"valuation_file_id": msg("请从列表中选择。")})
    pricing = new_pricing(session, case, **values)
    side = side_of(actor, case)
    if side is not None:
        setattr(pricing, f"{side}_confirmed_at", clock.now())
    add_event(
        session, case, actor, "price_proposed", given.terms, route=given.route, amount=str(given.amount)
    )
    audit.record(session, actor, "price.propose", case, route=given.route)
    return pricing.id


def new_pricing(session: Session, case: Case, **values: object) -> Pricing:
    """A new attempt at a price, open."""
    moment = clock.now()
    pricing = Pricing(
        case_id=case.id, state=PricingState.OPEN, created_at=moment, updated_at=moment, **values
    )
    session.add(pricing)
    session.flush()
    return pricing


def _is_file_of(session: Session, case: Case, file_id: int) -> bool:
    found = select(CaseFile.id).where(
        CaseFile.id == file_id, CaseFile.case_id == case.id, CaseFile.audience == Audience.BOTH
    )
    return session.scalar(found) is not None


@action("price.confirm")
def confirm_price(session: Session, actor: Actor, case_id: int, pricing_id: int) -> None:
    """One side says yes to exactly this proposal; with the second yes the price is agreed."""
    case = find_negotiated(session, actor, "price.confirm", case_id)
    side = side_of(actor, case)
    if side is None:
        raise NotAllowed
    pricing = current_pricing(session, case.id)
    if pricing is None or pricing.id != pricing_id or pricing.route not in BETWEEN_PARTIES:
        raise Conflict(msg("这个报价已经改变，请看最新的报价再确认。"))
    if getattr(pricing, f"{side}_confirmed_at") is not None:
        raise Conflict(msg("您已经确认过这个价格。"))
    setattr(pricing, f"{side}_confirmed_at", clock.now())
    if pricing.need_confirmed_at and pricing.offer_confirmed_at:
        agree(session, actor, case, pricing)
    else:
        add_event(session, case, actor, "price_confirmed", side=side)
    audit.record(session, actor, "price.confirm", case, side=side)


def agree(session: Session, actor: Actor, case: Case, pricing: Pricing) -> None:
    """The price is agreed; whether it must be published is settled here and for good."""
    owner = session.get_one(Organisation, case.offer_org_id)
    moment = clock.now()
    pricing.state, pricing.agreed_at, pricing.updated_at = PricingState.AGREED, moment, moment
    pricing.notice_due = pricing.route in BETWEEN_PARTIES and is_public(owner)
    case.updated_at = moment
    add_event(session, case, actor, "price_agreed", route=pricing.route, amount=str(pricing.amount))
    tell_parties(session, case, DeliveryKind.PRICE_AGREED, key=f"pricing-{pricing.id}", pricing_id=pricing.id)


@action("price.withdraw")
def withdraw_price(session: Session, actor: Actor, case_id: int, pricing_id: int, reason: str) -> None:
    """Take an open or agreed price back, with a reason; its notice ends with it and the case goes back to 议价."""
    case = find_negotiated(session, actor, "price.write", case_id)
    text = free_text("reason", reason, REASON_LENGTH)
    if not text:
        raise Invalid({"reason": msg("请填写。")})
    pricing = current_pricing(session, case.id)
    if pricing is None or pricing.id != pricing_id:
        raise Conflict(msg("这个价格已经撤回或改变。"))
    sale = sale_of(session, pricing)
    if sale is not None and sale.state == SaleState.OPEN:
        raise Conflict(msg("正在公开交易，请在交易页面撤回。"))
    fail(session, actor, case, pricing, PricingState.WITHDRAWN)
    add_event(session, case, actor, "price_withdrawn", text)
    audit.record(session, actor, "price.withdraw", case)


def fail(session: Session, actor: Actor, case: Case, pricing: Pricing, state: PricingState) -> None:
    """End this attempt at a price: its notice goes with it, and a case at 公示 goes back to 议价."""
    pricing.state, pricing.updated_at = state, clock.now()
    if pricing.notice is not None and pricing.notice.state in STANDING:
        pricing.notice.state, pricing.notice.closed_at = NoticeState.WITHDRAWN, clock.now()
    if case.state == CaseState.NOTICE:
        enter(case, CaseState.PRICING)
        case.version += 1
        add_event(session, case, actor, "moved", state=CaseState.PRICING)


@action("organisation.set_public")
def set_public(session: Session, actor: Actor, organisation_id: int, *, public: bool | None) -> None:
    """An operator says whether an organisation is publicly funded; None leaves it to the kind of organisation."""
    require(actor, "organisation.review")
    organisation = find(session, actor, "organisation.review", Organisation, organisation_id, lock=True)
    if organisation is None:
        raise NotFound
    organisation.is_public = public
    organisation.updated_at = clock.now()
    audit.record(session, actor, "organisation.set_public", organisation, public=str(public))
