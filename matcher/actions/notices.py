"""公示: put an agreed price on public notice, take objections from anybody, decide on them, close what has run out."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.cases import find_case, require_going_on
from matcher.actions.mail import members, plan_mail
from matcher.actions.opening import add_event, enter, set_due, tell_parties
from matcher.actions.pricing import fail, find_negotiated
from matcher.actions.registry import action
from matcher.actor import SYSTEM, Actor
from matcher.bridge import missing_for, move_to
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import free_text
from matcher.inputs.pricing import ObjectionInput
from matcher.messages import msg
from matcher.models import Achievement, Case, DeliveryKind, Notice, Objection, Organisation, Pricing, User
from matcher.permissions import require
from matcher.pricing.current import current_pricing, has_run_out, needs_notice, open_objections
from matcher.pricing.period import last_second, lasts_until, resumed_end
from matcher.pricing.public import is_standing
from matcher.pricing.terms import STANDING, NoticeState, ObjectionState, PricingState
from matcher.vocabulary import CaseParty, CaseState
from matcher.workdays import due_after

DECISION_LENGTH = 1000
MOST_OPEN = 20  # objections to one notice that wait at a time; the first of them already stops the clock
SIGNING_WORKDAYS = 10
SIGN = msg("签订合同")
DECIDE = msg("处理公示异议")


@action("notice.start")
def start_notice(session: Session, actor: Actor, case_id: int) -> int:
    """Put the agreed price on public notice, from now; a case at 议价 enters 公示. The notice's id."""
    case = find_negotiated(session, actor, "notice.start", case_id)
    require_going_on(case)
    pricing = current_pricing(session, case.id)
    if pricing is None or not needs_notice(session, case):
        raise Conflict(msg("只有商定后须公示的价格才能公示。"))
    if pricing.notice is not None:
        raise Conflict(msg("这个价格已经公示。"))
    if case.state == CaseState.PRICING:
        _enter_notice(session, actor, case)
    notice = _new_notice(session, case, pricing)
    set_due(case, last_second(notice.ends_at))
    case.version += 1
    add_event(session, case, actor, "notice_started", notice_id=notice.id)
    tell_parties(session, case, DeliveryKind.NOTICE_STARTED, key=f"notice-{notice.id}", pricing_id=pricing.id)
    audit.record(session, actor, "notice.start", case)
    return notice.id


def _enter_notice(session: Session, actor: Actor, case: Case) -> None:
    move = move_to(case, CaseState.NOTICE)
    lacking = missing_for(session, case, move) if move else []
    if move is None or lacking:
        raise Conflict(msg("还缺少以下条件："), lacking)
    enter(case, CaseState.NOTICE)
    add_event(session, case, actor, "moved", state=CaseState.NOTICE)


def _new_notice(session: Session, case: Case, pricing: Pricing) -> Notice:
    moment, days = clock.now(), get_settings().notice_days
    notice = Notice(
        pricing=pricing,
        title=session.get_one(Achievement, case.achievement_id).title,
        owner=session.get_one(Organisation, case.offer_org_id).name,
        days=days,
        state=NoticeState.RUNNING,
        started_at=moment,
        ends_at=lasts_until(moment, days),
    )
    session.add(notice)
    session.flush()
    return notice


def _locked(session: Session, notice_id: int) -> tuple[Case, Notice]:
    """The notice with its case, both locked, the case first as everywhere; `NotFound` when there is none."""
    case_id = session.scalar(
        select(Pricing.case_id).join(Notice, Notice.pricing_id == Pricing.id).where(Notice.id == notice_id)
    )
    if case_id is None:
        raise NotFound
    case = find_case(session, SYSTEM, "case.read", case_id)
    query = select(Notice).where(Notice.id == notice_id).with_for_update()
    return case, session.scalars(query.execution_options(populate_existing=True)).one()


@action("objection.file")
def file_objection(session: Session, actor: Actor, notice_id: int, given: ObjectionInput) -> int:
    """Anybody's objection to a standing notice; stops its clock until it is decided. The objection's id."""
    require(actor, "objection.file")
    case, notice = _locked(session, notice_id)
    if not is_standing(case.state, notice):
        raise Conflict(msg("公示已结束，不再接受异议。"))
    waiting = open_objections(notice)
    if any((o.contact, o.reason) == (given.contact, given.reason) for o in notice.objections):
        raise Conflict(msg("您的异议已经收到。"))
    if len(waiting) >= MOST_OPEN:
        raise Conflict(msg("等待处理的异议已经很多，公示已暂停，请稍后再提交。"))
    moment = clock.now()
    objection = Objection(notice=notice, state=ObjectionState.OPEN, created_at=moment, **given.model_dump())
    session.add(objection)
    session.flush()
    if notice.state == NoticeState.RUNNING:
        notice.state, notice.paused_at = NoticeState.PAUSED, moment
        case.next_step, case.next_party = DECIDE.text, CaseParty.OFFER
        case.updated_at = moment
    add_event(session, case, SYSTEM, "objection_filed", objection_id=objection.id)
    _tell_deciders(session, case, objection)
    audit.record(session, actor, "objection.file", objection)
    return objection.id


def _tell_deciders(session: Session, case: Case, objection: Objection) -> None:
    """The owner's people and the broker hear of it; the other side sees it in the timeline, without who it was."""
    broker = session.get(User, case.broker_id) if case.broker_id else None
    people = [*members(session, case.offer_org_id), *([broker] if broker else [])]
    for user in {user.id: user for user in people}.values():
        plan_mail(
            session,
            user,
            DeliveryKind.OBJECTION_FILED,
            key=f"objection-{objection.id}",
            case_id=case.id,
            pricing_id=objection.notice.pricing_id,
            objection_id=objection.id,
        )


@action("objection.decide")
def decide_objection(
    session: Session, actor: Actor, case_id: int, objection_id: int, *, uphold: bool, decision: str
) -> None:
    """Decide on an objection, with reasons. Upheld: this price is off. Groundless, and the last one: the clock goes on."""
    find_case(session, actor, "objection.decide", case_id)
    text = free_text("decision", decision, DECISION_LENGTH)
    if not text:
        raise Invalid({"decision": msg("请写明理由。")})
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise NotFound
    case, notice = _locked(session, objection.notice_id)
    if case.id != case_id:
        raise NotFound
    if objection.state != ObjectionState.OPEN or notice.state not in STANDING:
        raise Conflict(msg("这条异议已经处理。"))
    objection.state = ObjectionState.UPHELD if uphold else ObjectionState.REJECTED
    objection.decision, objection.decided_by_id, objection.decided_at = text, actor.user_id, clock.now()
    add_event(session, case, actor, "objection_decided", text, state=objection.state)
    if uphold:
        _fail_notice(session, actor, case, notice)
    elif not open_objections(notice):
        _resume(case, notice)
    audit.record(session, actor, "objection.decide", objection, state=objection.state)


def _fail_notice(session: Session, actor: Actor, case: Case, notice: Notice) -> None:
    notice.state, notice.closed_at = NoticeState.FAILED, clock.now()
    fail(session, actor, case, notice.pricing, PricingState.FAILED)


def _resume(case: Case, notice: Notice) -> None:
    assert notice.paused_at is not None
    notice.ends_at = resumed_end(notice.ends_at, notice.paused_at, clock.now())
    notice.state, notice.paused_at = NoticeState.RUNNING, None
    if case.state == CaseState.NOTICE:
        enter(case, CaseState.NOTICE)
        set_due(case, last_second(notice.ends_at))


def due_notices(session: Session) -> list[int]:
    """Numbers of notices that the clocks must look at: run out, or of a case that has ended."""
    query = (
        select(Notice.id)
        .join(Pricing, Pricing.id == Notice.pricing_id)
        .join(Case, Case.id == Pricing.case_id)
        .where(
            Notice.state.in_(STANDING),
            ((Notice.state == NoticeState.RUNNING) & (Notice.ends_at <= clock.now()))
            | (Case.state == CaseState.ENDED),
        )
    )
    return list(session.scalars(query.order_by(Notice.id)))


@action("notice.close")
def close_notice(session: Session, actor: Actor, notice_id: int) -> None:
    """Confirm the end of a notice that has run out, or take it down when its case has ended (run by the calendar)."""
    if not actor.system:
        raise NotAllowed
    case, notice = _locked(session, notice_id)
    if notice.state in STANDING and case.state == CaseState.ENDED:
        notice.state, notice.closed_at = NoticeState.WITHDRAWN, clock.now()
        notice.pricing.state = PricingState.WITHDRAWN
    elif has_run_out(notice):
        notice.state, notice.closed_at = NoticeState.ENDED, clock.now()
        _end_in_peace(session, actor, case, notice)
    else:
        raise Conflict(msg("公示还没有结束。"))
    audit.record(session, actor, "notice.close", ("notices", notice.id), state=notice.state)


def _end_in_peace(session: Session, actor: Actor, case: Case, notice: Notice) -> None:
    add_event(session, case, actor, "notice_ended", notice_id=notice.id)
    tell_parties(session, case, DeliveryKind.NOTICE_ENDED, key=f"notice-{notice.id}", pricing_id=notice.pricing_id)
    if case.state == CaseState.NOTICE:
        case.next_step, case.next_party = SIGN.text, CaseParty.BROKER
        set_due(case, due_after(clock.now(), SIGNING_WORKDAYS))
        case.updated_at = clock.now()
