"""Cases that stand still, why, with whom, and the hands they might be better in."""

from __future__ import annotations

from flask import current_app, url_for
from sqlalchemy import select

from matcher.desk import loads
from matcher.models import User
from matcher.stalled import stalled as stalled_cases
from matcher.stalled import stalled_count, why
from matcher.vocabulary import Role
from web.cases.presentation import row_of
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 25


@blueprint.get("/stalled")
def stalled() -> str:
    """The longest overdue first; a fixed number of queries."""
    actor, session, settings = current_actor(), reading(), current_app.config["SETTINGS"]
    page = page_of(stalled_count(session, settings), PAGE, page_number())
    found = stalled_cases(session, settings, offset=page.offset, limit=PAGE)
    people = select(User).where(User.role == Role.BROKER, User.closed_at.is_(None)).order_by(User.id)
    return console_page(
        "stalled",
        "console.stalled",
        rows=[(case, row_of(actor, case), [translated(reason) for reason in why(case, settings)]) for case in found],
        brokers=list(session.scalars(people)),
        loads=loads(session),
        settings=settings,
        page=page,
        url=lambda number: url_for("console.stalled", page=number),
    )
