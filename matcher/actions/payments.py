"""到账: money that has arrived, each with its proof. A mistake is cancelled with a reason; nothing is changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.contracts import SIGNED_STATES, find_contract, paid_sum
from matcher.actions.opening import add_event
from matcher.actions.proofs import keep_proof
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.claims.terms import ClaimState
from matcher.contracts.registration import check_day
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.inputs.base import free_line
from matcher.inputs.contracts import PaymentInput
from matcher.messages import msg
from matcher.models import CaseFile, Claim, Contract, Distribution, Payment
from matcher.money import yuan

REASON_LIMIT = 300


@action("payment.record")
def record_payment(
    session: Session, actor: Actor, case_id: int, given: PaymentInput, proof: CaseFile
) -> int:
    """Enter a payment with its proof; its id. All payments together never exceed the contract's amount.

    The case is locked meanwhile, so that two payments at once cannot each find room for themselves.
    """
    contract = find_contract(session, actor, "payment.record", case_id)
    if contract.case.state not in SIGNED_STATES:
        raise Conflict(msg("签约之后才能登记到账。"))
    earliest = contract.signed or date.min
    check_day("paid_on", given.paid_on, clock.today(get_settings().zone), earliest, msg("到账日期不能早于合同签订日期。"))
    file = keep_proof(session, actor, contract.case, proof)
    _check_unused(contract, file, given)
    _check_room(session, contract, given)
    payment = Payment(
        contract_id=contract.id,
        **given.model_dump(),
        proof_id=file.id,
        recorder_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(payment)
    session.flush()
    add_event(
        session, contract.case, actor, "payment", file.name, amount=f"{given.amount:.2f}", file_id=file.id
    )
    audit.record(session, actor, "payment.record", payment)
    return payment.id


@action("payment.cancel")
def cancel_payment(session: Session, actor: Actor, case_id: int, payment_id: int, reason: str) -> None:
    """Take a wrong entry out of the sums; it stays to be seen, with the reason."""
    contract = find_contract(session, actor, "payment.cancel", case_id)
    payment = next((each for each in contract.payments if each.id == payment_id), None)
    if payment is None:
        raise NotFound
    if payment.cancelled_at is not None:
        raise AlreadyDone(msg("这笔到账已经作废。"))
    if session.scalar(select(Distribution.id).where(Distribution.payment_id == payment.id)):
        raise Conflict(msg("这笔到账已经分配，不能作废。"))
    claimed = select(Claim.id).where(Claim.contract_id == contract.id, Claim.state != ClaimState.REFUSED)
    if session.scalar(claimed.limit(1)):
        raise Conflict(msg("已有补助申请按到账计算，处理之前不能作废。"))
    words = free_line("reason", reason, REASON_LIMIT)
    if not words:
        raise Invalid({"reason": msg("请写明作废的原因。")})
    payment.cancelled_at, payment.cancel_reason = clock.now(), words
    add_event(session, contract.case, actor, "payment_cancelled", words, amount=f"{payment.amount:.2f}")
    audit.record(session, actor, "payment.cancel", payment)


def _check_unused(contract: Contract, file: CaseFile, given: PaymentInput) -> None:
    """A proof stands for one payment: the same form sent twice is one, another payment needs a proof of its own."""
    for payment in contract.payments:
        if payment.proof_id == file.id and payment.cancelled_at is None:
            if (payment.amount, payment.paid_on) == (given.amount, given.paid_on):
                raise AlreadyDone(msg("这笔到账已经登记。"))
            raise Invalid({"file": msg("这份凭证已用于另一笔到账。")})


def _check_room(session: Session, contract: Contract, given: PaymentInput) -> None:
    total = contract.amount_total or yuan(0)
    room = total - paid_sum(session, contract.id)
    if given.amount > room:
        raise Invalid(
            {
                "amount": msg(
                    "到账合计不能超过合同总额 %(total)s 元，还可以登记 %(room)s 元。",
                    total=f"{total:,.2f}",
                    room=f"{room:,.2f}",
                )
            }
        )
