"""Put a record's change into the outbox, in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from matcher import clock
from matcher.models import PRIORITY_PERSON, OutboxItem, Record


def enqueue(session: Session, record: Record, priority: int = PRIORITY_PERSON) -> None:
    """Raise the record's version and leave one item for the relay. New records keep version 1."""
    if record.id is None:
        session.flush()
    else:
        record.version += 1
    record.updated_at = clock.now()
    session.add(_item(record, priority))


def enqueue_new(session: Session, records: Iterable[Record], priority: int) -> None:
    """The same for many records that this transaction has just inserted and flushed."""
    session.add_all([_item(record, priority) for record in records])


def _item(record: Record, priority: int) -> OutboxItem:
    moment = clock.now()
    return OutboxItem(
        kind=record.kind.value,
        record_id=record.id,
        version=record.version,
        priority=priority,
        available_at=moment,
        created_at=moment,
    )
