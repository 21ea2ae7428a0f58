"""A voucher's life: an enterprise applies, an operator issues or refuses, the calendar ends it (M55)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.mail import plan_mail
from matcher.actions.opening import next_number
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Conflict, Invalid
from matcher.inputs.base import free_text
from matcher.inputs.money import VoucherApplication, VoucherGrant
from matcher.messages import msg
from matcher.models import Delivery, DeliveryKind, User, Voucher
from matcher.money import yuan
from matcher.permissions import find, require
from matcher.vouchers.ledger import balance, entries_of, transfer
from matcher.vouchers.terms import Account, VoucherState

REMARK = 500
LONGEST = timedelta(days=3 * 366)  # a voucher of more years is a mistyped date
WARN_DAYS = 14


def today() -> date:
    """The date in the configured zone."""
    return clock.today(get_settings().zone)


def tell(session: Session, voucher: Voucher, news: str, key: str | None = None) -> None:
    """A mail to who applied; `news` is what happened, as a code."""
    user = session.get_one(User, voucher.author_id)
    plan_mail(session, user, DeliveryKind.VOUCHER, key=key, voucher_id=voucher.id, news=news)


@action("voucher.apply")
def apply_for_voucher(session: Session, actor: Actor, given: VoucherApplication, once: str = "") -> int:
    """An enterprise asks for a voucher; its id. The same form sent twice is refused with `AlreadyDone`."""
    require(actor, "voucher.apply")
    if once and session.scalar(select(Voucher.id).where(Voucher.once == once)):
        raise AlreadyDone(msg("这份申请已经提交。"))
    assert actor.org_id is not None
    assert actor.user_id is not None
    voucher = Voucher(
        number=next_number(session, "CXQ", "voucher"),
        organisation_id=actor.org_id,
        author_id=actor.user_id,
        service=given.service,
        purpose=given.purpose,
        asked=yuan(given.asked),
        once=once or None,
        created_at=clock.now(),
    )
    session.add(voucher)
    audit.record(session, actor, "voucher.apply", voucher)
    return voucher.id


def _to_decide(session: Session, actor: Actor, voucher_id: int) -> Voucher:
    voucher = find(session, actor, "voucher.decide", Voucher, voucher_id, lock=True)
    if voucher.state != VoucherState.APPLIED:
        raise Conflict(msg("这张券已经处理过。"))
    return voucher


@action("voucher.issue")
def issue_voucher(session: Session, actor: Actor, voucher_id: int, given: VoucherGrant) -> None:
    """Grant at most what was asked for, usable until a day to come."""
    voucher = _to_decide(session, actor, voucher_id)
    errors = {}
    if given.granted > voucher.asked:
        errors["granted"] = msg("不能超过申请的 %(asked)s 元。", asked=f"{voucher.asked:.2f}")
    if not today() <= given.valid_until <= today() + LONGEST:
        errors["valid_until"] = msg("有效期须在今天之后、三年之内。")
    if errors:
        raise Invalid(errors)
    voucher.state, voucher.decided_at = VoucherState.ISSUED, clock.now()
    voucher.granted, voucher.valid_until = yuan(given.granted), given.valid_until
    transfer(session, actor, voucher, Account.ISSUER, Account.AVAILABLE, yuan(given.granted))
    tell(session, voucher, "issued")
    audit.record(session, actor, "voucher.issue", voucher)


@action("voucher.refuse")
def refuse_voucher(session: Session, actor: Actor, voucher_id: int, remark: str) -> None:
    """Refuse, with a reason."""
    voucher = _to_decide(session, actor, voucher_id)
    text = free_text("remark", remark, REMARK)
    if not text:
        raise Invalid({"remark": msg("请写明原因。")})
    voucher.state, voucher.remark, voucher.decided_at = VoucherState.REFUSED, text, clock.now()
    tell(session, voucher, "refused")
    audit.record(session, actor, "voucher.refuse", voucher)


@action("voucher.expire")
def expire_voucher(session: Session, actor: Actor, voucher_id: int) -> None:
    """After its last day what is left lapses; what was reserved in time stays with its orders."""
    voucher = find(session, actor, "voucher.decide", Voucher, voucher_id, lock=True)
    if voucher.state != VoucherState.ISSUED or not is_over(voucher):
        raise Conflict(msg("这张券还没有到期。"))
    left = balance(entries_of(session, voucher.id), Account.AVAILABLE)
    transfer(session, actor, voucher, Account.AVAILABLE, Account.LAPSED, left)
    voucher.state = VoucherState.EXPIRED
    audit.record(session, actor, "voucher.expire", voucher)


@action("voucher.warn")
def warn_of_end(session: Session, actor: Actor, voucher_id: int) -> None:
    """Tell the enterprise once that its voucher ends soon."""
    voucher = find(session, actor, "voucher.decide", Voucher, voucher_id, lock=True)
    if session.scalar(select(Delivery.id).where(Delivery.key == warning_key(voucher.id))):
        raise AlreadyDone(msg("已经提醒过。"))
    tell(session, voucher, "ending", warning_key(voucher.id))
    audit.record(session, actor, "voucher.warn", voucher)


def warning_key(voucher_id: int) -> str:
    """The key of the one warning of a voucher."""
    return f"voucher-{voucher_id}-ending"


def is_over(voucher: Voucher) -> bool:
    """Whether its last day has passed."""
    return voucher.valid_until is not None and voucher.valid_until < today()
