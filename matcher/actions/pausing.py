"""A case that rests: paused with a reason until a day, taken up again, or brought back after it had ended."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.opening import add_event, enter, tell_parties
from matcher.actions.registry import action
from matcher.actor import SYSTEM, Actor
from matcher.bridge import CLOSED
from matcher.db import reading
from matcher.errors import Conflict, Invalid, Refused
from matcher.messages import msg
from matcher.models import Case, DeliveryKind, Need
from matcher.vocabulary import CaseState, PauseReason
from matcher.workdays import due_after, end_of, local_day, workdays_between

PAUSE_DAYS = 180  # a longer rest is an end that can be taken back
RESUME_DAYS = 90


@action("case.pause")
def pause_case(
    session: Session, actor: Actor, case_id: int, version: int, reason: PauseReason, until: date
) -> None:
    """Let the case rest until the end of `until`; its clocks stand still meanwhile."""
    case = find_case(session, actor, "case.step", case_id, version)
    if case.state in CLOSED or case.paused_at is not None:
        raise Conflict(msg("只有在办的工单可以暂停。"))
    today = local_day(clock.now())
    if until <= today:
        raise Invalid({"until": msg("请填写今天以后的日期。")})
    if until > today + timedelta(days=PAUSE_DAYS):
        raise Invalid({"until": msg("最多暂停 %(days)s 天。", days=PAUSE_DAYS)})
    case.paused_left = workdays_between(today, local_day(case.due_at)) if case.due_at else 0
    case.paused_at, case.pause_reason, case.due_at = clock.now(), reason, end_of(until)
    case.version += 1
    case.updated_at = clock.now()
    _tell(session, actor, case, "paused", reason=reason, until=until.isoformat())
    audit.record(session, actor, "case.pause", case, reason=reason, until=until.isoformat())


@action("case.continue")
def continue_case(session: Session, actor: Actor, case_id: int) -> None:
    """End the pause: what was left of the step's time, at least one working day, begins to run again."""
    case = find_case(session, actor, "case.step", case_id)
    if case.paused_at is None or (actor.system and case.due_at is not None and case.due_at > clock.now()):
        raise Conflict(msg("这个工单没有暂停。"))  # or was paused anew since the calendar looked
    case.due_at = due_after(clock.now(), max(case.paused_left, 1))
    case.paused_at, case.pause_reason, case.paused_left = None, None, 0
    case.version += 1
    case.updated_at = clock.now()
    _tell(session, actor, case, "continued")
    audit.record(session, actor, "case.continue", case)


@action("case.resume")
def resume_case(session: Session, actor: Actor, case_id: int, version: int) -> None:
    """恢复: an ended case goes on in the state in which it ended, within RESUME_DAYS, unless the pair has another one."""
    case = find_case(session, actor, "case.resume", case_id, version)
    if case.state != CaseState.ENDED or case.state_before_end is None:
        raise Conflict(msg("只有已终止的工单可以恢复。"))
    if case.updated_at < clock.now() - timedelta(days=RESUME_DAYS):
        raise Conflict(msg("终止已超过 %(days)s 天，请新开工单。", days=RESUME_DAYS))
    session.get_one(Need, case.need_id, with_for_update=True)  # as for a new case: two at once see each other
    other = select(Case.id).where(
        Case.need_id == case.need_id,
        Case.achievement_id == case.achievement_id,
        Case.id != case.id,
        Case.state != CaseState.ENDED,
    )
    if session.scalar(other.limit(1)):
        raise Conflict(msg("这一对已有工单。"))
    state = CaseState(case.state_before_end)
    if state is CaseState.PROPOSED:  # somebody said no: both are asked again
        case.need_agreed_at = case.offer_agreed_at = None
    case.end_reason = case.state_before_end = None
    enter(case, state)
    case.version += 1
    _tell(session, actor, case, "resumed", state=state)
    audit.record(session, actor, "case.resume", case, state=state)


def _tell(session: Session, actor: Actor, case: Case, kind: str, **data: str) -> None:
    event = add_event(session, case, actor, kind, "", **data)
    session.flush()
    tell_parties(
        session, case, DeliveryKind.CASE_MOVED, but=actor.user_id, key=f"event-{event.id}", event_id=event.id
    )


def wake_paused(_settings: Settings) -> int:
    """Take up every paused case whose day has come; how many. May run twice: the second finds none."""
    with reading() as session:
        ids = list(session.scalars(select(Case.id).where(Case.paused_at.is_not(None), Case.due_at < clock.now())))
    return sum(_woken(case_id) for case_id in ids)


def _woken(case_id: int) -> bool:
    try:
        continue_case(SYSTEM, case_id)
    except Refused:  # somebody was faster
        return False
    return True
