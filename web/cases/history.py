"""A case's history as a sheet: every line of the timeline that the reader may know, oldest first."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_login import login_required

from web import sheets
from web.cases.page import find_case, lines_read
from web.cases.shelf import files_of
from web.cases.views import blueprint


@blueprint.get("/cases/<int:case_id>/timeline.xlsx")
@login_required
def timeline(case_id: int) -> Response:
    """When, what, in which words, by whom."""
    case = find_case(case_id)
    lines = reversed(lines_read(case, files_of(case)))
    head = [_("时间"), _("事项"), _("内容"), _("说明")]
    rows = ([sheets.minute(line.at), line.title, line.text, line.note] for line in lines)
    return sheets.attachment(f"{case.number}.xlsx", _("经过"), head, rows)
