"""Add views that were counted outside the database, in batches, each at most once.

A side that opened a match leaves a mark in the same way: `match:12:2026-11-24:need`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matcher import clock
from matcher.db import in_transaction
from matcher.models import MODELS, Match, NamedValue, ViewCount
from matcher.vocabulary import Side

BATCH = "views:"
WHATS = ("shown", "opened")
REMEMBER_DAYS = 7  # how long a batch's name is kept to recognise it
Key = tuple[str, int, date]


def parse(counts: Mapping[str, int]) -> dict[Key, dict[str, int]]:
    """Counts by record and day from fields such as `need:12:2026-11-24:opened`; what reads otherwise is left out."""
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for field, count in counts.items():
        kind, _, rest = field.partition(":")
        number, _, rest = rest.partition(":")
        day, _, what = rest.partition(":")
        if kind in MODELS and number.isascii() and number.isdigit() and what in WHATS and count > 0:
            try:
                found[kind, int(number), date.fromisoformat(day)][what] = count
            except ValueError:
                continue
    return dict(found)


def reads(counts: Mapping[str, int]) -> set[tuple[int, str]]:
    """Matches that a side has opened, from fields such as `match:12:2026-11-24:need`."""
    found = set()
    for field, count in counts.items():
        parts = field.split(":")
        if len(parts) != 4 or parts[0] != "match" or parts[3] not in list(Side) or count <= 0:
            continue
        if parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10:
            found.add((int(parts[1]), parts[3]))
    return found


def _mark_read(session: Session, match_id: int, side: str) -> None:
    """The first reading counts; `updated_at` stays, for nothing was computed anew."""
    column = Match.need_read_at if side == Side.NEED else Match.offer_read_at
    session.execute(update(Match).where(Match.id == match_id, column.is_(None)).values({column: clock.now()}))


def add_views(batch: str, counts: Mapping[str, int]) -> bool:
    """Add one batch; False when a batch of that name has been added before."""

    def work(session: Session) -> bool:
        name = f"{BATCH}{batch}"
        if session.get(NamedValue, name, with_for_update=True) is not None:
            return False
        # its key is unique: of two that add the same batch at once, one fails as a whole
        session.add(NamedValue(name=name, value={}, updated_at=clock.now()))
        session.flush()
        for key, columns in sorted(parse(counts).items()):
            _add(session, key, columns)
        for match_id, side in sorted(reads(counts)):
            _mark_read(session, match_id, side)
        return True

    return in_transaction(work)


def _add(session: Session, key: Key, columns: Mapping[str, int]) -> None:
    row = session.get(ViewCount, key, with_for_update=True)
    if row is None:
        row = ViewCount(kind=key[0], record_id=key[1], day=key[2], shown=0, opened=0)
        session.add(row)
    for what, count in columns.items():
        setattr(row, what, getattr(row, what) + count)


def forget_batches() -> int:
    """Remove the names of batches added long ago; how many."""

    def work(session: Session) -> int:
        old = list(
            session.scalars(
                select(NamedValue.name).where(
                    NamedValue.name.startswith(BATCH),
                    NamedValue.updated_at < clock.now() - timedelta(days=REMEMBER_DAYS),
                )
            )
        )
        session.execute(delete(NamedValue).where(NamedValue.name.in_(old)))
        return len(old)

    return in_transaction(work)
