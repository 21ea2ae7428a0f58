"""What a restored database must know about itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from matcher import audit
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.models import Delivery, DeliveryState


@action("platform.restore")
def mark_restored(session: Session, actor: Actor, made_at: datetime) -> int:
    """Mark every mail that was unsent in the backup as unknown: it may have gone out since. How many."""
    done = session.execute(
        update(Delivery)
        .where(Delivery.state.in_((DeliveryState.PLANNED, DeliveryState.SENDING)))
        .values(state=DeliveryState.UNKNOWN, sending_since=None, last_error="restored from an older backup")
    )
    assert isinstance(done, CursorResult)
    audit.record(
        session,
        actor,
        "platform.restore",
        ("platform", None),
        made_at=made_at.isoformat(),
        mails=done.rowcount,
    )
    return done.rowcount
