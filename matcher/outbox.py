"""Put a record's change into the outbox, in the transaction that makes it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matcher import clock
from matcher.models import PRIORITY_PERSON, OutboxItem, Record


def enqueue(session: Session, record: Record, priority: int = PRIORITY_PERSON) -> None:
    """Raise the record's version and leave one item for the relay. New records keep version 1."""
    if record.id is None:
        session.flush()
    else:
        record.version += 1
    moment = clock.now()
    record.updated_at = moment
    session.add(
        OutboxItem(
            kind=record.kind.value,
            record_id=record.id,
            version=record.version,
            priority=priority,
            available_at=moment,
            created_at=moment,
        )
    )
