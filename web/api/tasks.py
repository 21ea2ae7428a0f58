"""Tasks in the caller's hands, to read."""

from __future__ import annotations

from flask import Response, url_for

from matcher.models import CaseTask
from matcher.permissions import find
from matcher.radar import tasks_of
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas import PageQuery, TaskOut, TaskPage
from web.session import current_actor, reading


def task_out(task: CaseTask) -> TaskOut:
    """The task without names of people."""
    values = {name: getattr(task, name) for name in TaskOut.model_fields if name != "url"}
    return TaskOut(**values, url=absolute(url_for("tasks.show", task_id=task.id)))


@blueprint.get("/tasks")
@operation(Operation("List one's open tasks", {200: TaskPage}, query=PageQuery, token=True))
def list_tasks(query: PageQuery) -> Response:
    """Open tasks in the caller's hands or those of their organisation, the next due first."""
    found = tasks_of(reading(), current_actor(), offset=(query.page - 1) * query.size, limit=query.size)
    return answer(TaskPage(items=[task_out(task) for task in found], page=query.page, size=query.size))


@blueprint.get("/tasks/<int:task_id>")
@operation(Operation("Read a task", {200: TaskOut}, token=True))
def read_task(task_id: int) -> Response:
    """One task that the caller may know of."""
    return answer(task_out(find(reading(), current_actor(), "task.read", CaseTask, task_id)))
