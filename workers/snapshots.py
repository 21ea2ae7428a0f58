"""The corpus statistics that matches are scored with: taken when there are none, renewed as the platform grows."""

from __future__ import annotations

import structlog
from sqlalchemy import func, select

from indexes import statistics
from matcher.actions.matching import match_needs_again
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder
from matcher.models import Achievement, Need
from matcher.vocabulary import RecordState

GROWTH = 2  # a snapshot of less than half of what is published now is renewed …
SMALLEST = 10  # … but not for a few records more
log = structlog.get_logger()


def ensure(encoder: Encoder | None) -> bool:
    """Take a snapshot when there is none or the platform has grown much since; whether one was taken."""
    with reading() as session:
        newest, corpus = statistics.latest(session)
        published = sum(
            session.scalar(
                select(func.count()).select_from(model).where(model.state == RecordState.PUBLISHED)
            )
            or 0
            for model in (Need, Achievement)
        )
    if newest is not None and published < GROWTH * corpus.documents + SMALLEST:
        return False
    renew(encoder)
    return True


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
