"""Cases and who looks after them."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.board import CaseFilter, count_cases, find_cases
from matcher.brokers import candidates, rank, wanted_for
from matcher.desk import loads
from matcher.models import User
from matcher.vocabulary import Role
from web.cases.presentation import row_of
from web.console.shell import blueprint, console_page
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 25


@blueprint.get("/cases")
def cases() -> str:
    """Open cases, those without a broker marked, with each broker's load."""
    actor, session = current_actor(), reading()
    page = page_of(count_cases(session, actor, CaseFilter())[0], PAGE, page_number())
    found = find_cases(session, actor, CaseFilter(), page.offset, PAGE)
    brokers = list(
        session.scalars(
            select(User)
            .where(User.role == Role.BROKER, User.closed_at.is_(None))
            .options(joinedload(User.broker_profile))
            .order_by(User.id)
        )
    )
    known = candidates(session)
    # the best for each case that has nobody yet: one query for all of them, the ranking is pure
    best = {
        case.id: next(iter(rank(known, wanted_for(case.need, case.achievement))), None)
        for case in found
        if case.broker_id is None
    }
    return console_page(
        "cases",
        "console.cases",
        rows=[(case, row_of(actor, case)) for case in sorted(found, key=lambda case: case.broker_id is not None)],
        brokers=brokers,
        loads=loads(session),
        best=best,
        page=page,
        url=lambda number: url_for("console.cases", page=number),
    )
