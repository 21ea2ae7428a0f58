"""Who is meant by a duty: the people who may hold it, the first of them being the one who gets the task."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matcher.models import Case, CaseTask, Membership, OfficerPost, Organisation, User
from matcher.tasks.rules import PROVINCE
from matcher.tasks.terms import OFFICERS, Duty, TaskState
from matcher.vocabulary import MembershipState, Role


def holders(session: Session, duty: Duty, organisation: Organisation, case: Case | None) -> list[User]:
    """Those who may hold the duty for the case or the enterprise, best first; operators where nobody else is named."""
    if duty in OFFICERS:
        found = officer(session, duty, organisation)
        return [found] if found else operators(session)
    people = PEOPLE[duty](session, organisation, case)
    return [user for user in people if user.closed_at is None] or operators(session)


def officer(session: Session, duty: str, organisation: Organisation) -> User | None:
    """Who holds the post: of the organisation itself before its region before its province."""
    province = organisation.region[:2] + PROVINCE
    posts = session.scalars(
        select(OfficerPost)
        .join(User, User.id == OfficerPost.user_id)
        .where(
            OfficerPost.duty == duty,
            OfficerPost.ended_at.is_(None),
            User.closed_at.is_(None),
            or_(
                OfficerPost.organisation_id == organisation.id,
                OfficerPost.region.in_([organisation.region, province]),
            ),
        )
    )
    ranked = sorted(posts, key=lambda post: (post.region is not None, post.region == province))
    return ranked[0].user if ranked else None


def operators(session: Session) -> list[User]:
    """Those who run the platform: operators before administrators, the one with the fewest open tasks first."""
    load = (
        select(func.count())
        .where(CaseTask.owner_id == User.id, CaseTask.state == TaskState.OPEN)
        .correlate(User)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(User)
            .where(
                User.role.in_([Role.OPERATOR, Role.ADMINISTRATOR]),
                User.verified_at.is_not(None),
                User.closed_at.is_(None),
            )
            .order_by(User.role == Role.ADMINISTRATOR, load, User.id)
        )
    )


def speakers(session: Session, organisation_id: int, author_id: int | None = None) -> list[User]:
    """A side's people: the listing's author, then the 企业科技专员 (M33), then the other members."""
    return [user for user, _named in _ranked(session, organisation_id, author_id)]


def told(session: Session, organisation_id: int, author_id: int | None) -> list[User]:
    """Who hears of a side's case: the listing's author and the 企业科技专员; every member when there is neither."""
    ranked = _ranked(session, organisation_id, author_id)
    return [user for user, named in ranked if named] or [user for user, _named in ranked]


def _ranked(session: Session, organisation_id: int, author_id: int | None) -> list[tuple[User, bool]]:
    rows = session.execute(
        select(User, Membership.is_contact)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.state == MembershipState.ACTIVE,
            User.verified_at.is_not(None),
            User.closed_at.is_(None),
        )
    ).all()
    ranked = sorted(rows, key=lambda row: (row[0].id != author_id, not row[1], row[0].id))
    return [(user, contact or user.id == author_id) for user, contact in ranked]


def _need_side(session: Session, organisation: Organisation, case: Case | None) -> list[User]:
    return speakers(session, organisation.id, case.need.author_id if case else None)


def _offer_side(session: Session, _organisation: Organisation, case: Case | None) -> list[User]:
    return speakers(session, case.offer_org_id, case.achievement.author_id) if case else []


def _broker(_session: Session, _organisation: Organisation, case: Case | None) -> list[User]:
    return [case.broker] if case and case.broker else []


PEOPLE: dict[Duty, Callable[[Session, Organisation, Case | None], list[User]]] = {
    Duty.NEED: _need_side,
    Duty.OFFER: _offer_side,
    Duty.BROKER: _broker,
    Duty.OPERATOR: lambda session, _organisation, _case: operators(session),
}
