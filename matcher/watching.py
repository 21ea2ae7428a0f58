"""The enterprises that an officer looks after, with what goes on there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.models import Case, Organisation
from matcher.tasks.queries import runs
from matcher.tasks.rules import looked_after
from matcher.vocabulary import OrgKind, OrgState


@dataclass(frozen=True)
class Watched:
    """An enterprise with its open and its late cases."""

    organisation: Organisation
    open: int
    late: int


def _watched(actor: Actor) -> ColumnElement[bool]:
    return and_(looked_after(actor), Organisation.kind == OrgKind.ENTERPRISE, Organisation.state == OrgState.CHECKED)


def watched_count(session: Session, actor: Actor) -> int:
    """How many enterprises the actor looks after."""
    return session.scalar(select(func.count()).select_from(Organisation).where(_watched(actor))) or 0


def watched(session: Session, actor: Actor, *, offset: int, limit: int) -> list[Watched]:
    """Those enterprises, the most late cases first; one query."""
    late = func.count(Case.id).filter(Case.due_at < clock.now())
    query = (
        select(Organisation, func.count(Case.id), late)
        .outerjoin(Case, and_(Case.need_org_id == Organisation.id, runs()))
        .where(_watched(actor))
        .group_by(Organisation.id)
        .order_by(late.desc(), func.count(Case.id).desc(), Organisation.id)
    )
    return [Watched(*row) for row in session.execute(query.offset(offset).limit(limit))]
