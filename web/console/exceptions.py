"""一事一议: requests that wait for a decision, and those decided."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions.exceptions import decide_exception
from matcher.errors import Conflict, Invalid, NotAllowed
from matcher.models import Case, CaseException
from matcher.permissions import find
from matcher.waivers import ExceptionState
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading, refresh

PAGE = 20


@blueprint.get("/exceptions")
def exceptions() -> str:
    """Those that wait first, the oldest of them on top; then the latest decisions."""
    return _page()


def _page(**shown: Any) -> str:
    session = reading()
    total = session.scalar(select(func.count()).select_from(CaseException)) or 0
    page = page_of(total, PAGE, page_number())
    waits = CaseException.state == ExceptionState.REQUESTED
    query = (
        select(CaseException)
        .options(
            joinedload(CaseException.case).joinedload(Case.need),
            joinedload(CaseException.case).joinedload(Case.achievement),
            joinedload(CaseException.requester),
            joinedload(CaseException.decider),
        )
        .order_by(waits.desc(), CaseException.requested_at.desc(), CaseException.id.desc())
    )
    rows = list(session.scalars(query.offset(page.offset).limit(PAGE)))
    return console_page(
        "exceptions",
        "console.exceptions",
        rows=rows,
        page=page,
        url=lambda number: url_for("console.exceptions", page=number),
        **shown,
    )


@blueprint.post("/exceptions/<int:exception_id>")
def decide_case_exception(exception_id: int) -> Response | tuple[str, int]:
    """Approve or refuse, with a reason."""
    decision, approve = request.form.get("decision", ""), request.form.get("verdict")
    find(reading(), current_actor(), "exception.decide", CaseException, exception_id)
    if approve not in ("approve", "refuse"):
        return _page(error=_("请选择批准或不批准。"), at=exception_id, decision=decision), 422
    try:
        decide_exception(current_actor(), exception_id, approve=approve == "approve", decision=decision)
    except Invalid as error:
        return _page(error=translated(next(iter(error.errors.values()))), at=exception_id, decision=decision), 422
    except (Conflict, NotAllowed) as error:
        refresh()
        return _page(notice=translated(error.message)), 403 if isinstance(error, NotAllowed) else 409
    flash(_("已审批，并已发邮件告知。"), "ok")
    return redirect(url_for("console.exceptions"), 303)
