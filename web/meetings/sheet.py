"""A case's meetings as a sheet."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_login import login_required

from matcher.meetings.terms import Reply
from matcher.models import Meeting
from web import format as words
from web import sheets
from web.cases.page import find_case
from web.meetings.views import blueprint, meetings_of


@blueprint.get("/cases/<int:case_id>/meetings.xlsx")
@login_required
def export(case_id: int) -> Response:
    """The latest first, with who comes, what was said and decided."""
    case = find_case(case_id)
    head = [_("会面"), _("开始"), _("结束"), _("地点"), _("状态"), _("参加"), _("不参加"), _("未答复"), _("纪要"), _("决定")]
    return sheets.attachment(f"{case.number}-meetings.xlsx", _("会面"), head, map(_row, meetings_of(case)))


def _row(meeting: Meeting) -> list[str]:
    people = {reply: [guest.user.name for guest in meeting.guests if guest.reply == reply] for reply in Reply}
    return [
        meeting.title,
        sheets.minute(meeting.starts_at),
        sheets.minute(meeting.ends_at),
        meeting.place,
        words.label(meeting.state, "MeetingState"),
        *("、".join(people[reply]) for reply in (Reply.ACCEPTED, Reply.DECLINED, Reply.OPEN)),
        meeting.minutes,
        "\n".join(meeting.decisions),
    ]
