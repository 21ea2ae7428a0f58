"""One's day, a task's page, and what people do with tasks."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions import tasks as actions
from matcher.actions.posts import set_contact
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Conflict, Invalid
from matcher.inputs.base import parse
from matcher.inputs.tasks import NoteInput, OutcomeInput, TaskInput
from matcher.models import Case, CaseTask
from matcher.permissions import allowed, find, require
from matcher.radar import MOST, radar
from matcher.tasks.terms import TaskState
from web.cases.page import find_case, page
from web.locale import translated
from web.security import safe_next
from web.session import current_actor, reading, refresh
from web.tasks.blueprint import blueprint
from web.tasks.forms import DoneForm, HandOnForm, NoteForm, TaskForm
from web.tasks.presentation import first_of, groups_of, row_of_item, row_of_task

Answer = Response | tuple[str, int]


@blueprint.get("/today")
@login_required
def today() -> str:
    """What should I do next?"""
    actor = current_actor()
    items = radar(reading(), actor)
    lines = [row_of_item(actor, item) for item in items]
    groups = groups_of(lines)
    return render_template(
        "tasks/today.html",
        groups=groups,
        first=first_of(lines),
        total=len(lines),
        most=MOST,
        counts=[len(group) for _title, group in groups],
        looks_after=bool(actor.posts),
    )


def _task(task_id: int) -> CaseTask:
    find(reading(), current_actor(), "task.read", CaseTask, task_id)
    loaded = (
        select(CaseTask)
        .where(CaseTask.id == task_id)
        .options(
            joinedload(CaseTask.owner),
            joinedload(CaseTask.author),
            joinedload(CaseTask.organisation),
            *(joinedload(CaseTask.case).joinedload(part) for part in (Case.need, Case.achievement)),
        )
        .execution_options(populate_existing=True)
    )
    return reading().scalars(loaded).one()


@blueprint.get("/tasks/<int:task_id>")
@login_required
def show(task_id: int) -> str:
    """What is to be done, and what can I do about it?"""
    return _page(_task(task_id))


def _page(task: CaseTask, done: DoneForm | None = None, hand_on: HandOnForm | None = None) -> str:
    actor, waits = current_actor(), task.state == TaskState.OPEN
    return render_template(
        "tasks/show.html",
        task=task,
        row=row_of_task(actor, task),
        done=(done or DoneForm(formdata=None)) if waits and allowed(actor, "task.complete", task) else None,
        hand_on=(hand_on or HandOnForm(formdata=None)) if waits and allowed(actor, "task.reassign", task) else None,
        may_cancel=waits and allowed(actor, "task.cancel", task),
        reads_case=task.case is not None and allowed(actor, "case.read", task.case),
    )


@blueprint.post("/cases/<int:case_id>/tasks")
@login_required
def add(case_id: int) -> Answer:
    """A task on a case."""
    case, form = find_case(case_id), TaskForm()
    require(current_actor(), "case.task", case)
    try:
        actions.add_task(current_actor(), parse(TaskInput, form.values()), case_id=case_id)
    except Invalid as error:
        form.refuse(error)
        return page(case, {"task": form}), 422
    except Conflict as error:
        return page(case, {"task": form}, translated(error.message)), 409
    flash(_("待办已添加。"), "ok")
    return redirect(url_for("cases.show", case_id=case_id, _anchor="tasks"), 303)


@blueprint.post("/cases/<int:case_id>/notes")
@login_required
def note(case_id: int) -> Answer:
    """An officer's note on a case."""
    case, form = find_case(case_id), NoteForm()
    require(current_actor(), "case.note", case)
    try:
        actions.note_case(current_actor(), case_id, parse(NoteInput, {"body": form.body.data or ""}))
    except Invalid as error:
        form.refuse(error)
        return page(case, {"note": form}), 422
    flash(_("已记入经过。"), "ok")
    return redirect(url_for("cases.show", case_id=case_id, _anchor="timeline"), 303)


@blueprint.post("/tasks/<int:task_id>/complete")
@login_required
def complete(task_id: int) -> Answer:
    """It is done."""
    return _close(task_id, actions.complete_task, _("已完成。"))


@blueprint.post("/tasks/<int:task_id>/cancel")
@login_required
def cancel(task_id: int) -> Answer:
    """Call it off."""
    return _close(task_id, actions.cancel_task, _("已取消。"))


def _close(task_id: int, act: Callable[[Actor, int, OutcomeInput], None], words: str) -> Answer:
    task, form = _task(task_id), DoneForm()
    try:
        act(current_actor(), task_id, parse(OutcomeInput, {"outcome": form.outcome.data or ""}))
    except Invalid as error:
        form.refuse(error)
        return _page(task, done=form), 422
    except AlreadyDone as error:
        flash(translated(error.message), "warn")
        return _back(task)
    flash(words, "ok")
    return _back(task)


def _back(task: CaseTask) -> Response:
    """Where the reader came from, else the case, else one's day."""
    home = url_for("cases.show", case_id=task.case_id, _anchor="tasks") if task.case_id else url_for("tasks.today")
    return redirect(safe_next(request.form.get("next"), home), 303)


@blueprint.post("/tasks/<int:task_id>/reassign")
@login_required
def reassign(task_id: int) -> Answer:
    """Into other hands."""
    task, form = _task(task_id), HandOnForm()
    duty = form.chosen()
    if duty is None:
        return _page(task, hand_on=form), 422
    try:
        actions.reassign_task(current_actor(), task_id, duty)
    except Invalid as error:
        form.refuse(error)
        return _page(task, hand_on=form), 422
    except AlreadyDone as error:
        refresh()
        flash(translated(error.message), "warn")
        return _back(task)
    flash(_("已转交。"), "ok")
    return _back(task)


@blueprint.post("/account/contact")
@login_required
def contact() -> Response:
    """Become the 企业科技专员 of one's organisation, or stop."""
    try:
        set_contact(current_actor(), wanted=request.form.get("wanted") == "yes")
    except AlreadyDone as error:
        flash(translated(error.message), "warn")
    else:
        flash(_("已更新。"), "ok")
    return redirect(url_for("account.organisation"), 303)
