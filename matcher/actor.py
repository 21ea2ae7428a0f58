"""Who is acting: a frozen picture of the person, their role and their organisation at the time of the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Membership, OfficerPost, Organisation, Station, StationStaff, User
from matcher.vocabulary import MembershipState, OrgState, Role


class Post(NamedTuple):
    """One of the four officers (M32) of an organisation or of a region; one of the two is None."""

    duty: str
    organisation_id: int | None
    region: str | None


@dataclass(frozen=True)
class Actor:
    """A visitor has no `user_id`; `org_id` is set only while the membership is active and the organisation checked.

    `member_of` is the organisation of an active membership in whatever state, so that a refused one can be corrected.
    """

    user_id: int | None = None
    role: str | None = None
    verified: bool = False
    org_id: int | None = None
    org_kind: str | None = None
    member_of: int | None = None
    scopes: frozenset[str] | None = None
    address: str = ""
    system: bool = False
    posts: frozenset[Post] = frozenset()
    stations: frozenset[int] = frozenset()  # the open 科技驿站 where this person receives clients

    @property
    def is_operator(self) -> bool:
        """Operators and administrators run the platform."""
        return self.role in (Role.OPERATOR, Role.ADMINISTRATOR)


VISITOR = Actor()
SYSTEM = Actor(system=True, verified=True)


def actor_of(session: Session, user: User, address: str = "", scopes: frozenset[str] | None = None) -> Actor:
    """The actor that `user` is now; three queries."""
    row = session.execute(
        select(Organisation.id, Organisation.kind, Organisation.state)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.user_id == user.id,
            Membership.state == MembershipState.ACTIVE,
        )
    ).first()
    checked = row if row is not None and row.state == OrgState.CHECKED else None
    posts = session.execute(
        select(OfficerPost.duty, OfficerPost.organisation_id, OfficerPost.region).where(
            OfficerPost.user_id == user.id, OfficerPost.ended_at.is_(None)
        )
    )
    return Actor(
        user_id=user.id,
        role=user.role,
        verified=user.verified_at is not None,
        org_id=checked.id if checked else None,
        org_kind=checked.kind if checked else None,
        member_of=row.id if row else None,
        scopes=scopes,
        address=address,
        posts=frozenset(Post(*post) for post in posts),
        stations=_stations_of(session, user),
    )


def _stations_of(session: Session, user: User) -> frozenset[int]:
    return frozenset(
        session.scalars(
            select(StationStaff.station_id)
            .join(Station, Station.id == StationStaff.station_id)
            .where(
                StationStaff.user_id == user.id, StationStaff.ended_at.is_(None), Station.closed_at.is_(None)
            )
        )
    )
