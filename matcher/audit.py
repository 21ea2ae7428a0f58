"""Write the one audit event of an action."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.db import in_transaction
from matcher.models import AuditEvent

REFUSED = "attempt.refused"  # the one event that no action writes: an attempt that left nothing else
# names that must never appear with their values; all others appear by name only, too
NO_FIELDS = frozenset({"version", "updated_at", "password_hash"})


def changed_fields(obj: Any) -> list[str]:
    """Names of the columns that this transaction has changed on `obj`."""
    state = inspect(obj)
    return sorted(
        attribute.key
        for attribute in state.mapper.column_attrs
        if state.attrs[attribute.key].history.has_changes() and attribute.key not in NO_FIELDS
    )


def record(session: Session, actor: Actor, action: str, obj: Any, **changes: Any) -> None:
    """Add the event; `obj` is a row (flushed for its id) or a (kind, id) pair; `changes` are codes and field names."""
    if isinstance(obj, tuple):
        kind, object_id = obj
    else:
        if obj.id is None:
            session.flush()
        kind, object_id = obj.__tablename__, obj.id
    session.info["audited"] = session.info.get("audited", 0) + 1
    session.add(
        AuditEvent(
            at=clock.now(),
            actor_id=actor.user_id,
            actor_role=actor.role or ("system" if actor.system else "visitor"),
            action=action,
            object_kind=kind,
            object_id=object_id,
            changes={key: value for key, value in changes.items() if value not in (None, [], "")},
            address=actor.address,
        )
    )


def note_refusal(actor: Actor, attempted: str, obj: tuple[str, int | None], why: str) -> None:
    """Keep word of a sensitive attempt that was refused, in a transaction of its own; `why` is a code.

    What was typed is never kept: a password may stand where an address was asked for.
    """
    in_transaction(lambda session: record(session, actor, REFUSED, obj, attempted=attempted, why=why))
