"""The corpus statistics that matches are scored with: taken when there are none, renewed as the platform grows."""

from __future__ import annotations

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from indexes import statistics
from matcher.actions.matching import match_needs_again
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder
from matcher.models import Achievement, Need
from matcher.vocabulary import RecordState

GROWTH = 2  # a snapshot of less than half of what is published now is renewed …
SMALLEST = 10  # … but not for a few records more
RANKED = (Need, Achievement)
log = structlog.get_logger()


def ensure(encoder: Encoder | None) -> bool:
    """Take a snapshot when there is none or the platform has grown much since; whether one was taken."""
    with reading() as session:
        newest, corpus = statistics.latest(session)
        enough = GROWTH * corpus.documents + SMALLEST
        # there are no more records than the highest numbers say, and these are found without counting
        if newest is not None and (_highest(session) < enough or _published(session) < enough):
            return False
    renew(encoder)
    return True


def _highest(session: Session) -> int:
    return sum(session.scalar(select(func.max(model.id))) or 0 for model in RANKED)


def _published(session: Session) -> int:
    counts = (select(func.count()).select_from(model).where(model.state == RecordState.PUBLISHED) for model in RANKED)
    return sum(session.scalar(each) or 0 for each in counts)


def renew(encoder: Encoder | None) -> None:
    """Take a snapshot, and let needs that were matched on a much smaller one be matched again."""
    with reading() as session:
        _, before = statistics.latest(session)
    statistics.take(encoder)
    statistics.forget()
    with reading() as session:
        _, after = statistics.latest(session)
    if before.documents and after.documents >= GROWTH * before.documents:
        log.info("matching: statistics renewed, needs again", needs=in_transaction(match_needs_again))
