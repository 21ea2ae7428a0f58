"""Which tasks count: those that are open and whose case still runs and still waits for what they are about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from matcher import clock
from matcher.bridge import CLOSED
from matcher.models import Case, CaseTask
from matcher.tasks.terms import TaskOrigin, TaskState


def runs() -> ColumnElement[bool]:
    """Cases whose clock runs: neither ended nor paused."""
    return and_(Case.state.not_in(CLOSED), Case.paused_at.is_(None))


def outlived() -> ColumnElement[bool]:
    """Tasks (joined with their case) that nobody has to do any more: the case ended, or took the step that was late."""
    moved_on = or_(Case.due_at.is_(None), Case.due_at != CaseTask.due_at)
    return and_(
        CaseTask.case_id.is_not(None),
        or_(Case.state.in_(CLOSED), and_(CaseTask.origin == TaskOrigin.STEP, moved_on)),
    )


def live() -> ColumnElement[bool]:
    """Tasks (outer-joined with their case) that are to be done now."""
    still = or_(CaseTask.case_id.is_(None), and_(runs(), ~outlived()))
    return and_(CaseTask.state == TaskState.OPEN, still)


def runs_now(case: Case) -> bool:
    """The same as `runs`, of one case."""
    return case.state not in CLOSED and case.paused_at is None


def waits(task: CaseTask) -> bool:
    """The same as `live`, of one task."""
    if task.state != TaskState.OPEN or task.case is None:
        return task.state == TaskState.OPEN
    return runs_now(task.case) and (task.origin != TaskOrigin.STEP or task.case.due_at == task.due_at)


def is_late(due_at: datetime | None) -> bool:
    """Whether a date has passed."""
    return due_at is not None and due_at < clock.now()
