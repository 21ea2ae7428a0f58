"""Log what a case needs in money from outside and where it was referred to (M57). Nothing is lent here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.opening import add_event
from matcher.actions.registry import action
from matcher.actions.vouchers import today
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.inputs.money import FinanceInput, OutcomeInput, ReferralInput
from matcher.messages import msg
from matcher.models import FinanceNeed, FinanceReferral
from matcher.money import yuan
from matcher.permissions import find
from matcher.workdays import local_day


@action("finance.ask")
def ask_for_finance(session: Session, actor: Actor, case_id: int, given: FinanceInput) -> int:
    """One need of each kind for each side; its id."""
    case = find_case(session, actor, "finance.ask", case_id)
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    same = select(FinanceNeed.id).where(
        FinanceNeed.case_id == case.id,
        FinanceNeed.organisation_id == actor.org_id,
        FinanceNeed.kind == given.kind,
    )
    if session.scalar(same):
        raise AlreadyDone(msg("这类融资需求已经登记。"))
    assert actor.org_id is not None
    assert actor.user_id is not None
    need = FinanceNeed(
        case_id=case.id,
        organisation_id=actor.org_id,
        kind=given.kind,
        amount=yuan(given.amount),
        months=given.months,
        purpose=given.purpose,
        author_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(need)
    session.flush()
    add_event(session, case, actor, "finance")  # the timeline is the other side's, too: no figures in it
    audit.record(session, actor, "finance.ask", need)
    return need.id


@action("finance.white_list")
def white_list(session: Session, actor: Actor, need_id: int, *, listed: bool) -> None:
    """The operator puts the enterprise on the science-credit white list for this need, or takes it off."""
    need = find(session, actor, "finance.white_list", FinanceNeed, need_id, lock=True)
    need.white_listed = listed
    audit.record(session, actor, "finance.white_list", need, listed=listed)


@action("finance.refer")
def refer(session: Session, actor: Actor, need_id: int, given: ReferralInput) -> int:
    """Log that an institution was told, once each, on a day that is not to come; the referral's id."""
    need = find(session, actor, "finance.refer", FinanceNeed, need_id, lock=True)
    if given.referred_on > today():
        raise Invalid({"referred_on": msg("日期不能晚于今天。")})
    if given.referred_on < (asked := local_day(need.created_at)):
        raise Invalid({"referred_on": msg("不能早于申请的日期 %(day)s。", day=asked.isoformat())})
    if any(each.institution == given.institution for each in need.referrals):
        raise AlreadyDone(msg("已经推荐给这家机构。"))
    referral = FinanceReferral(
        need_id=need.id,
        institution=given.institution,
        referred_on=given.referred_on,
        author_id=actor.user_id or 0,
        created_at=clock.now(),
    )
    session.add(referral)
    audit.record(session, actor, "finance.refer", need)
    session.flush()
    return referral.id


@action("finance.outcome")
def note_outcome(
    session: Session, actor: Actor, need_id: int, referral_id: int, given: OutcomeInput
) -> None:
    """What the institution answered."""
    need = find(session, actor, "finance.refer", FinanceNeed, need_id, lock=True)
    referral = next((each for each in need.referrals if each.id == referral_id), None)
    if referral is None:
        raise NotFound
    referral.outcome, referral.note = given.outcome, given.note
    audit.record(session, actor, "finance.outcome", need, outcome=given.outcome)
