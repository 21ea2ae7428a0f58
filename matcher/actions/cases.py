"""Work on a bridge case: open, agree, assign, move, write, add a file."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.filing import place_file
from matcher.actions.mail import plan_mail
from matcher.actions.opening import add_event, enter, open_proposed_case, tell_parties
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.bridge import CLOSED, TABLE, missing_for, move_to, party_of, waived_for
from matcher.brokers import proposals
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.inputs.base import free_line, free_text
from matcher.messages import msg
from matcher.models import Achievement, Case, CaseEvent, CaseFile, DeliveryKind, Need, User
from matcher.permissions import find, require, side_of
from matcher.pricing.current import has_bidders
from matcher.timeline import day_of_step
from matcher.vocabulary import Audience, CaseParty, CaseState, EndReason, RecordState, Role
from matcher.workdays import is_far, local_day

MESSAGE_LIMIT = 5000
STEP_LIMIT = 300
SIDES = (CaseParty.NEED, CaseParty.OFFER)


def find_case(
    session: Session, actor: Actor, action_name: str, case_id: int, version: int | None = None
) -> Case:
    """The locked case if the action is allowed; `Stale` when somebody moved it meanwhile."""
    case = find(session, actor, action_name, Case, case_id, lock=True)
    if version is not None and case.version != version:
        raise Stale
    return case


def _require_open(case: Case) -> None:
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))


def check_pair(session: Session, need: Need, achievement: Achievement) -> None:
    """Raise `Conflict` unless the two may be brought together: both published, of two organisations, without a case."""
    if need.state != RecordState.PUBLISHED or achievement.state != RecordState.PUBLISHED:
        raise Conflict(msg("需求和成果都须处于已发布状态。"))
    if need.organisation_id == achievement.organisation_id:
        raise Conflict(msg("需求和成果属于同一家单位，不能开启工单。"))
    if session.scalar(
        select(Case.id).where(
            Case.need_id == need.id, Case.achievement_id == achievement.id, Case.state != CaseState.ENDED
        )
    ):
        raise Conflict(msg("这一对已有工单。"))


@action("case.open")
def open_case(session: Session, actor: Actor, need_id: int, achievement_id: int) -> int:
    """A broker brings two records together; the case's id. Both must be published and have no open case."""
    require(actor, "case.open")
    need = session.get(Need, need_id, with_for_update=True)  # two proposals at once: the second sees the first
    achievement = session.get(Achievement, achievement_id)
    if need is None or achievement is None:
        raise NotFound
    check_pair(session, need, achievement)
    case = open_proposed_case(session, actor, need, achievement)
    audit.record(session, actor, "case.open", case)
    return case.id


@action("case.consent")
def consent_case(session: Session, actor: Actor, case_id: int, *, agree: bool) -> None:
    """One side's yes or no to a broker's proposal; the second yes moves the case on."""
    case = find_case(session, actor, "case.consent", case_id)
    side = side_of(actor, case)
    if case.state != CaseState.PROPOSED or side is None:
        raise Conflict(msg("这个工单不需要确认。"))
    if agree and getattr(case, f"{side}_agreed_at") is not None:
        raise AlreadyDone(msg("您已同意，正在等对方确认。"))
    if not agree:
        _end(session, actor, case, EndReason.MISMATCH)
    else:
        setattr(case, f"{side}_agreed_at", clock.now())
        add_event(session, case, actor, "agreed", side=side)
        if case.need_agreed_at and case.offer_agreed_at:
            enter(case, CaseState.AGREED)
            add_event(session, case, actor, "moved", state=CaseState.AGREED)
            tell_parties(session, case, DeliveryKind.CASE_OPENED)
    case.version += 1
    audit.record(session, actor, "case.consent", case, agree=agree, side=side)


@action("case.assign")
def assign_broker(session: Session, actor: Actor, case_id: int, broker_id: int) -> None:
    """The operator gives the case to a broker."""
    require(actor, "case.assign")
    case = find_case(session, actor, "case.assign", case_id)
    broker = session.get(User, broker_id)
    if broker is None or broker.role != Role.BROKER or broker.closed_at is not None:
        raise Invalid({"broker_id": msg("请选择一位经纪人。")})
    found = proposals(session, case.need, case.achievement)
    why = next((list(proposal.reasons) for proposal in found if proposal.user_id == broker.id), [])
    if broker.id not in (case.broker_id, actor.user_id):
        plan_mail(session, broker, DeliveryKind.CASE_OPENED, case_id=case.id)
    case.broker_id = broker.id
    case.version += 1
    add_event(session, case, actor, "assigned", broker_id=broker.id, why=why)
    audit.record(session, actor, "case.assign", case, broker_id=broker.id, why=why)


@action("case.move", refused=lambda case_id, *_, **__: ("cases", case_id))
def move_case(
    session: Session,
    actor: Actor,
    case_id: int,
    version: int,
    target: CaseState,
    note: str = "",
    happened_on: date | None = None,
) -> None:
    """Move the case one step on; an illegal step is refused with what is missing.

    `happened_on` (default: today) is the day on which it happened, never before the step that led here.
    """
    case = find_case(session, actor, "case.step", case_id, version)
    note = free_text("note", note, MESSAGE_LIMIT)
    move = move_to(case, target)
    if move is None:
        raise Conflict(
            msg(
                "不能从“%(now)s”直接到“%(target)s”。",
                now=CaseState(case.state).label,
                target=CaseState(target).label,
            )
        )
    if party_of(actor, case) not in move.parties:
        raise NotAllowed(msg("这一步由经纪人推进。"))
    require_going_on(case)
    day = day_of_step(case, happened_on).isoformat()
    lacking = missing_for(session, case, move)
    if lacking:
        raise Conflict(msg("还缺少以下条件："), lacking)
    waived = waived_for(session, case, move) or None
    enter(case, target)
    case.version += 1
    event = add_event(session, case, actor, "moved", note, state=target, on=day, exceptions=waived)
    _tell_of_step(session, actor, case, event)
    audit.record(session, actor, "case.move", case, state=target, on=day, exceptions=waived)


def require_going_on(case: Case) -> None:
    """`Conflict` while the case rests."""
    if case.paused_at is not None:
        raise Conflict(msg("工单已暂停，请先继续。"))


def _tell_of_step(session: Session, actor: Actor, case: Case, event: CaseEvent) -> None:
    if TABLE[CaseState(case.state)].mails:
        session.flush()
        key = f"event-{event.id}"
        tell_parties(session, case, DeliveryKind.CASE_MOVED, but=actor.user_id, key=key, event_id=event.id)


@action("case.plan")
def plan_step(
    session: Session, actor: Actor, case_id: int, version: int, step: str, party: CaseParty, due_at: datetime
) -> None:
    """Say what comes next, who owes it and until when."""
    case = find_case(session, actor, "case.step", case_id, version)
    _require_open(case)
    require_going_on(case)
    text = free_line("step", step, STEP_LIMIT)
    errors = {} if text else {"step": msg("请填写。")}
    if due_at < clock.now():
        errors["due_at"] = msg("日期已过。")
    elif is_far(local_day(due_at)):
        errors["due_at"] = msg("日期太远，请核对。")
    if errors:
        raise Invalid(errors)
    case.next_step, case.next_party, case.due_at = text, party, due_at
    case.version += 1
    case.updated_at = clock.now()
    add_event(session, case, actor, "planned", text, party=party, due_at=due_at.isoformat())
    audit.record(session, actor, "case.plan", case, party=party)


def _end(session: Session, actor: Actor, case: Case, reason: EndReason) -> None:
    case.state_before_end, case.end_reason = case.state, reason
    case.paused_at = case.pause_reason = None
    enter(case, CaseState.ENDED)
    _tell_of_step(session, actor, case, add_event(session, case, actor, "ended", reason=reason))


@action("case.end")
def end_case(session: Session, actor: Actor, case_id: int, version: int, reason: EndReason) -> None:
    """终止 with a reason code, from any state that is not an end.

    Neither side breaks off a sale in the open that way once others take part: they would undo a result they dislike.
    """
    case = find_case(session, actor, "case.step", case_id, version)
    _require_open(case)
    if party_of(actor, case) in SIDES and has_bidders(session, case):
        raise Conflict(msg("已有单位登记参加公开交易，只有经纪人或运营人员能终止工单。"))
    _end(session, actor, case, reason)
    case.version += 1
    audit.record(session, actor, "case.end", case, reason=reason)


@action("case.message")
def write_message(session: Session, actor: Actor, case_id: int, body: str, once: str = "") -> int:
    """A message to all who work on the case; the others get a mail. The event's id.

    `once` is the form's own mark: the same form sent twice is refused with `AlreadyDone` and leaves one message.
    """
    case = find_case(session, actor, "case.write", case_id)
    if once and any(event.data.get("once") == once for event in case.events):
        raise AlreadyDone(msg("这条消息已经发出。"))
    _require_open(case)
    text = free_text("body", body, MESSAGE_LIMIT)
    if not text:
        raise Invalid({"body": msg("请填写。")})
    event = add_event(session, case, actor, "message", text, once=once or None)
    case.updated_at = clock.now()
    session.flush()
    tell_parties(
        session,
        case,
        DeliveryKind.CASE_MESSAGE,
        but=actor.user_id,
        key=f"event-{event.id}",
        event_id=event.id,
    )
    audit.record(session, actor, "case.message", case)
    return event.id


@action("case.add_file")
def add_file(
    session: Session, actor: Actor, case_id: int, file: CaseFile, audience: Audience = Audience.BOTH
) -> int:
    """Attach a stored file (see `matcher.files`), as the next version of its name; the file's id."""
    case = find_case(session, actor, "case.write", case_id)
    _require_open(case)
    place_file(session, actor, case, file, audience)
    add_event(session, case, actor, "file", file.name, file_id=file.id, version=file.version)
    audit.record(session, actor, "case.add_file", case, file_id=file.id, version=file.version, audience=audience)
    return file.id


@action("case.open_contacts")
def open_contacts(session: Session, actor: Actor, case_id: int) -> None:
    """Those who see both sides' contacts without being a side (broker, operator) leave a trace each time."""
    case = find_case(session, actor, "case.contacts", case_id)
    audit.record(session, actor, "case.open_contacts", case)
