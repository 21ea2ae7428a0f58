"""Which integrity records bar somebody today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import clock
from matcher.actor import Actor
from matcher.errors import Conflict
from matcher.integrity.terms import IntegrityScope
from matcher.messages import msg
from matcher.models import Case, IntegrityRecord


def today() -> date:
    """The day that counts, in the configured zone."""
    return clock.today(get_settings().zone)


def bars(day: date) -> ColumnElement[bool]:
    """Records that bar somebody on `day`: begun, not over, not lifted."""
    return and_(
        IntegrityRecord.lifted_at.is_(None), IntegrityRecord.starts_on <= day, IntegrityRecord.ends_on >= day
    )


def is_active(record: IntegrityRecord) -> bool:
    """The same of one record today."""
    return record.lifted_at is None and record.starts_on <= today() <= record.ends_on


def block(
    session: Session, scope: IntegrityScope, organisations: Collection[int], people: Collection[int | None]
) -> IntegrityRecord | None:
    """The record that bars any of these today and lasts longest; None when all are free."""
    subject = or_(IntegrityRecord.organisation_id.in_(organisations), IntegrityRecord.user_id.in_(people))
    query = (
        select(IntegrityRecord)
        .where(subject, bars(today()), IntegrityRecord.scope.in_((scope, IntegrityScope.ALL)))
        .order_by(IntegrityRecord.ends_on.desc(), IntegrityRecord.id)
        .limit(1)
    )
    return session.scalar(query)


def require_publishable(session: Session, actor: Actor, record: Any) -> None:
    """`Conflict` while the owner, the author or the member who submits is barred from publishing."""
    people = {record.author_id} | (set() if actor.is_operator else {actor.user_id})
    found = block(session, IntegrityScope.PUBLISHING, {record.organisation_id}, people - {None})
    if found is not None:
        raise Conflict(
            msg(
                "发布单位或人员有生效中的科研诚信记录（到 %(day)s 为止），期间不能提交和发布。原因和申诉见“科研诚信”页。",
                day=found.ends_on.isoformat(),
            )
        )


def barred_organisations(session: Session) -> set[int]:
    """Organisations that may publish nothing today."""
    scopes = (IntegrityScope.PUBLISHING, IntegrityScope.ALL)
    query = select(IntegrityRecord.organisation_id).where(bars(today()), IntegrityRecord.scope.in_(scopes))
    return {number for number in session.scalars(query) if number is not None}


def sides_may_sign(session: Session, case: Case) -> bool:
    """Whether neither side's organisation nor the author of its record is barred from signing."""
    people = {case.need.author_id, case.achievement.author_id} - {None}
    return block(session, IntegrityScope.SIGNING, {case.need_org_id, case.offer_org_id}, people) is None


def records_about(session: Session, user_id: int, organisation_id: int | None) -> Sequence[IntegrityRecord]:
    """Records about a person and their organisation, the latest first."""
    subject = or_(IntegrityRecord.user_id == user_id, IntegrityRecord.organisation_id == organisation_id)
    return session.scalars(select(IntegrityRecord).where(subject).order_by(IntegrityRecord.id.desc())).all()
