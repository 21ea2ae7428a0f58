"""What the mails about tasks and about the dates of steps say, under the permissions of the moment of sending."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.settings import Settings
from matcher import clock, links
from matcher.actor import Actor, actor_of
from matcher.models import Case, CaseTask
from matcher.permissions import allowed
from matcher.tasks.queries import runs_now, waits
from matcher.tasks.terms import Duty
from workers.desk import DONE, Desk, Skip
from workers.wording import Wording


def task_letter(desk: Desk) -> dict[str, Any] | Skip:
    """The values of the templates; `Skip` when what the mail was planned for is done, moved or not the reader's to know."""
    session, settings, wording = desk.session, desk.settings, desk.wording
    actor = actor_of(session, desk.user)
    due_at = datetime.fromisoformat(desk.payload["due_at"]) if "due_at" in desk.payload else None
    if "task_id" in desk.payload:
        task = session.get(CaseTask, desk.payload["task_id"])
        found = _task(settings, actor, wording, task, due_at) if task else None
        return found or Skip(DONE)
    case = session.get(Case, desk.payload["case_id"])
    found = _step(settings, actor, wording, case, due_at) if case else None
    return found or Skip(DONE)


def _task(
    settings: Settings, actor: Actor, wording: Wording, task: CaseTask, due_at: datetime | None
) -> dict[str, Any] | None:
    # in other hands meanwhile: those have had a mail of their own
    if not waits(task) or due_at not in (None, task.due_at) or task.owner_id != actor.user_id:
        return None
    place = ("cases", task.case.id) if task.case else (f"today#task-{task.id}",)
    return {
        "title": wording.say(task.title),
        "case": task.case if task.case and allowed(actor, "case.read", task.case) else None,
        # of a case both banks are named by their records: an anonymous need stays so
        "organisation": "" if task.case else task.organisation.name,
        "duty": wording.say(Duty(task.duty).label),
        "due": wording.day(task.due_at),
        "late": task.due_at < clock.now(),
        "link": links.page(settings, *place),
    }


def _step(
    settings: Settings, actor: Actor, wording: Wording, case: Case, due_at: datetime | None
) -> dict[str, Any] | None:
    if not runs_now(case) or case.due_at != due_at or not allowed(actor, "case.read", case):
        return None
    return {
        "title": wording.say(case.next_step),
        "case": case,
        "organisation": "",
        "duty": wording.say(Duty(case.next_party).label),
        "due": wording.day(case.due_at),
        "late": due_at is not None and due_at < clock.now(),
        "link": links.page(settings, "cases", case.id),
    }
