"""Signed links of an invitation: a guest answers without logging in, after a confirming click."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from matcher.links import page
from matcher.meetings.terms import Reply
from matcher.signing import BadLinkError, sign, unsign


@dataclass(frozen=True)
class MeetingLink:
    """What a meeting link says: whose reply, to which meeting, to which of its invitations."""

    user_id: int
    meeting_id: int
    sequence: int
    reply: Reply


def reply_link(settings: Settings, link: MeetingLink) -> str:
    """Answers one invitation without logging in, after a confirming click."""
    data = {"user": link.user_id, "meeting": link.meeting_id, "sequence": link.sequence, "reply": link.reply.value}
    return page(settings, "m", sign(settings, "meeting", data))


def read_reply(settings: Settings, token: str) -> MeetingLink:
    """What a meeting link's token says; raises `BadLinkError`."""
    data = unsign(settings, "meeting", token)
    try:
        return MeetingLink(int(data["user"]), int(data["meeting"]), int(data["sequence"]), Reply(data["reply"]))
    except (KeyError, TypeError, ValueError):
        raise BadLinkError from None
