"""The nightly round of 仍有效?: ask, remind, archive, in this order, so that a record takes one step a night."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import select

from config.settings import Settings
from matcher.actions.freshness import archive_record, ask_after, remind_of
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.errors import Refused
from matcher.freshness.terms import FreshnessStage, due
from matcher.models import MODELS

CHUNK = 500  # records of one transaction: half a second of the database at most


def keep_fresh(settings: Settings) -> int:
    """Carry every published record that is due one step on; how many."""
    waiting = {stage: list(_due(stage, settings)) for stage in FreshnessStage}
    return (
        sum(_together(remind_of, kind, ids) for kind, ids in waiting[FreshnessStage.REMIND])
        + sum(_together(ask_after, kind, ids) for kind, ids in waiting[FreshnessStage.ASK])
        + sum(_one_by_one(kind, ids) for kind, ids in waiting[FreshnessStage.ARCHIVE])
    )


def _due(stage: FreshnessStage, settings: Settings) -> Iterator[tuple[str, Sequence[int]]]:
    """Kinds with the numbers of their records that have come to `stage`, in chunks."""
    with reading() as session:
        for kind, model in MODELS.items():
            ids = session.scalars(select(model.id).where(due(stage, model, settings)).order_by(model.id)).all()
            for start in range(0, len(ids), CHUNK):
                yield kind, ids[start : start + CHUNK]


def _together(act: Callable[..., int], kind: str, ids: Sequence[int]) -> int:
    try:
        return act(SYSTEM, kind, ids)
    except Refused:  # all of them confirmed or withdrawn in between
        return 0


def _one_by_one(kind: str, ids: Sequence[int]) -> int:
    count = 0
    for record_id in ids:
        try:
            archive_record(SYSTEM, kind, record_id)
        except Refused:  # confirmed or withdrawn in between
            continue
        count += 1
    return count
