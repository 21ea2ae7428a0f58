"""Chain the audit trail: each event gets a place and a hash soon after it was committed.

Actions do not chain their events themselves: all of them would wait for one another at the end of the chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.chain import Flaw, Head, digest, follow, moment
from matcher.models import AuditEvent, AuditSeal
from matcher.numbers import locked_series

SERIES = "audit-seals"  # held while sealing, so that two sweeps never write one place
# Events are numbered before they are committed: one that was slow may be older than the newest sealed one by this much.
LATE = 1000
CHUNK = 1000


def entry_of(event: AuditEvent, number: int, previous: str) -> dict[str, Any]:
    """The event as an entry of the chain."""
    values = {column.key: getattr(event, column.key) for column in AuditEvent.__table__.columns}
    return {**values, "at": moment(event.at), "number": number, "previous": previous}


def seal_events(session: Session, *, everything: bool = False, limit: int = CHUNK) -> int:
    """Add up to `limit` events to the end of the chain; how many. `everything` also finds events that came very late."""
    locked_series(session, SERIES)
    head = audit_head(session)
    newest = session.scalar(select(func.max(AuditSeal.event_id))) or 0
    sealed = select(AuditSeal.event_id).where(AuditSeal.event_id == AuditEvent.id).exists()
    waiting = select(AuditEvent).where(~sealed, AuditEvent.id > (0 if everything else newest - LATE))
    events = session.scalars(waiting.order_by(AuditEvent.id).limit(limit)).all()
    for event in events:
        head = Head(head.number + 1, digest(entry_of(event, head.number + 1, head.hash)))
        session.add(AuditSeal(position=head.number, event_id=event.id, hash=head.hash))
    return len(events)


def audit_head(session: Session) -> Head:
    """The end of the chain."""
    last = session.scalar(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1))
    return Head(last.position, last.hash) if last else Head()


@dataclass(frozen=True)
class TrailCheck:
    """What became of a check: the chain's end or its first flaw, and events that wait for their seal."""

    head: Head
    flaw: Flaw | None
    unsealed: int


def check_trail(session: Session) -> TrailCheck:
    """Compare every sealed event with its seal, in order; reads the whole trail once."""
    head, flaw = follow(_entries(session))
    if flaw is not None and _is_removed(session, flaw.number):
        flaw = Flaw(flaw.number, "its event was removed")
    total = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    sealed = session.scalar(select(func.count()).select_from(AuditSeal)) or 0
    return TrailCheck(head, flaw, max(0, total - sealed))


def _entries(session: Session) -> Iterator[dict[str, Any]]:
    query = (
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=CHUNK)
    )
    previous = Head().hash
    for seal, event in session.execute(query):
        if event is None:
            yield {"number": seal.position, "previous": previous, "hash": seal.hash}
        else:
            yield {**entry_of(event, seal.position, previous), "hash": seal.hash}
        previous = seal.hash


def _is_removed(session: Session, position: int) -> bool:
    seal = session.get(AuditSeal, position)
    return seal is not None and session.get(AuditEvent, seal.event_id) is None
