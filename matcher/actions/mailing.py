"""Plan the same kind of mail for many people at once, each at most once by its key, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from matcher import clock
from matcher.models import Delivery, DeliveryKind, DeliveryState, Membership, Record, User
from matcher.vocabulary import MembershipState

ROWS = 500  # of one statement: SQLite takes 32,766 values


@dataclass(frozen=True)
class Planned:
    """One mail: to whom, the key that it is planned under once, the ids and codes it is written from."""

    user_id: int
    key: str
    payload: dict[str, Any]


def plan_once(session: Session, kind: DeliveryKind, mails: Sequence[Planned]) -> int:
    """Leave a delivery row for each mail that was not planned before under its key; how many were new."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    moment, added = clock.now(), 0
    for start in range(0, len(mails), ROWS):
        rows = [
            {
                "user_id": mail.user_id,
                "kind": kind,
                "key": mail.key,
                "payload": mail.payload,
                "state": DeliveryState.PLANNED,
                "attempts": 0,
                "available_at": moment,
                "message_id": "",
                "last_error": "",
                "created_at": moment,
            }
            for mail in mails[start : start + ROWS]
        ]
        done = session.scalars(
            insert(Delivery)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["user_id", "kind", "key"])
            .returning(Delivery.id)
        )
        added += len(done.all())
    return added


def speakers(session: Session, records: Iterable[Record]) -> dict[int, list[int]]:
    """By record id, who hears of it: its author while they belong to its organisation, else every member."""
    records = list(records)
    belonging: dict[int, list[int]] = defaultdict(list)
    query = (
        select(Membership.organisation_id, User.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_({record.organisation_id for record in records}),
            Membership.state == MembershipState.ACTIVE,
            User.verified_at.is_not(None),
            User.closed_at.is_(None),
        )
        .order_by(User.id)
    )
    for organisation_id, user_id in session.execute(query):
        belonging[organisation_id].append(user_id)
    return {
        record.id: [user for user in belonging[record.organisation_id] if user == record.author_id]
        or belonging[record.organisation_id]
        for record in records
    }
