"""Tasks: set, complete, hand on, call off; an officer's note. Each leaves one line in the case's timeline."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.mail import plan_mail
from matcher.actions.opening import add_event
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.errors import AlreadyDone, Conflict, Invalid
from matcher.inputs.tasks import NoteInput, OutcomeInput, TaskInput
from matcher.messages import msg
from matcher.models import Case, CaseTask, DeliveryKind, Organisation, User
from matcher.permissions import find, require
from matcher.tasks.ladder import escalate_at
from matcher.tasks.routing import holders
from matcher.tasks.rules import duty_in
from matcher.tasks.terms import Duty, TaskOrigin, TaskState
from matcher.workdays import end_of, is_far


@action("task.add")
def add_task(
    session: Session,
    actor: Actor,
    given: TaskInput,
    *,
    case_id: int | None = None,
    organisation_id: int | None = None,
) -> int:
    """Set a task on a case, or for an enterprise that has none; its owner gets a mail. The id."""
    if case_id is not None:
        case = find(session, actor, "case.task", Case, case_id, lock=True)
        task = place_task(session, actor, given, case.need_org, case)
    else:
        organisation = find(session, actor, "organisation.task", Organisation, organisation_id or 0)
        task = place_task(session, actor, given, organisation)
    audit.record(session, actor, "task.add", task, duty=task.duty, owner_id=task.owner_id)
    return task.id


def place_task(
    session: Session,
    actor: Actor,
    given: TaskInput,
    organisation: Organisation,
    case: Case | None = None,
    origin: TaskOrigin = TaskOrigin.MANUAL,
) -> CaseTask:
    """The same inside another action, which checks the permission and records the audit event itself."""
    due_at = end_of(given.due_on)
    if due_at < clock.now():
        raise Invalid({"due_on": msg("日期已过。")})
    if is_far(given.due_on):
        raise Invalid({"due_on": msg("日期太远，请核对。")})
    if case is not None and case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    if case is None and given.duty in (Duty.OFFER, Duty.BROKER):
        raise Invalid({"duty": msg("还没有工单，不能交给成果方或经纪人。")})
    task = CaseTask(
        case_id=case.id if case else None,
        organisation_id=organisation.id,
        title=given.title,
        duty=given.duty,
        due_at=due_at,
        state=TaskState.OPEN,
        origin=origin,
        level=0,
        escalate_at=escalate_at(given.duty, due_at),
        outcome="",
        author_id=actor.user_id,
        created_at=clock.now(),
    )
    owner = _choose(session, task, organisation, case, given.owner_id)
    session.add(task)
    session.flush()
    tell_owner(session, actor, task, owner)
    note_on_case(session, actor, task, "task_added", case, duty=task.duty)
    return task


def _choose(
    session: Session, task: CaseTask, organisation: Organisation, case: Case | None, wanted: int | None = None
) -> User | None:
    """Put the task into the hands of the person wanted, else of the first who may hold its duty."""
    people = holders(session, Duty(task.duty), organisation, case)
    if wanted is not None and wanted not in {user.id for user in people}:
        raise Invalid({"owner_id": msg("这个人不承担这一职责。")})
    owner = next((user for user in people if wanted in (None, user.id)), None)
    task.owner_id = owner.id if owner else None
    return owner


def tell_owner(session: Session, actor: Actor, task: CaseTask, owner: User | None) -> None:
    """A mail to whoever gets the task, unless they gave it to themselves."""
    if owner is not None and owner.id != actor.user_id:
        plan_mail(session, owner, DeliveryKind.TASK_ASSIGNED, task_id=task.id)


def note_on_case(
    session: Session, actor: Actor, task: CaseTask, kind: str, case: Case | None, text: str = "", **data: object
) -> None:
    """The task's line in the timeline, with the duty of an officer who does it."""
    if case is None:
        return
    held = duty_in(actor, case.need_org) if actor.posts else None
    add_event(session, case, actor, kind, text or task.title, task_id=task.id, held=held, **data)


def _open_task(session: Session, actor: Actor, task_id: int, permission: str) -> CaseTask:
    """The locked task: not found for those who may not know of it, refused to those who may only read it."""
    task = find(session, actor, "task.read", CaseTask, task_id, lock=True)
    require(actor, permission, task)
    if task.state != TaskState.OPEN:
        raise AlreadyDone(msg("这项待办已经处理。"))
    return task


def _close(
    session: Session, actor: Actor, task_id: int, permission: str, state: TaskState, given: OutcomeInput
) -> None:
    task = _open_task(session, actor, task_id, permission)
    task.state, task.closed_at, task.outcome = state, clock.now(), given.outcome
    text = f"{task.title}\n{given.outcome}" if given.outcome else task.title
    note_on_case(session, actor, task, f"task_{state}", task.case, text)
    audit.record(session, actor, permission, task)


@action("task.complete")
def complete_task(session: Session, actor: Actor, task_id: int, given: OutcomeInput) -> None:
    """It is done; what came of it goes into the timeline."""
    _close(session, actor, task_id, "task.complete", TaskState.DONE, given)


@action("task.cancel")
def cancel_task(session: Session, actor: Actor, task_id: int, given: OutcomeInput) -> None:
    """Call it off."""
    _close(session, actor, task_id, "task.cancel", TaskState.CANCELLED, given)


@action("task.reassign")
def reassign_task(
    session: Session, actor: Actor, task_id: int, duty: Duty, owner_id: int | None = None
) -> None:
    """Give it into other hands, without a change of its date; the new owner gets a mail."""
    task = _open_task(session, actor, task_id, "task.reassign")
    if task.case is None and duty in (Duty.OFFER, Duty.BROKER):
        raise Invalid({"duty": msg("还没有工单，不能交给成果方或经纪人。")})
    task.duty = duty
    owner = _choose(session, task, task.organisation, task.case, owner_id)
    task.escalate_at = escalate_at(duty, max(task.due_at, clock.now()))
    tell_owner(session, actor, task, owner)
    note_on_case(session, actor, task, "task_reassigned", task.case, duty=duty)
    audit.record(session, actor, "task.reassign", task, duty=duty, owner_id=task.owner_id)


@action("case.note")
def note_case(session: Session, actor: Actor, case_id: int, given: NoteInput) -> int:
    """One of the four officers writes a note into the timeline; nobody gets a mail. The event's id."""
    case = find(session, actor, "case.note", Case, case_id, lock=True)
    event = add_event(session, case, actor, "note", given.body, held=duty_in(actor, case.need_org))
    if case.state not in CLOSED:  # an end stays as old as it is: it can be taken back for so many days only
        case.updated_at = clock.now()
    session.flush()
    audit.record(session, actor, "case.note", case)
    return event.id
