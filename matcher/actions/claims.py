"""Claim a subsidy or reward from a registered contract: apply, check, approve or refuse, pay (M05, M56)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.mail import plan_mail
from matcher.actions.opening import add_event, next_number
from matcher.actions.registry import action
from matcher.actions.vouchers import REMARK, today
from matcher.actor import Actor
from matcher.claims.facts import facts_of
from matcher.claims.rules import amount_of, claim_rules, lacking, worked
from matcher.claims.terms import ClaimState
from matcher.errors import AlreadyDone, Conflict, Invalid
from matcher.inputs.base import free_text
from matcher.messages import msg
from matcher.models import Claim, Contract, DeliveryKind, User
from matcher.permissions import find, side_of
from matcher.workdays import local_day


@action("claim.apply")
def apply_for_claim(session: Session, actor: Actor, case_id: int, rule_code: str) -> int:
    """One side claims by one rule, once for the contract; the claim's id. What is missing is named."""
    case = find_case(session, actor, "claim.apply", case_id)
    rule, side = claim_rules().get(rule_code), side_of(actor, case)
    if rule is None or rule.side != side:
        raise Invalid({"rule": msg("请选择一项可以申请的政策。")})
    contract = session.scalar(select(Contract).where(Contract.case_id == case.id))
    if contract is None:
        raise Conflict(msg("还缺少以下条件："), [msg("技术合同已认定登记"), msg("有凭证的到账记录")])
    taken = select(Claim.id).where(
        Claim.contract_id == contract.id, Claim.side == side, Claim.rule == rule.code
    )
    if session.scalar(taken):
        raise AlreadyDone(msg("这项政策已经申请过。"))
    facts = facts_of(contract)
    missing = lacking(rule, facts)
    if missing:
        raise Conflict(msg("还缺少以下条件："), missing)
    assert actor.org_id is not None
    assert actor.user_id is not None
    claim = Claim(
        number=next_number(session, "BZ", "claim"),
        case_id=case.id,
        contract_id=contract.id,
        organisation_id=actor.org_id,
        side=side,
        rule=rule.code,
        amount=amount_of(rule, facts),
        worked=worked(rule, facts),
        author_id=actor.user_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(claim)
    session.flush()
    add_event(session, case, actor, "claimed", claim.number)
    audit.record(session, actor, "claim.apply", claim, rule=rule.code)
    return claim.id


def _enter(
    session: Session, actor: Actor, claim_id: int, before: ClaimState, after: ClaimState, remark: str = ""
) -> Claim:
    """Move the claim on, with its one audit event; a second press of the same button is `AlreadyDone`."""
    claim = find(session, actor, "claim.decide", Claim, claim_id, lock=True)
    if claim.state == after:
        raise AlreadyDone(msg("这一步已经完成。"))
    if claim.state != before:
        raise Conflict(msg("这项申请现在是“%(state)s”，不能这样做。", state=ClaimState(claim.state).label))
    claim.state, claim.remark, claim.updated_at = after, remark, clock.now()
    audit.record(session, actor, f"claim.{after}", claim)
    return claim


def _tell(session: Session, claim: Claim) -> None:
    user = session.get_one(User, claim.author_id)
    plan_mail(session, user, DeliveryKind.CLAIM, claim_id=claim.id, state=str(claim.state))


@action("claim.check")
def check_claim(session: Session, actor: Actor, claim_id: int) -> None:
    """The operator has compared the claim with contract and proof."""
    _enter(session, actor, claim_id, ClaimState.APPLIED, ClaimState.CHECKED)


@action("claim.decide")
def decide_claim(
    session: Session, actor: Actor, claim_id: int, *, approve: bool, remark: str = ""
) -> None:
    """Approve a checked claim, or refuse it with a reason; the applicant is told."""
    text = free_text("remark", remark, REMARK)
    if not approve and not text:
        raise Invalid({"remark": msg("请写明原因。")})
    after = ClaimState.APPROVED if approve else ClaimState.REFUSED
    _tell(session, _enter(session, actor, claim_id, ClaimState.CHECKED, after, text))


@action("claim.pay")
def pay_claim(session: Session, actor: Actor, claim_id: int, paid_on: date) -> None:
    """The money has gone out on a day that is not to come."""
    if paid_on > today():
        raise Invalid({"paid_on": msg("拨付日期不能晚于今天。")})
    claim = _enter(session, actor, claim_id, ClaimState.APPROVED, ClaimState.PAID)
    if paid_on < (applied := local_day(claim.created_at)):
        raise Invalid({"paid_on": msg("不能早于申请的日期 %(day)s。", day=applied.isoformat())})
    claim.paid_on = paid_on
    _tell(session, claim)
