"""What an operator can do about parked items."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, NotFound
from matcher.messages import msg
from matcher.models import OutboxItem, Stage
from matcher.permissions import require


@action("outbox.retry")
def retry_item(session: Session, actor: Actor, item_id: int) -> None:
    """Start a parked item again from its first stage, with all its attempts; every stage may run twice."""
    require(actor, "outbox.retry")
    item = session.get(OutboxItem, item_id, with_for_update=True)
    if item is None:
        raise NotFound
    if item.stage != Stage.DEAD:
        raise Conflict(msg("只有搁置的条目可以重试。"))
    item.stage, item.attempts, item.claimed_until = Stage.INDEX, 0, None
    item.available_at = clock.now()
    audit.record(session, actor, "outbox.retry", item, error=item.last_error[:100])
