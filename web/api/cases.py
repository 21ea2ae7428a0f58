"""Cases to read: the list as the board narrows it, one case, its course, its meetings."""

from __future__ import annotations

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matcher.board import CaseFilter, count_cases, find_cases
from matcher.models import Case, CaseEvent, Meeting
from matcher.permissions import find
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import absolute, case_out, etag
from web.api.schemas import CaseOut
from web.api.schemas_cases import CasePage, CaseQuery, MeetingOut, Meetings, StepOut, Steps
from web.session import current_actor, reading

TOLD = ("opened", "agreed", "assigned", "moved", "planned", "paused", "continued", "resumed", "ended")


@blueprint.get("/cases")
@operation(Operation("List cases", {200: CasePage}, query=CaseQuery, token=True))
def list_cases(query: CaseQuery) -> Response:
    """Cases that the caller may read, the next due first, with the number of all that the filter leaves."""
    by = CaseFilter(
        closed=query.closed,
        phase=query.phase or "",
        state=query.state or "",
        party=query.party or "",
        broker_id=query.broker_id,
        late=query.late,
        paused=query.paused,
        text=query.text,
    )
    total, late = count_cases(reading(), current_actor(), by)
    found = find_cases(reading(), current_actor(), by, (query.page - 1) * query.size, query.size)
    items = [case_out(case) for case in found]
    return answer(CasePage(items=items, page=query.page, size=query.size, total=total, late=late))


@blueprint.get("/cases/<int:case_id>")
@operation(Operation("Read a case", {200: CaseOut}, token=True, etag=True))
def read_case(case_id: int) -> Response:
    """One case."""
    case = _case(case_id)
    return answer(case_out(case), ETag=etag(case))


def _case(case_id: int) -> Case:
    return find(reading(), current_actor(), "case.read", Case, case_id)


@blueprint.get("/cases/<int:case_id>/steps")
@operation(Operation("The course of a case", {200: Steps}, token=True))
def list_steps(case_id: int) -> Response:
    """Its steps in their order, with codes and days; messages, files and names stay on its page."""
    query = select(CaseEvent).where(CaseEvent.case_id == _case(case_id).id, CaseEvent.kind.in_(TOLD))
    events = reading().scalars(query.order_by(CaseEvent.id))
    return answer(Steps(items=[StepOut.model_validate(event, from_attributes=True) for event in events]))


@blueprint.get("/cases/<int:case_id>/meetings")
@operation(Operation("Meetings of a case", {200: Meetings}, token=True))
def list_meetings(case_id: int) -> Response:
    """Its meetings, the latest first, with how many accepted."""
    case = _case(case_id)
    query = select(Meeting).where(Meeting.case_id == case.id).options(selectinload(Meeting.guests))
    found = reading().scalars(query.order_by(Meeting.starts_at.desc()))
    return answer(Meetings(items=[_meeting_out(meeting) for meeting in found]))


def _meeting_out(meeting: Meeting) -> MeetingOut:
    replies = [guest.reply for guest in meeting.guests]
    return MeetingOut(
        id=meeting.id,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        state=meeting.state,
        guests=len(replies),
        accepted=replies.count("accepted"),
        declined=replies.count("declined"),
        decisions=meeting.decisions,
        url=absolute(f"/cases/{meeting.case_id}/meetings"),
    )
