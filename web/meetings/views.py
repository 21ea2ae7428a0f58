"""A case's meetings: called, changed, cancelled, answered, minuted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matcher import clock, links
from matcher.actions import meetings as actions
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.meetings import MeetingInput, MinutesInput
from matcher.meetings.invitation import invitation
from matcher.meetings.terms import MeetingState, Reply
from matcher.models import Case, Meeting, MeetingGuest
from matcher.permissions import allowed
from web.cases.frame import frame_of
from web.cases.page import find_case
from web.locale import translated
from web.meetings.forms import MeetingForm, MinutesForm
from web.session import current_actor, reading, refresh

blueprint = Blueprint("meetings", __name__)
Answer = Response | str | tuple[str, int] | Any


def meetings_of(case: Case) -> list[Meeting]:
    """The case's meetings, the latest first, with their guests."""
    query = (
        select(Meeting)
        .where(Meeting.case_id == case.id)
        .options(joinedload(Meeting.organiser), selectinload(Meeting.guests).joinedload(MeetingGuest.user))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    return list(reading().scalars(query))


def _find(case: Case, meeting_id: int) -> Meeting:
    meeting = reading().get(Meeting, meeting_id)
    if meeting is None or meeting.case_id != case.id:
        raise NotFound
    return meeting


@blueprint.get("/cases/<int:case_id>/meetings")
@login_required
def of_case(case_id: int) -> str:
    """When do we meet, who comes, what did we agree on?"""
    return _page(find_case(case_id))


def _page(case: Case, form: MeetingForm | None = None, notice: str = "") -> str:
    actor = current_actor()
    frame = frame_of(case)
    may_meet = allowed(actor, "case.meet", case) and not frame.closed
    people = actions.people_of(reading(), case) if may_meet else []
    form = form or MeetingForm(formdata=None, data={"guests": [user.id for user in people]})
    return render_template(
        "meetings/of_case.html",
        frame=frame,
        meetings=meetings_of(case),
        own=actor.user_id,
        now=clock.now(),
        may_meet=may_meet,
        form=form.offer(people),
        notice=notice,
        planned=MeetingState.PLANNED,
        replies=(Reply.ACCEPTED, Reply.DECLINED),
    )


def _back(case_id: int, words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("meetings.of_case", case_id=case_id), 303)  # type: ignore[return-value]


@blueprint.post("/cases/<int:case_id>/meetings")
@login_required
def call(case_id: int) -> Answer:
    """A new meeting; everybody gets an invitation."""
    case, form = find_case(case_id, "case.meet"), MeetingForm()
    try:
        actions.call_meeting(current_actor(), case_id, parse(MeetingInput, form.given()))
    except AlreadyDone:
        return redirect(url_for("meetings.of_case", case_id=case_id), 303)
    except Invalid as error:
        form.refuse(error)
        return _page(case, form), 422
    except Conflict as error:
        return _page(case, form, translated(error.message)), 409
    return _back(case_id, _("邀请已发出。"))


@blueprint.get("/cases/<int:case_id>/meetings/<int:meeting_id>")
@login_required
def edit(case_id: int, meeting_id: int) -> str:
    """The meeting's form, filled in."""
    case = find_case(case_id, "case.meet")
    return _edit_page(case, _find(case, meeting_id))


def _edit_page(case: Case, meeting: Meeting, form: MeetingForm | None = None, notice: str = "") -> str:
    zone = current_app.config["SETTINGS"].zone
    begins, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    values = {
        "title": meeting.title, "day": begins.date().isoformat(), "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}",
        "place": meeting.place, "agenda": meeting.agenda, "guests": [guest.user_id for guest in meeting.guests],
    }  # fmt: skip
    form = form or MeetingForm(formdata=None, data=values)
    people = actions.people_of(reading(), case)
    return render_template("meetings/edit.html", frame=frame_of(case), meeting=meeting, form=form.offer(people), notice=notice)


@blueprint.post("/cases/<int:case_id>/meetings/<int:meeting_id>")
@login_required
def change(case_id: int, meeting_id: int) -> Answer:
    """Another time or place; everybody is asked again."""
    case, form = find_case(case_id, "case.meet"), MeetingForm()
    meeting = _find(case, meeting_id)
    try:
        actions.change_meeting(current_actor(), case_id, meeting_id, parse(MeetingInput, form.given()))
    except Invalid as error:
        form.refuse(error)
        return _edit_page(case, meeting, form), 422
    except Conflict as error:
        return _edit_page(case, meeting, form, translated(error.message)), 409
    return _back(case_id, _("已更新，邀请重新发出。"))


@blueprint.post("/cases/<int:case_id>/meetings/<int:meeting_id>/cancel")
@login_required
def cancel(case_id: int, meeting_id: int) -> Answer:
    """It is off."""
    case = find_case(case_id, "case.meet")
    try:
        actions.cancel_meeting(current_actor(), case_id, meeting_id)
    except Conflict as error:
        refresh()
        return _page(case, None, translated(error.message)), 409
    return _back(case_id, _("会面已取消，已通知各位。"))


@blueprint.post("/cases/<int:case_id>/meetings/<int:meeting_id>/reply")
@login_required
def reply(case_id: int, meeting_id: int) -> Answer:
    """One's own answer."""
    case = find_case(case_id, "case.meet")
    meeting = _find(case, meeting_id)
    given = request.form.get("reply", "")
    if given not in (Reply.ACCEPTED, Reply.DECLINED):
        return _page(case, None, _("请选择参加或不参加。")), 422
    try:
        actions.reply_to_meeting(current_actor(), case_id, meeting_id, meeting.sequence, Reply(given))
    except AlreadyDone:
        return redirect(url_for("meetings.of_case", case_id=case_id), 303)
    except Conflict as error:
        refresh()
        return _page(case, None, translated(error.message)), 409
    return _back(case_id, _("已答复。"))


@blueprint.get("/cases/<int:case_id>/meetings/<int:meeting_id>/invite.ics")
@login_required
def calendar(case_id: int, meeting_id: int) -> Response:
    """The meeting for one's own calendar."""
    settings = current_app.config["SETTINGS"]
    meeting = _find(find_case(case_id, "case.meet"), meeting_id)
    link = links.page(settings, "cases", case_id, "meetings")
    gone = meeting.state == MeetingState.CANCELLED
    _method, content = invitation(
        meeting, organiser=meeting.organiser.email, link=link, zone=settings.zone, stamp=meeting.updated_at, gone=gone
    )
    headers = {"Content-Disposition": "attachment; filename=invite.ics", "Cache-Control": "no-store"}
    return Response(content, mimetype="text/calendar", headers=headers)


@blueprint.get("/cases/<int:case_id>/meetings/<int:meeting_id>/minutes")
@login_required
def minutes(case_id: int, meeting_id: int) -> str:
    """An empty sheet for what was said."""
    case = find_case(case_id, "case.meet")
    return _minutes_page(case, _find(case, meeting_id), MinutesForm(formdata=None))


def _minutes_page(case: Case, meeting: Meeting, form: MinutesForm, notice: str = "") -> str:
    return render_template("meetings/minutes.html", frame=frame_of(case), meeting=meeting, form=form, notice=notice)


@blueprint.post("/cases/<int:case_id>/meetings/<int:meeting_id>/minutes")
@login_required
def minute(case_id: int, meeting_id: int) -> Answer:
    """Keep the minutes; the tasks in them get their owners and dates."""
    case, form = find_case(case_id, "case.meet"), MinutesForm()
    meeting = _find(case, meeting_id)
    try:
        actions.minute_meeting(current_actor(), case_id, meeting_id, parse(MinutesInput, form.given()))
    except Invalid as error:
        form.refuse(Invalid({form.place(path): message for path, message in error.errors.items()}))
        return _minutes_page(case, meeting, form), 422
    except Conflict as error:
        return _minutes_page(case, meeting, form, translated(error.message)), 409
    return _back(case_id, _("纪要已保存，任务已分派。"))
