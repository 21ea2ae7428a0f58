"""What was discussed and decided: meetings with their minutes, and exceptions with who approved them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matcher.diligence.section import EMPTY, Section
from matcher.meetings.terms import MeetingState, Reply
from matcher.models import Case, CaseException, Meeting, MeetingGuest
from matcher.papers.paper import Block, Facts, Table
from matcher.workdays import local_day


def minutes(session: Session, case: Case) -> Section | None:
    """Meetings that were held: who was there, what was minuted, what was decided."""
    query = (
        select(Meeting)
        .where(Meeting.case_id == case.id, Meeting.state == MeetingState.HELD)
        .options(selectinload(Meeting.guests).joinedload(MeetingGuest.user), joinedload(Meeting.organiser))
        .order_by(Meeting.starts_at)
    )
    blocks: list[Block] = []
    for meeting in session.scalars(query):
        there = [guest.user.name for guest in meeting.guests if guest.reply == Reply.ACCEPTED]
        blocks.append(
            Facts(
                (
                    ("会议", f"{local_day(meeting.starts_at)} {meeting.title}"),
                    ("召集人", meeting.organiser.name),
                    ("参加", "、".join(there) or EMPTY),
                    ("纪要", meeting.minutes or EMPTY),
                    ("决定", "\n".join(meeting.decisions) or EMPTY),
                )
            )
        )
    return Section(tuple(blocks)) if blocks else None


def exceptions(session: Session, case: Case) -> Section | None:
    """一事一议: what the case departed from, why, and who approved or refused it."""
    query = (
        select(CaseException)
        .where(CaseException.case_id == case.id)
        .options(joinedload(CaseException.requester), joinedload(CaseException.decider))
        .order_by(CaseException.id)
    )
    lines = tuple(
        (
            f"{row.reason}\n意见：{row.decision or EMPTY}",
            local_day(row.requested_at).isoformat(),
            row.requester.name,
            row.decider.name if row.decider else EMPTY,
        )
        for row in session.scalars(query)
    )
    return Section((Table(("事由与意见", "日期", "提出", "批准或否决"), lines),)) if lines else None
