"""Cases on somebody's desk: overdue first, then by due date."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.models import Case
from matcher.permissions import rows


def cases_of(
    session: Session,
    actor: Actor,
    *,
    closed: bool = False,
    state: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> list[Case]:
    """Cases that the actor may read, the next due first; records, sides and broker loaded; one query."""
    query = (
        select(Case)
        .where(
            rows(actor, "case.read", Case), Case.state.in_(CLOSED) if closed else Case.state.not_in(CLOSED)
        )
        .options(
            joinedload(Case.need),
            joinedload(Case.achievement),
            joinedload(Case.need_org),
            joinedload(Case.offer_org),
            joinedload(Case.broker),
        )
        .order_by(Case.due_at.is_(None), Case.due_at, Case.id)
    )
    if state:
        query = query.where(Case.state == state)
    return list(session.scalars(query.offset(offset).limit(limit)))


def overdue_count(session: Session, actor: Actor) -> int:
    """How many of the actor's open cases are past their date."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Case)
            .where(rows(actor, "case.read", Case), Case.state.not_in(CLOSED), Case.due_at < clock.now())
        )
        or 0
    )


def is_overdue(case: Case) -> bool:
    """Whether the next step is late."""
    return case.due_at is not None and case.state not in CLOSED and case.due_at < clock.now()
