"""What the mails about tasks and about the dates of steps say, under the permissions of the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock, links
from matcher.actor import Actor, actor_of
from matcher.models import Case, CaseTask, User
from matcher.permissions import allowed
from matcher.tasks.queries import runs_now, waits
from matcher.tasks.terms import Duty
from workers.wording import Wording


def values_of(
    session: Session, settings: Settings, user: User, wording: Wording, payload: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The values of the templates; None when what the mail was planned for is done, moved or not the reader's to know."""
    actor = actor_of(session, user)
    due_at = datetime.fromisoformat(payload["due_at"]) if "due_at" in payload else None
    if "task_id" in payload:
        task = session.get(CaseTask, payload["task_id"])
        return _task(settings, actor, wording, task, due_at) if task else None
    case = session.get(Case, payload["case_id"])
    return _step(settings, actor, wording, case, due_at) if case else None


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
