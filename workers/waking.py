"""Tell Celery that there is work. What is pending lies in the database, so a lost or repeated message does no harm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from kombu.exceptions import OperationalError
from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session

from matcher import clock
from matcher.db import in_transaction, reading
from matcher.models import Delivery, DeliveryState, OutboxItem, Stage
from workers.app import QUEUE, app

# Few at a time: what people do in the browser overtakes imports only as long as it is not in Celery's queue yet.
IN_FLIGHT = 8
HANDED_SECONDS = 15  # an item that nobody took by then is handed over again
BROKER_ERRORS = (OperationalError, OSError)
log = structlog.get_logger()


def send(task: str, *arguments: int | None) -> None:
    """Publish a task by name; raises one of BROKER_ERRORS within about two seconds when the broker is away."""
    app.send_task(f"workers.tasks.{task}", args=list(arguments), queue=QUEUE)


def hand_over() -> int:
    """Publish `match_item` for the most urgent items that wait for it; how many. Raises BROKER_ERRORS."""
    with reading() as session:
        items = _waiting(session)
    for item in items:
        send("match_item", item.id, item.attempts)
        _mark(item)
    return len(items)


def _waiting(session: Session) -> list[Row[Any]]:
    moment = clock.now()
    at_match = OutboxItem.stage == Stage.MATCH
    busy = session.scalar(
        select(func.count()).select_from(OutboxItem).where(at_match, OutboxItem.claimed_until >= moment)
    )
    free = or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until < moment)
    query = (
        select(OutboxItem.id, OutboxItem.attempts)
        .where(at_match, OutboxItem.available_at <= moment, free)
        .order_by(OutboxItem.priority, OutboxItem.id)
        .limit(max(IN_FLIGHT - (busy or 0), 0))
    )
    return list(session.execute(query))


def _mark(item: Row[Any]) -> None:
    """Leave the item alone for a while; a worker that has taken it already has raised `attempts`."""

    def work(session: Session) -> None:
        session.execute(
            update(OutboxItem)
            .where(
                OutboxItem.id == item.id,
                OutboxItem.stage == Stage.MATCH,
                OutboxItem.attempts == item.attempts,
            )
            .values(claimed_until=clock.now() + timedelta(seconds=HANDED_SECONDS))
        )

    in_transaction(work)


def mail_waits() -> bool:
    """Whether a mail is to be sent now."""
    with reading() as session:
        query = select(Delivery.id).where(
            Delivery.state == DeliveryState.PLANNED, Delivery.available_at <= clock.now()
        )
        return session.scalar(query.limit(1)) is not None
