"""The versioned snapshot of corpus statistics: taken from the published records, stored, read by everything that scores."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from indexes import documents, truth
from matcher.clock import now
from matcher.corpus import EMPTY, Statistics, Vector, collect
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder
from matcher.models import CorpusSnapshot
from matcher.priors import priors

FRESH_SECONDS = 60.0
_lock = threading.Lock()
_current: tuple[float, int | None, Statistics] = (0.0, None, EMPTY)


def take(encoder: Encoder | None) -> int:
    """Store a snapshot of everything published at this moment; its id."""
    statistics = collect(_texts(encoder), _priors(encoder))

    def work(session: Session) -> int:
        row = CorpusSnapshot(documents=statistics.documents, data=statistics.dump(), created_at=now())
        session.add(row)
        session.flush()
        return row.id

    return in_transaction(work)


def _texts(encoder: Encoder | None) -> Iterator[tuple[Sequence[str], Vector | None]]:
    for records in truth.all_records():
        made = [document for document in map(documents.build, records) if document is not None]
        vectors: dict[truth.Wanted, Vector] = {}
        if encoder is not None:
            with reading() as session:
                vectors = truth.embeddings(session, encoder.fingerprint, map(truth.wanted, made))
        for document in made:
            role, name = truth.wanted(document)
            yield document.title + document.body, vectors.get((role, name)) if role == "passage" else None


def latest(session: Session) -> tuple[int | None, Statistics]:
    """Id and content of the newest snapshot; None and the empty statistics before the first."""
    newest = session.scalar(select(func.max(CorpusSnapshot.id)))
    return newest, pinned(session, newest)


def pinned(session: Session, snapshot_id: int | None) -> Statistics:
    """The content of that snapshot, which never changes; it is large, so it is read once."""
    return _content(snapshot_id, str(session.get_bind().engine.url))


@lru_cache(maxsize=3)
def _content(snapshot_id: int | None, _database: str) -> Statistics:
    with reading() as session:
        row = session.get(CorpusSnapshot, snapshot_id) if snapshot_id is not None else None
    return Statistics.load(row.data) if row is not None else EMPTY


def current(encoder: Encoder | None = None) -> Statistics:
    """The newest snapshot, looked for once a minute; before there is one, no more than the encoder's prior centres."""
    global _current  # noqa: PLW0603 - one value for the process
    with _lock:
        if _current[0] < time.monotonic():
            _current = (time.monotonic() + FRESH_SECONDS, *_newer(_current[1], _current[2]))
        return _current[2] if _current[1] is not None else Statistics(0, 0.0, {}, _priors(encoder))


def _priors(encoder: Encoder | None) -> Mapping[str, Vector]:
    return priors(encoder.fingerprint) if encoder is not None else {}


def _newer(known: int | None, statistics: Statistics) -> tuple[int | None, Statistics]:
    with reading() as session:
        newest = session.scalar(select(CorpusSnapshot.id).order_by(CorpusSnapshot.id.desc()).limit(1))
        return (known, statistics) if newest == known else latest(session)


def forget() -> None:
    """Look for the newest snapshot at the next call (after a snapshot was taken, or another database configured)."""
    global _current  # noqa: PLW0603 - one value for the process
    with _lock:
        _current = (0.0, None, EMPTY)
