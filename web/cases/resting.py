"""A case that rests: pause it, take it up again, bring an ended one back."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from matcher.actions import pausing
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from web.cases.forms import PauseForm
from web.cases.page import find_case, page
from web.cases.views import Answer, again, back, blueprint
from web.session import current_actor, refresh


@blueprint.post("/cases/<int:case_id>/pause")
@login_required
def pause(case_id: int) -> Answer:
    """Until which day, and why."""
    form = PauseForm()
    until, reason = form.day(), form.why()
    if until is None or reason is None:
        return page(find_case(case_id), {"pause": form}), 422
    try:
        pausing.pause_case(current_actor(), case_id, form.version.data or 0, reason, until)
    except Invalid as error:
        form.refuse(error)
        return again(case_id, {"pause": form}, error)
    except (Stale, Conflict) as error:
        refresh()
        if find_case(case_id).paused_at is not None:  # a second press of the same button
            return redirect(url_for("cases.show", case_id=case_id), 303)
        return again(case_id, {"pause": form}, error)
    return back(case_id, _("工单已暂停，期限不再计算。"))


@blueprint.post("/cases/<int:case_id>/continue")
@login_required
def go_on(case_id: int) -> Answer:
    """The pause is over."""
    find_case(case_id)
    try:
        pausing.continue_case(current_actor(), case_id)
    except Conflict:
        return redirect(url_for("cases.show", case_id=case_id), 303)
    return back(case_id, _("工单继续办理，期限重新计算。"))


@blueprint.post("/cases/<int:case_id>/resume")
@login_required
def resume(case_id: int) -> Answer:
    """Back to where it was when it ended."""
    find_case(case_id)
    typed = request.form.get("version", "")
    try:
        pausing.resume_case(current_actor(), case_id, int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0)
    except NotFound:
        raise NotAllowed from None
    except (Stale, Conflict) as error:
        return again(case_id, {}, error)
    return back(case_id, _("工单已恢复。"))
