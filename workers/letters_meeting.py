"""An invitation: the letter, and the calendar object that goes with it."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from sqlalchemy.orm import selectinload

from matcher import clock, links
from matcher.actor import actor_of
from matcher.meetings.invitation import invitation
from matcher.meetings.links import MeetingLink, reply_link
from matcher.meetings.terms import MeetingState, Reply
from matcher.models import Meeting, MeetingGuest
from matcher.permissions import allowed
from workers.desk import Desk


def meeting_letter(desk: Desk) -> dict[str, Any] | None:
    """The letter's values; None when the reader may not know of the case now, or a newer invitation is on its way."""
    everybody = selectinload(Meeting.guests).joinedload(MeetingGuest.user)
    meeting = desk.session.get(Meeting, desk.payload["meeting_id"], options=[everybody])
    if meeting is None or meeting.sequence != desk.payload["sequence"]:
        return None
    if not allowed(actor_of(desk.session, desk.user), "case.meet", meeting.case):
        return None
    settings, wording = desk.settings, desk.wording
    link = links.page(settings, "cases", meeting.case_id, "meetings")
    gone = bool(desk.payload.get("dropped")) or meeting.state == MeetingState.CANCELLED
    sender = parseaddr(settings.mail_from)[1]
    return {
        "meeting": meeting,
        "number": meeting.case.number,
        "gone": gone,
        "changed": meeting.sequence > 0 and not gone,
        "day": wording.day(meeting.starts_at),
        "hours": f"{meeting.starts_at.astimezone(settings.zone):%H:%M}–{meeting.ends_at.astimezone(settings.zone):%H:%M}",
        "zone": settings.timezone,
        "answers": [] if gone else _answers(desk, meeting),
        "link": link,
        "calendar": invitation(
            meeting, organiser=sender, link=link, zone=settings.zone, stamp=clock.now(), gone=gone
        ),
    }


def _answers(desk: Desk, meeting: Meeting) -> list[tuple[str, str]]:
    found = []
    for reply in (Reply.ACCEPTED, Reply.DECLINED):
        link = MeetingLink(desk.user.id, meeting.id, meeting.sequence, reply)
        found.append((desk.wording.say(reply.label), reply_link(desk.settings, link)))
    return found
