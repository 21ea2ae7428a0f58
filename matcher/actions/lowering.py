"""Take back what an organisation's refusals lower in its own list; the refusals themselves stay."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Invalid
from matcher.learning.personal import RULES
from matcher.messages import msg
from matcher.models import LoweringReset
from matcher.permissions import require
from matcher.vocabulary import Side


@action("lowering.reset")
def reset_lowering(session: Session, actor: Actor, side: str, reason: str) -> None:
    """From now on refusals for `reason` given on `side` until today lower nothing; doing it twice is harmless."""
    require(actor, "lowering.reset")
    if side not in list(Side) or reason not in RULES:
        raise Invalid({"reason": msg("请选择列出的原因。")})
    assert actor.org_id is not None  # the permission asks for a membership
    query = select(LoweringReset).where(
        LoweringReset.organisation_id == actor.org_id, LoweringReset.side == side, LoweringReset.reason == reason
    )
    row = session.scalar(query) or LoweringReset(organisation_id=actor.org_id, side=side, reason=reason)
    row.at = clock.now()
    session.add(row)
    audit.record(session, actor, "lowering.reset", row, side=side, reason=reason)
