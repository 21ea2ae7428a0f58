"""Close the open matches of a record that left the platform."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from matcher import clock
from matcher.models import Match, Record
from matcher.vocabulary import Kind, MatchState


def close_matches(session: Session, record: Record, reason: str) -> None:
    """Matches that became a case go on there; all other open ones close."""
    if record.kind is Kind.EXPERT:
        return
    column = Match.need_id if record.kind is Kind.NEED else Match.achievement_id
    session.execute(
        update(Match)
        .where(column == record.id, Match.state == MatchState.OPEN)
        .values(state=MatchState.CLOSED, closed_reason=reason, updated_at=clock.now())
    )
