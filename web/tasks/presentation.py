"""Tasks and steps as one line each: what, about what, until when, for how much, in whose hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, url_for
from flask_babel import gettext as _

from matcher import clock
from matcher.actor import Actor
from matcher.models import CaseTask
from matcher.permissions import allowed
from matcher.radar import Item
from matcher.tasks.queries import is_late
from matcher.tasks.terms import Duty, TaskOrigin, TaskState
from web import format as words
from web.cards import title_of
from web.cases.presentation import left_of
from web.cases.timeline import agreed
from web.cases.titles import fits
from web.locale import translated
from web.tasks.blueprint import blueprint

WEEK = timedelta(days=7)


@blueprint.app_template_filter("duty")
def duty_label(code: str | None) -> str:
    """In whose hands, in words."""
    return translated(Duty(code).label) if code in list(Duty) else ""


@blueprint.app_template_filter("task_state")
def state_label(code: str) -> str:
    """Where a task stands, in words."""
    return translated(TaskState(code).label)


@blueprint.app_template_filter("task_origin")
def origin_label(code: str) -> str:
    """What a task came from, in words."""
    return translated(TaskOrigin(code).label)


blueprint.add_app_template_filter(fits, "fits")


@dataclass(frozen=True)
class Row:
    """One line of a day or of a case's tasks. `task_id` is None for a case's own step."""

    url: str
    what: str
    number: str
    pair: tuple[str, str] | None
    organisation: str
    due: datetime
    left: str
    late: bool
    value: str
    hands: str
    level: int
    mine: bool
    paused: bool
    task_id: int | None = None
    may_complete: bool = False


def row_of_item(actor: Actor, item: Item) -> Row:
    """A line of one's day."""
    if item.task is not None:
        return row_of_task(actor, item.task, words.money(item.value))
    assert item.case is not None
    case = item.case
    return Row(
        url=url_for("cases.show", case_id=case.id),
        what=translated(case.next_step),
        number=case.number,
        pair=(title_of(case.need), title_of(case.achievement)),
        organisation="",
        due=item.due_at,
        left=_rest(item.due_at) if case.paused_at else left_of(item.due_at),
        late=is_late(item.due_at) and case.paused_at is None,
        value=words.money(item.value),
        hands=words.label(case.next_party, "CaseParty"),
        level=0,
        mine=item.mine,
        paused=case.paused_at is not None,
    )


def _rest(until: datetime) -> str:
    return str(_("暂停到 %(day)s", day=words.day(until)))


def row_of_task(actor: Actor, task: CaseTask, value: str = "") -> Row:
    """A line of one's day or of a case's tasks."""
    return Row(
        url=url_for("tasks.show", task_id=task.id),
        what=translated(task.title),
        number=task.case.number if task.case else "",
        pair=(title_of(task.case.need), title_of(task.case.achievement)) if task.case else None,
        organisation="" if task.case else task.organisation.name,
        due=task.due_at,
        left=left_of(task.due_at) if task.state == TaskState.OPEN else state_label(task.state),
        late=task.state == TaskState.OPEN and is_late(task.due_at),
        value=value,
        hands=hands_of(actor, task),
        level=task.level,
        mine=True,
        paused=False,
        task_id=task.id,
        may_complete=task.state == TaskState.OPEN and allowed(actor, "task.complete", task),
    )


def hands_of(actor: Actor, task: CaseTask) -> str:
    """The duty, with its person's name for those who may know it: sides learn names once both have agreed."""
    duty = duty_label(task.duty)
    if task.owner is None:
        return str(_("%(duty)s（未指定）", duty=duty))
    side = task.duty in (Duty.NEED, Duty.OFFER)
    may_know = not side or task.owner_id == actor.user_id or (task.case is not None and agreed(task.case))
    return f"{duty} · {task.owner.name}" if may_know else duty


def groups_of(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """The lines under what they are: late, today, within seven days, later, resting. Each line is in exactly one."""
    today, soon = clock.today(current_app.config["SETTINGS"].zone), clock.now() + WEEK
    titles = (_("已逾期"), _("今天到期"), _("七天内到期"), _("以后"), _("暂停中"))
    found: dict[str, list[Row]] = {title: [] for title in titles}
    for row in rows:
        found[titles[_group(row, today, soon)]].append(row)
    return list(found.items())


def _group(row: Row, today: object, soon: datetime) -> int:
    if row.paused:
        return 4
    if row.late:
        return 0
    if row.due.astimezone(current_app.config["SETTINGS"].zone).date() == today:
        return 1
    return 2 if row.due <= soon else 3


def first_of(rows: list[Row]) -> Row | None:
    """The next best action: the first line that the reader owes themselves and that does not rest."""
    waiting = [row for row in rows if not row.paused]
    return next((row for row in waiting if row.mine), waiting[0] if waiting else None)

