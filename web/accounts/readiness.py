"""What still stands between a person and the main job, and the one thing to do next."""

from __future__ import annotations

from enum import StrEnum

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matcher.models import Membership, User
from matcher.vocabulary import MembershipState, OrgState
from web.session import reading


class Ready(StrEnum):
    """How far a person has come."""

    UNVERIFIED = "unverified"
    NO_ORGANISATION = "no_organisation"
    MEMBERSHIP_PENDING = "membership_pending"
    ORGANISATION_PENDING = "organisation_pending"
    ORGANISATION_REFUSED = "organisation_refused"
    READY = "ready"


def membership_of(user: User) -> Membership | None:
    """The person's membership that is not left, with its organisation; one query a request."""
    if "membership" not in g:
        query = select(Membership).where(
            Membership.user_id == user.id, Membership.state != MembershipState.LEFT
        )
        g.membership = reading().scalar(query.options(joinedload(Membership.organisation)))
    found: Membership | None = g.membership
    return found


def readiness(user: User) -> Ready:
    """The first thing that is missing."""
    if user.verified_at is None:
        return Ready.UNVERIFIED
    membership = membership_of(user)
    if membership is None:
        return Ready.NO_ORGANISATION
    if membership.state == MembershipState.PENDING:
        return Ready.MEMBERSHIP_PENDING
    return {
        OrgState.PENDING.value: Ready.ORGANISATION_PENDING,
        OrgState.REFUSED.value: Ready.ORGANISATION_REFUSED,
    }.get(membership.organisation.state, Ready.READY)
