"""Meetings of a case: call, change, cancel, reply, minute. Minutes become tasks and decisions (M01, F25)."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.mail import members, plan_mail
from matcher.actions.opening import add_event
from matcher.actions.registry import action
from matcher.actions.tasks import place_task
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.inputs.meetings import MeetingInput, MinutesInput
from matcher.inputs.tasks import TaskInput
from matcher.meetings.terms import MeetingState, Reply
from matcher.messages import msg
from matcher.models import Case, DeliveryKind, Meeting, MeetingGuest, User
from matcher.tasks.terms import TaskOrigin


def people_of(session: Session, case: Case) -> list[User]:
    """Whom a meeting of the case can ask: the members of both sides and the broker."""
    people = [*members(session, case.need_org_id), *members(session, case.offer_org_id)]
    broker = session.get(User, case.broker_id) if case.broker_id else None
    return [*people, *([broker] if broker and broker.closed_at is None else [])]


@action("meeting.call")
def call_meeting(session: Session, actor: Actor, case_id: int, given: MeetingInput) -> int:
    """Ask people to a meeting; each gets an invitation by mail. The id."""
    case = _open_case(session, actor, case_id)
    _refuse_twin(session, case, given)
    meeting = Meeting(
        case_id=case.id, uid=f"{secrets.token_hex(16)}@daqiao", organiser_id=actor.user_id or 0, created_at=clock.now()
    )
    _fill(meeting, given)
    session.add(meeting)
    session.flush()
    _invite(session, case, meeting, given.guests, actor)
    add_event(session, case, actor, "meeting_called", meeting.title, meeting_id=meeting.id, at=meeting.starts_at.isoformat())
    audit.record(session, actor, "meeting.call", meeting, guests=len(given.guests))
    return meeting.id


def _refuse_twin(session: Session, case: Case, given: MeetingInput) -> None:
    """The same form sent twice is one meeting."""
    same = select(Meeting).where(
        Meeting.case_id == case.id,
        Meeting.state == MeetingState.PLANNED,
        Meeting.title == given.title,
        Meeting.place == given.place,
        Meeting.starts_at == given.starts_at(),
    )
    if any({guest.user_id for guest in meeting.guests} == set(given.guests) for meeting in session.scalars(same)):
        raise AlreadyDone(msg("这次会面已经约好。"))


@action("meeting.change")
def change_meeting(session: Session, actor: Actor, case_id: int, meeting_id: int, given: MeetingInput) -> None:
    """Another time, place or circle: everybody is asked again, those who are no longer asked get a cancellation."""
    case = _open_case(session, actor, case_id)
    meeting = _planned(session, case, meeting_id)
    _fill(meeting, given)
    meeting.sequence += 1
    _invite(session, case, meeting, given.guests, actor)
    add_event(session, case, actor, "meeting_changed", meeting.title, meeting_id=meeting.id, at=meeting.starts_at.isoformat())
    audit.record(session, actor, "meeting.change", meeting, sequence=meeting.sequence)


@action("meeting.cancel")
def cancel_meeting(session: Session, actor: Actor, case_id: int, meeting_id: int) -> None:
    """It does not take place; every guest's calendar is told."""
    case = find_case(session, actor, "case.meet", case_id)
    meeting = _planned(session, case, meeting_id)
    meeting.state, meeting.updated_at = MeetingState.CANCELLED, clock.now()
    meeting.sequence += 1
    _tell(session, meeting, [guest.user for guest in meeting.guests])
    add_event(session, case, actor, "meeting_cancelled", meeting.title, meeting_id=meeting.id)
    audit.record(session, actor, "meeting.cancel", meeting)


@action("meeting.reply")
def reply_to_meeting(session: Session, actor: Actor, case_id: int, meeting_id: int, sequence: int, reply: Reply) -> None:
    """One guest's answer to the newest invitation; a later answer replaces it."""
    case = find_case(session, actor, "case.meet", case_id)
    meeting = _planned(session, case, meeting_id)
    guest = next((guest for guest in meeting.guests if guest.user_id == actor.user_id), None)
    if guest is None:
        raise NotFound
    if meeting.sequence != sequence:
        raise Conflict(msg("会面安排已更新，请按最新的邀请答复。"))
    if guest.reply == reply:
        raise AlreadyDone(msg("您已经这样答复。"))
    guest.reply, guest.replied_at = reply, clock.now()
    audit.record(session, actor, "meeting.reply", meeting, reply=reply)


@action("meeting.minute")
def minute_meeting(session: Session, actor: Actor, case_id: int, meeting_id: int, given: MinutesInput) -> None:
    """What was said and decided; every agreed task gets its owner and date, in the same transaction."""
    case = _open_case(session, actor, case_id)
    meeting = _planned(session, case, meeting_id)
    if meeting.starts_at > clock.now():
        raise Conflict(msg("会面还没有开始，不能写纪要。"))
    meeting.state, meeting.minutes, meeting.decisions = MeetingState.HELD, given.minutes, given.decisions
    meeting.updated_at = clock.now()
    add_event(session, case, actor, "meeting_held", given.minutes, meeting_id=meeting.id, title=meeting.title, tasks=len(given.tasks))  # fmt: skip
    for decision in given.decisions:
        add_event(session, case, actor, "decision", decision, meeting_id=meeting.id)
    for row, task in enumerate(given.tasks):
        try:
            place_task(session, actor, TaskInput(**task.model_dump()), case.need_org, case, TaskOrigin.MEETING)
        except Invalid as error:
            raise Invalid({f"tasks.{row}.{field}": message for field, message in error.errors.items()}) from None
    audit.record(session, actor, "meeting.minute", meeting, tasks=len(given.tasks))


def _open_case(session: Session, actor: Actor, case_id: int) -> Case:
    case = find_case(session, actor, "case.meet", case_id)
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    return case


def _planned(session: Session, case: Case, meeting_id: int) -> Meeting:
    query = select(Meeting).where(Meeting.id == meeting_id, Meeting.case_id == case.id)
    meeting = session.scalar(query.with_for_update())
    if meeting is None:
        raise NotFound
    if meeting.state != MeetingState.PLANNED:
        raise Conflict(msg("这次会面已经结束或取消。"))
    return meeting


def _fill(meeting: Meeting, given: MeetingInput) -> None:
    if given.starts_at() <= clock.now():
        raise Invalid({"day": msg("请填写将来的时间。")})
    meeting.title, meeting.place, meeting.agenda = given.title, given.place, given.agenda
    meeting.starts_at, meeting.ends_at, meeting.updated_at = given.starts_at(), given.ends_at(), clock.now()


def _invite(session: Session, case: Case, meeting: Meeting, wanted: list[int], actor: Actor) -> None:
    """Make the guests those wanted, all of them unanswered but the organiser, and tell them."""
    people = {user.id: user for user in people_of(session, case)}
    if not set(wanted) <= set(people):
        raise Invalid({"guests": msg("只能邀请双方成员和经纪人。")})
    before = {guest.user_id: guest for guest in meeting.guests}
    dropped = [guest.user for number, guest in before.items() if number not in wanted]
    meeting.guests = [before.get(number) or MeetingGuest(user_id=number, user=people[number]) for number in dict.fromkeys(wanted)]
    for guest in meeting.guests:
        own = guest.user_id == actor.user_id
        guest.reply, guest.replied_at = (Reply.ACCEPTED, clock.now()) if own else (Reply.OPEN, None)
    session.flush()
    _tell(session, meeting, [guest.user for guest in meeting.guests])
    _tell(session, meeting, dropped, dropped=True)


def _tell(session: Session, meeting: Meeting, people: list[User], *, dropped: bool = False) -> None:
    """Every person's calendar gets the newest object, the organiser's too; the key keeps one for each change."""
    key = f"meeting-{meeting.id}-{meeting.sequence}"
    for user in people:
        plan_mail(session, user, DeliveryKind.MEETING, key=key, meeting_id=meeting.id, sequence=meeting.sequence, dropped=dropped)
