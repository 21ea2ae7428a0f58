"""Cases that stand still: overdue for days, or without any change for longer. The operators' list."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from config.settings import Settings
from matcher import clock
from matcher.messages import Message, msg
from matcher.models import Case
from matcher.tasks.queries import runs


def _stands(settings: Settings) -> ColumnElement[bool]:
    overdue = Case.due_at < clock.now() - timedelta(days=settings.stalled_overdue_days)
    return runs() & or_(overdue, Case.updated_at < clock.now() - timedelta(days=settings.stalled_silent_days))


def stalled_count(session: Session, settings: Settings) -> int:
    """How many stand still."""
    return session.scalar(select(func.count()).select_from(Case).where(_stands(settings))) or 0


def stalled(session: Session, settings: Settings, *, offset: int, limit: int) -> list[Case]:
    """Those cases, the longest overdue first; records, sides and broker loaded; one query."""
    parts = (Case.need, Case.achievement, Case.need_org, Case.offer_org, Case.broker)
    query = (
        select(Case)
        .where(_stands(settings))
        .options(*(joinedload(part) for part in parts))
        .order_by(Case.due_at, Case.id)
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def why(case: Case, settings: Settings) -> list[Message]:
    """Why the case is on the list."""
    late = (clock.now() - case.due_at).days if case.due_at else 0
    silent = (clock.now() - case.updated_at).days
    reasons = [msg("逾期 %(days)s 天", days=late)] if late >= settings.stalled_overdue_days else []
    return reasons + ([msg("%(days)s 天没有变化", days=silent)] if silent >= settings.stalled_silent_days else [])
