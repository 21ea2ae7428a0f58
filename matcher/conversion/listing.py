"""限时转化公开清单: publicly funded achievements with an overdue duty, the longest overdue first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matcher.conversion.status import bound, overdue
from matcher.conversion.terms import Duty
from matcher.models import Achievement


@dataclass(frozen=True)
class Asked:
    """How the list is narrowed: by an overdue duty, a technical field, a region (a province finds its cities)."""

    duty: Duty | None = None
    domain: str = ""
    region: str = ""


def _where(by: Asked, today: date) -> ColumnElement[bool]:
    duties = [by.duty] if by.duty else list(Duty)
    conditions = [or_(*(overdue(duty, today) for duty in duties))]
    if by.domain:
        conditions.append(Achievement.tech_field == by.domain)
    if by.region:
        whole = by.region.endswith("0000")
        conditions.append(
            Achievement.region.startswith(by.region[:2]) if whole else Achievement.region == by.region
        )
    return and_(*conditions)


def counts(session: Session, by: Asked, today: date) -> dict[Duty | None, int]:
    """How many the filter leaves under each duty, and in all (None); one query a number."""
    return {
        duty: session.scalar(
            select(func.count())
            .select_from(Achievement)
            .where(_where(Asked(duty, by.domain, by.region), today))
        )
        or 0
        for duty in (None, *Duty)
    }


def listed(
    session: Session, by: Asked, today: date, *, offset: int = 0, limit: int = 20
) -> Sequence[Achievement]:
    """One page of them with their owners; one query."""
    query = (
        select(Achievement)
        .where(_where(by, today))
        .options(joinedload(Achievement.organisation))
        .order_by(Achievement.completed_on, Achievement.id)
        .offset(offset)
        .limit(limit)
    )
    return session.scalars(query).all()


def own(session: Session, organisation_id: int, *, offset: int = 0, limit: int = 20) -> Sequence[Achievement]:
    """One page of an organisation's achievements with a clock, the longest running first."""
    query = (
        select(Achievement)
        .where(bound(), Achievement.organisation_id == organisation_id)
        .order_by(Achievement.completed_on, Achievement.id)
        .offset(offset)
        .limit(limit)
    )
    return session.scalars(query).all()


def count_own(session: Session, organisation_id: int) -> int:
    """How many of an organisation's achievements have a clock."""
    query = select(func.count()).select_from(Achievement)
    return session.scalar(query.where(bound(), Achievement.organisation_id == organisation_id)) or 0
