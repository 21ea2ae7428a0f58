"""The days of a case's steps: each is entered under the day on which it happened."""

from __future__ import annotations

from datetime import date

from matcher import clock
from matcher.errors import Invalid
from matcher.messages import msg
from matcher.models import Case, CaseEvent
from matcher.workdays import local_day

STEPS = ("opened", "moved", "resumed")


def day_of(event: CaseEvent) -> date:
    """The day that was entered for a step, else the day of the entry."""
    on = event.data.get("on")
    return date.fromisoformat(str(on)) if on else local_day(event.created_at)


def last_day(case: Case) -> date:
    """The day of the newest step."""
    return max((day_of(event) for event in case.events if event.kind in STEPS), default=local_day(case.created_at))


def day_of_step(case: Case, happened_on: date | None) -> date:
    """The day under which the next step is entered; default today.

    `Invalid` when it lies ahead, or before the step that led here. A computer clock that was set back does not stop
    the work: without a date the step is then entered under the newest step's day.
    """
    today, before = local_day(clock.now()), last_day(case)
    if happened_on is None:
        return max(today, before)
    if happened_on > today:
        raise Invalid({"happened_on": msg("日期不能晚于今天。")})
    if happened_on < before:
        raise Invalid({"happened_on": msg("不能早于上一步的日期 %(day)s。", day=before.isoformat())})
    return happened_on
