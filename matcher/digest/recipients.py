"""Who gets a digest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from matcher.models import Membership, Organisation, SavedSearch, User
from matcher.vocabulary import MembershipState, OrgState


def recipients(session: Session) -> list[tuple[User, int | None]]:
    """Everybody who gets a digest, with the number of their organisation, in order of their ids.

    Whoever belongs to none gets one for the searches that they keep.
    """
    keeps = exists(select(1)).where(SavedSearch.user_id == User.id, SavedSearch.paused_at.is_(None))
    active = and_(Membership.user_id == User.id, Membership.state == MembershipState.ACTIVE)
    checked = and_(Organisation.id == Membership.organisation_id, Organisation.state == OrgState.CHECKED)
    found = session.execute(
        select(User, Organisation.id)
        .outerjoin(Membership, active)
        .outerjoin(Organisation, checked)
        .where(wants_digest(), or_(Organisation.id.is_not(None), keeps))
        .order_by(User.id)
    )
    return [(user, organisation_id) for user, organisation_id in found]


def wants_digest() -> Any:
    """Condition on `User`: verified, open, subscribed, reachable."""
    return and_(
        User.verified_at.is_not(None),
        User.closed_at.is_(None),
        User.digest.is_(True),
        User.mail_bounced.is_(False),
    )
