"""Share a payment by the rights table of its day (M53)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.mail import members, plan_mail
from matcher.actions.opening import add_event
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Conflict, NotFound
from matcher.messages import msg
from matcher.models import (
    Achievement,
    BenefitShare,
    Contract,
    DeliveryKind,
    Distribution,
    Payment,
)
from matcher.money import Yuan
from matcher.rights.sharing import percents_of, shares_of
from matcher.rights.tables import valid_on, versions_of


@action("shares.compute")
def compute_shares(session: Session, actor: Actor, case_id: int, payment_id: int) -> int:
    """The distribution of one payment, once; its id. Refused for a cancelled payment and without a table of its day."""
    case = find_case(session, actor, "shares.compute", case_id)
    payment = session.scalar(
        select(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .where(Payment.id == payment_id, Contract.case_id == case.id)
    )
    if payment is None:
        raise NotFound
    if session.scalar(select(Distribution.id).where(Distribution.payment_id == payment.id)):
        raise AlreadyDone(msg("这笔到账已经分配。"))
    if payment.cancelled_at is not None:
        raise Conflict(msg("这笔到账已经作废，不能分配。"))
    # a table that is set down meanwhile waits, and then sees that this payment was shared
    session.get_one(Achievement, case.achievement_id, with_for_update=True)
    table = valid_on(versions_of(session, case.achievement_id), payment.paid_on)
    if table is None:
        raise Conflict(msg("成果在 %(day)s 没有有效的权属表，请先登记。", day=payment.paid_on))
    net = Yuan(payment.amount - payment.fee - payment.vat)
    if net <= 0:
        raise Conflict(msg("扣除管理费用和增值税后没有可分配的金额。"))
    percents, amounts = percents_of(table), shares_of(net, table)
    found = Distribution(
        case_id=case.id,
        payment_id=payment.id,
        table_id=table.id,
        net=net,
        author_id=actor.user_id,
        created_at=clock.now(),
        shares=[
            BenefitShare(
                kind=who.kind,
                name=who.name,
                organisation_id=who.organisation_id,
                basis=who.basis,
                percent=f"{percent.normalize():f}",
                amount=amounts[who],
            )
            for who, percent in percents.items()
        ],
    )
    session.add(found)
    session.flush()
    add_event(session, case, actor, "shared", distribution_id=found.id)
    _tell(session, found, but=actor.user_id)
    audit.record(session, actor, "shares.compute", found, payment_id=payment.id)
    return found.id


def _tell(session: Session, found: Distribution, but: int | None) -> None:
    """A mail to the members of each organisation that looks after a recipient's statement."""
    organisations = {share.organisation_id for share in found.shares if share.organisation_id is not None}
    people = {user.id: user for org_id in sorted(organisations) for user in members(session, org_id)}
    for user in people.values():
        if user.id != but:
            plan_mail(session, user, DeliveryKind.STATEMENT, distribution_id=found.id)
