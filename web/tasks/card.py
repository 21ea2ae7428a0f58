"""The card of tasks on a case's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.models import Case, CaseTask
from matcher.permissions import allowed, rows
from matcher.tasks.terms import TaskState
from web.session import reading
from web.tasks.forms import NoteForm, TaskForm
from web.tasks.presentation import Row, row_of_task

SHOWN = 50


@dataclass(frozen=True)
class Card:
    """Open tasks, the next due first, how many are closed, and what the reader may add."""

    open: list[Row]
    closed: int
    form: TaskForm | None
    note: NoteForm | None


def tasks_of(actor: Actor, case: Case, forms: Mapping[str, Any]) -> Card:
    """The card; `forms` are those to show again with what was typed. One query."""
    query = (
        select(CaseTask)
        .where(CaseTask.case_id == case.id, rows(actor, "task.read", CaseTask))
        .options(
            joinedload(CaseTask.owner),
            joinedload(CaseTask.organisation),
            *(joinedload(CaseTask.case).joinedload(part) for part in (Case.need, Case.achievement)),
        )
        .order_by(CaseTask.due_at, CaseTask.id)
    )
    found = list(reading().scalars(query.limit(SHOWN)))
    waiting = [task for task in found if task.state == TaskState.OPEN]
    under_way = case.state not in CLOSED
    return Card(
        open=[row_of_task(actor, task) for task in waiting],
        closed=len(found) - len(waiting),
        form=_form(forms.get("task"), TaskForm) if under_way and allowed(actor, "case.task", case) else None,
        note=_form(forms.get("note"), NoteForm) if allowed(actor, "case.note", case) else None,
    )


def _form(given: Any, kind: type[Any]) -> Any:
    return given or kind(formdata=None)
