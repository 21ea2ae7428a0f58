"""A service order paid by voucher: reserve, use, show evidence, settle; or cancel what was only reserved (M55)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actions.vouchers import REMARK, is_over, tell
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Conflict, Invalid
from matcher.inputs.base import free_text
from matcher.inputs.money import AmountInput, OrderInput
from matcher.messages import msg
from matcher.models import CaseFile, Organisation, Voucher, VoucherEvidence, VoucherOrder
from matcher.money import Yuan, yuan
from matcher.permissions import find
from matcher.vocabulary import OrgKind, OrgState
from matcher.vouchers.ledger import transfer
from matcher.vouchers.terms import Account, OrderState, VoucherState

PROVIDERS = (OrgKind.INSTITUTE, OrgKind.AGENCY, OrgKind.ENTERPRISE)


@action("order.reserve")
def reserve(session: Session, actor: Actor, voucher_id: int, given: OrderInput, once: str = "") -> int:
    """Set an amount aside for a provider's service; the order's id. Refused when the voucher is over or holds less."""
    voucher = find(session, actor, "voucher.spend", Voucher, voucher_id, lock=True)
    if once and session.scalar(select(VoucherOrder.id).where(VoucherOrder.once == once)):
        raise AlreadyDone(msg("这笔预留已经提交。"))
    if voucher.state != VoucherState.ISSUED or is_over(voucher):
        raise Conflict(msg("这张券现在不能使用。"))
    provider = session.get(Organisation, given.provider_id)
    if not _can_serve(provider, voucher):
        raise Invalid({"provider_id": msg("请选择一家已核验的服务机构，不能是本单位。")})
    order = VoucherOrder(
        voucher_id=voucher.id,
        provider_id=given.provider_id,
        title=given.title,
        amount=yuan(given.amount),
        once=once or None,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(order)
    session.flush()
    transfer(session, actor, voucher, Account.AVAILABLE, Account.RESERVED, order.amount, order)
    audit.record(session, actor, "order.reserve", order)
    return order.id


def _can_serve(provider: Organisation | None, voucher: Voucher) -> bool:
    return (
        provider is not None
        and provider.state == OrgState.CHECKED
        and provider.kind in PROVIDERS
        and provider.id != voucher.organisation_id
    )


def _order(
    session: Session, actor: Actor, permission: str, order_id: int, *states: OrderState
) -> tuple[VoucherOrder, Voucher]:
    """The order in one of `states` with its voucher's row held, so that the ledger has one writer."""
    order = find(session, actor, permission, VoucherOrder, order_id)
    voucher = session.get_one(Voucher, order.voucher_id, with_for_update=True)
    session.refresh(order)
    if order.state not in states:
        raise Conflict(msg("这笔订单现在是“%(state)s”，不能这样做。", state=OrderState(order.state).label))
    return order, voucher


def _enter(order: VoucherOrder, state: OrderState) -> None:
    order.state, order.updated_at = state, clock.now()


def _give_back(session: Session, actor: Actor, voucher: Voucher, order: VoucherOrder, amount: Yuan) -> None:
    """What is not needed returns to the voucher; once that is over, it lapses."""
    target = Account.LAPSED if is_over(voucher) else Account.AVAILABLE
    transfer(session, actor, voucher, Account.RESERVED, target, amount, order)


@action("order.release")
def release(session: Session, actor: Actor, order_id: int) -> None:
    """The enterprise or the provider cancels what was only reserved."""
    order, voucher = _order(session, actor, "order.release", order_id, OrderState.RESERVED)
    _give_back(session, actor, voucher, order, order.amount)
    _enter(order, OrderState.RELEASED)
    audit.record(session, actor, "order.release", order)


@action("order.use")
def use(session: Session, actor: Actor, order_id: int, given: AmountInput) -> None:
    """The enterprise confirms what the service cost; an order is used once, and a remainder is free again."""
    order, voucher = _order(session, actor, "order.use", order_id, OrderState.RESERVED)
    amount = yuan(given.amount)
    if amount > order.amount:
        raise Invalid({"amount": msg("不能超过预留的 %(reserved)s 元。", reserved=f"{order.amount:.2f}")})
    transfer(session, actor, voucher, Account.RESERVED, Account.USED, amount, order)
    _give_back(session, actor, voucher, order, Yuan(order.amount - amount))
    order.used = amount
    _enter(order, OrderState.USED)
    audit.record(session, actor, "order.use", order)


@action("order.evidence")
def add_evidence(session: Session, actor: Actor, order_id: int, file: CaseFile) -> int:
    """A stored file (see `matcher.files`) that proves the service and its price; the evidence's id."""
    order, _voucher = _order(session, actor, "order.evidence", order_id, OrderState.USED, OrderState.EVIDENCED)
    if any(each.sha256 == file.sha256 for each in order.evidence):
        if order.state == OrderState.USED:  # sent back: the same again is not what was missing
            raise Invalid({"file": msg("这个文件已经提交过，请上传补充的凭证。")})
        raise AlreadyDone(msg("这个文件已经提交。"))
    evidence = VoucherEvidence(
        order_id=order.id,
        uploader_id=actor.user_id or 0,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        storage_key=file.storage_key,
        created_at=clock.now(),
    )
    session.add(evidence)
    _enter(order, OrderState.EVIDENCED)
    session.flush()
    audit.record(session, actor, "order.evidence", order, evidence_id=evidence.id)
    return evidence.id


@action("order.settle")
def settle(session: Session, actor: Actor, order_id: int, given: AmountInput, remark: str = "") -> None:
    """后补助: the operator pays at most what was used; less needs a reason, and the rest lapses."""
    order, voucher = _order(session, actor, "order.settle", order_id, OrderState.EVIDENCED)
    amount, used, text = yuan(given.amount), order.used or Yuan(order.amount), free_text("remark", remark, REMARK)
    if amount > used:
        raise Invalid({"amount": msg("不能超过已使用的 %(used)s 元。", used=f"{used:.2f}")})
    if amount < used and not text:
        raise Invalid({"remark": msg("少于已使用的金额，请写明原因。")})
    transfer(session, actor, voucher, Account.USED, Account.SETTLED, amount, order)
    transfer(session, actor, voucher, Account.USED, Account.LAPSED, Yuan(used - amount), order)
    order.settled, order.remark = amount, text
    _enter(order, OrderState.SETTLED)
    tell(session, voucher, "settled")
    audit.record(session, actor, "order.settle", order)


@action("order.return")
def return_evidence(session: Session, actor: Actor, order_id: int, remark: str) -> None:
    """The evidence does not suffice: back to the two, with what is missing."""
    order, voucher = _order(session, actor, "order.settle", order_id, OrderState.EVIDENCED)
    text = free_text("remark", remark, REMARK)
    if not text:
        raise Invalid({"remark": msg("请写明还缺什么。")})
    order.remark = text
    _enter(order, OrderState.USED)
    tell(session, voucher, "returned")
    audit.record(session, actor, "order.return", order)
