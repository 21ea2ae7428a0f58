"""限时转化: the public list of what is overdue, and the duties of one achievement."""

from __future__ import annotations

from datetime import date
from typing import Literal

from flask import Response
from pydantic import Field

from matcher.conversion.listing import Asked, counts, listed
from matcher.conversion.status import Clock, clocks
from matcher.conversion.terms import Duty
from matcher.errors import NotFound
from matcher.models import Achievement
from matcher.permissions import find
from matcher.vocabulary import REGIONS, RecordState, TechField
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas import Answered, OrganisationRef, PageQuery
from web.cards import record_url
from web.conversion.presentation import today
from web.session import current_actor, reading


class DutyOut(Answered):
    """One duty: open, done on a day, or fulfilled by a running case or a registered contract (stopped)."""

    duty: Duty
    due: date
    state: Literal["open", "overdue", "done", "stopped"]
    done_on: date | None


class ClockOut(Answered):
    """The clock of a publicly funded achievement; duties in order of their dates."""

    achievement_id: int
    title: str
    url: str
    organisation: OrganisationRef
    project_ref: str
    completed_on: date
    duties: list[DutyOut]


class OverduePage(Answered):
    """One page of overdue achievements, the longest overdue first."""

    items: list[ClockOut]
    total: int
    page: int
    size: int


class OverdueQuery(PageQuery):
    """By an overdue duty, a technical field, a region (a province finds its cities); unknown codes narrow nothing."""

    duty: Duty | None = None
    domain: str = Field("", max_length=24)
    region: str = Field("", max_length=6)


@blueprint.get("/overdue-achievements")
@operation(Operation("Publicly funded achievements with an overdue duty", {200: OverduePage}, query=OverdueQuery))
def list_overdue(query: OverdueQuery) -> Response:
    """限时转化公开清单 as data."""
    by = Asked(
        query.duty,
        query.domain if query.domain in list(TechField) else "",
        query.region if query.region in REGIONS else "",
    )
    total = counts(reading(), by, today())[by.duty]
    found = listed(reading(), by, today(), offset=(query.page - 1) * query.size, limit=query.size)
    running = clocks(reading(), found)
    items = [_out(each, running[each.id]) for each in found]
    return answer(OverduePage(items=items, total=total, page=query.page, size=query.size))


@blueprint.get("/achievements/<int:achievement_id>/duties")
@operation(Operation("The duties of a publicly funded achievement", {200: ClockOut}))
def read_duties(achievement_id: int) -> Response:
    """N20 as data; not found for an achievement that has no clock."""
    achievement = find(reading(), current_actor(), "record.read", Achievement, achievement_id)
    running = clocks(reading(), [achievement]) if achievement.state == RecordState.PUBLISHED else {}
    if achievement.id not in running:
        raise NotFound
    return answer(_out(achievement, running[achievement.id]))


def _out(achievement: Achievement, running: Clock) -> ClockOut:
    day = today()
    duties = [
        DutyOut(
            duty=step.duty,
            due=step.due,
            state="done" if step.done_on else "stopped" if step.stopped else "overdue" if step.is_overdue(day) else "open",
            done_on=step.done_on,
        )
        for step in running.steps
    ]
    return ClockOut(
        achievement_id=achievement.id,
        title=achievement.title,
        url=absolute(record_url(achievement.kind, achievement.id)),
        organisation=OrganisationRef(id=achievement.organisation_id, name=achievement.organisation.name),
        project_ref=achievement.project_ref,
        completed_on=running.completed_on,
        duties=duties,
    )
