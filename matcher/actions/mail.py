"""Plan a mail in the transaction of the action that causes it."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.models import Delivery, DeliveryKind, Membership, User
from matcher.vocabulary import MembershipState


def members(session: Session, organisation_id: int) -> list[User]:
    """Verified people with an active membership, in order of their ids."""
    return list(
        session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.state == MembershipState.ACTIVE,
                User.verified_at.is_not(None),
                User.closed_at.is_(None),
            )
            .order_by(User.id)
        )
    )


def plan_mail(
    session: Session, user: User, kind: DeliveryKind, key: str | None = None, **payload: Any
) -> None:
    """Leave one delivery row; `payload` holds ids and codes, the text is written when it is sent."""
    if user.closed_at is not None:
        return
    moment = clock.now()
    session.add(
        Delivery(
            user_id=user.id,
            kind=kind,
            key=key or secrets.token_hex(12),
            payload=payload,
            available_at=moment,
            created_at=moment,
        )
    )
