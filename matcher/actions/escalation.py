"""What the clock does when nobody moves: an overdue step or task goes up from officer to officer (M32).

Each rung is one action: one audit event, one mail, one line in the timeline. An action that comes too early, such as
the second of two sweeps at once, is refused and changes nothing.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.mail import plan_mail
from matcher.actions.registry import action
from matcher.actions.tasks import note_on_case
from matcher.actor import Actor
from matcher.errors import AlreadyDone, NotAllowed, NotFound
from matcher.messages import msg
from matcher.models import Case, CaseTask, DeliveryKind
from matcher.tasks.clockwork import day_key
from matcher.tasks.ladder import LADDER, escalate_at, next_duty
from matcher.tasks.queries import live, outlived, runs
from matcher.tasks.routing import holders
from matcher.tasks.terms import Duty, TaskOrigin, TaskState


def _only_the_clock(actor: Actor) -> None:
    if not actor.system:
        raise NotAllowed


@action("task.raise_step")
def raise_step(session: Session, actor: Actor, case_id: int) -> int:
    """The case's own step is overdue: it becomes a task of the first officer. The task's id."""
    _only_the_clock(actor)
    case = session.scalar(select(Case).where(Case.id == case_id, runs()).with_for_update(of=Case))
    if case is None or case.due_at is None or case.due_at >= clock.now():
        raise NotFound
    once = day_key("case", case.id, case.due_at)  # a new date is a new promise
    if session.scalar(select(CaseTask.id).where(CaseTask.once == once)):
        raise AlreadyDone(msg("这项待办已经处理。"))
    task = CaseTask(
        case_id=case.id,
        organisation_id=case.need_org_id,
        title=case.next_step,
        due_at=case.due_at,
        state=TaskState.OPEN,
        origin=TaskOrigin.STEP,
        level=0,
        outcome="",
        once=once,
        created_at=clock.now(),
        duty=LADDER[0],
    )
    session.add(task)
    _hand_up(session, actor, task, case, LADDER[0])
    return task.id


@action("task.escalate")
def escalate_task(session: Session, actor: Actor, task_id: int) -> None:
    """An overdue task climbs one rung."""
    _only_the_clock(actor)
    found = select(CaseTask).outerjoin(Case, Case.id == CaseTask.case_id).where(CaseTask.id == task_id, live())
    task = session.scalar(found.with_for_update(of=CaseTask))
    above = next_duty(task.duty) if task else None
    if task is None or above is None:
        raise NotFound
    if task.escalate_at is None or task.escalate_at > clock.now():
        raise AlreadyDone(msg("这项待办已经处理。"))
    _hand_up(session, actor, task, task.case, above)


def _hand_up(session: Session, actor: Actor, task: CaseTask, case: Case | None, duty: Duty) -> None:
    organisation = case.need_org if case else task.organisation
    owner = next(iter(holders(session, duty, organisation, case)), None)
    task.duty, task.owner_id = duty, owner.id if owner else None
    task.level += 1
    task.escalate_at = escalate_at(duty, clock.now())
    session.flush()
    if owner is not None:
        plan_mail(
            session, owner, DeliveryKind.ESCALATED, key=f"task-{task.id}-{task.level}", task_id=task.id, level=task.level
        )
    note_on_case(session, actor, task, "task_escalated", case, duty=duty, level=task.level)
    audit.record(session, actor, "task.escalate", task, duty=duty, level=task.level, owner_id=task.owner_id)


@action("task.settle")
def settle_task(session: Session, actor: Actor, task_id: int) -> None:
    """Call off a task that its case has outlived."""
    _only_the_clock(actor)
    found = select(CaseTask).join(Case, Case.id == CaseTask.case_id)
    task = session.scalar(
        found.where(CaseTask.id == task_id, CaseTask.state == TaskState.OPEN, outlived()).with_for_update(of=CaseTask)
    )
    if task is None:
        raise NotFound
    task.state, task.closed_at = TaskState.CANCELLED, clock.now()
    audit.record(session, actor, "task.settle", task)
