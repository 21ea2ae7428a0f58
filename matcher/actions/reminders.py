"""Plan the mails of the clock: before a step or task is due, and after. Planning twice plans once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock
from matcher.db import in_transaction
from matcher.models import Delivery, DeliveryKind, DeliveryState
from matcher.tasks.clockwork import Due, day_key, due_between, reminded_until

TABLE = cast("Table", Delivery.__table__)  # many rows in one statement, without an object for each
ROWS = 500  # of one statement: both databases bound its parameters


def remind(settings: Settings) -> int:
    """Mails about what will be due within so many working days; how many were new."""
    return _plan(DeliveryKind.REMINDER, due_between(clock.now(), reminded_until(settings)))


def tell_overdue(_settings: Settings) -> int:
    """Mails about what is late; how many were new."""
    return _plan(DeliveryKind.OVERDUE, due_between(None, clock.now()))


def _plan(kind: DeliveryKind, batches: Iterable[list[Due]]) -> int:
    """A transaction for each batch: killed between two, the next run goes on where this one stopped."""
    return sum(
        in_transaction(lambda session, found=batch: _insert(session, kind, found))  # type: ignore[misc]
        for batch in batches
    )


def _insert(session: Session, kind: DeliveryKind, found: list[Due]) -> int:
    rows = [_row(kind, due, user) for due in found for user in due.people]
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    new = 0
    for start in range(0, len(rows), ROWS):
        done = session.execute(
            insert(TABLE)
            .values(rows[start : start + ROWS])
            .on_conflict_do_nothing(index_elements=["user_id", "kind", "key"])
            .execution_options(preserve_rowcount=True)
        )
        assert isinstance(done, CursorResult)
        new += done.rowcount
    return new


def _row(kind: DeliveryKind, due: Due, user_id: int) -> dict[str, Any]:
    moment = clock.now()
    return {
        "user_id": user_id,
        "kind": kind.value,
        # the date is in the key: a clock that ran twice or jumped back finds the mail already planned
        "key": day_key(due.subject, due.id, due.due_at),
        "payload": {f"{due.subject}_id": due.id, "due_at": due.due_at.isoformat()},
        "state": DeliveryState.PLANNED.value,
        "attempts": 0,
        "available_at": moment,
        "created_at": moment,
        "message_id": "",
        "last_error": "",
    }
