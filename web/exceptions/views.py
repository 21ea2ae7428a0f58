"""The exceptions of a case: which were asked for, what became of them, and the form to ask."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions.exceptions import request_exception
from matcher.errors import Conflict, Invalid
from matcher.models import Case
from matcher.permissions import allowed
from matcher.waivers import ExceptionState, Waivable, exceptions_of
from web.cases.frame import frame_of
from web.cases.page import find_case
from web.locale import translated
from web.session import current_actor, reading, refresh

blueprint = Blueprint("exceptions", __name__)


@blueprint.app_template_filter("waivable")
def waivable(code: str) -> str:
    """The rule that an exception departs from, in words."""
    return translated(Waivable(code).label)


@blueprint.app_template_filter("exception_state")
def exception_state(code: str) -> str:
    """Where a request stands, in words."""
    return translated(ExceptionState(code).label)


@blueprint.get("/cases/<int:case_id>/exceptions")
@login_required
def of_case(case_id: int) -> str:
    """All requests, and the form for another."""
    return _page(find_case(case_id))


def _page(
    case: Case, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None, notice: str = ""
) -> str:
    frame = frame_of(case)
    rows = exceptions_of(reading(), case)
    taken = {row.waives for row in rows if row.state != ExceptionState.REFUSED}
    return render_template(
        "exceptions/of_case.html",
        frame=frame,
        notice=notice,
        rows=rows,
        choices=[term for term in Waivable if term not in taken],
        may_request=allowed(current_actor(), "exception.request", case) and not frame.closed,
        errors=errors or {},
        typed=typed or {},
    )


@blueprint.post("/cases/<int:case_id>/exceptions")
@login_required
def ask(case_id: int) -> Response | tuple[str, int]:
    """Ask for an exception; the same rule only once at a time."""
    typed = {name: request.form.get(name, "") for name in ("waives", "reason")}
    try:
        request_exception(current_actor(), case_id, typed["waives"], typed["reason"])
    except Invalid as error:
        errors = {field: translated(message) for field, message in error.errors.items()}
        return _page(find_case(case_id), errors, typed), 422
    except Conflict as error:
        refresh()
        return _page(find_case(case_id), None, typed, translated(error.message)), 409
    flash(_("申请已提交，运营人员审批后会发邮件告诉您。"), "ok")
    return redirect(url_for("exceptions.of_case", case_id=case_id), 303)
