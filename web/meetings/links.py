"""Answers to an invitation by the signed links of its mail: shown by GET, given by one confirming POST."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from matcher.actions.meetings import reply_to_meeting
from matcher.actor import Actor, actor_of
from matcher.errors import AlreadyDone, Conflict, NotFound
from matcher.meetings.links import MeetingLink, read_reply
from matcher.meetings.terms import MeetingState
from matcher.models import Meeting, User
from matcher.permissions import allowed
from matcher.signing import BadLinkError
from web.limits import limited
from web.locale import translated
from web.session import reading, refresh

blueprint = Blueprint("replies", __name__)


@dataclass(frozen=True)
class Asked:
    """What a link allows: one person's one answer to one invitation."""

    actor: Actor
    meeting: Meeting
    link: MeetingLink


def read(token: str) -> Asked:
    """The link's meaning now. `BadLinkError` when it is forged or expired, its person gone, or the case not theirs."""
    link = read_reply(current_app.config["SETTINGS"], token)
    user, meeting = reading().get(User, link.user_id), reading().get(Meeting, link.meeting_id)
    if user is None or user.closed_at is not None or meeting is None:
        raise BadLinkError
    actor = replace(actor_of(reading(), user), address=request.remote_addr or "")
    if not allowed(actor, "case.meet", meeting.case):
        raise BadLinkError
    return Asked(actor, meeting, link)


@blueprint.errorhandler(BadLinkError)
def bad_link(error: BadLinkError) -> tuple[str, int]:
    """One page for every link that does not work, so that a forger learns nothing."""
    return render_template("matches/bad_link.html", message=translated(error.message)), 404


@blueprint.get("/m/<token>")
@limited("enquiry", methods=("GET",))
def confirm(token: str) -> str:
    """Ask for the one click. Mail scanners follow links, so this page alone changes nothing."""
    return _page(read(token))


@blueprint.post("/m/<token>")
@limited("enquiry")
def give(token: str) -> tuple[str, int] | str:
    """The answer that the link names; pressing twice leaves the same answer."""
    asked = read(token)
    try:
        reply_to_meeting(asked.actor, asked.meeting.case_id, asked.meeting.id, asked.link.sequence, asked.link.reply)
    except NotFound:
        raise BadLinkError from None
    except AlreadyDone:
        pass  # pressed twice
    except Conflict as error:
        return _page(asked, translated(error.message)), 409
    refresh()
    return _page(read(token), _("已答复：%(reply)s。", reply=translated(asked.link.reply.label)), done=True)


def _page(asked: Asked, notice: str = "", *, done: bool = False) -> str:
    meeting = asked.meeting
    stale = meeting.state != MeetingState.PLANNED or meeting.sequence != asked.link.sequence
    return render_template("meetings/confirm.html", meeting=meeting, asked=asked, notice=notice, done=done, stale=stale)
