"""From the outbox to the index: the relay's body.

An item is carried out by reading its record anew, so neither order nor repetition matters. It moves on when the index
has confirmed the document, not when a request was sent. Words come first, without waiting for the encoder; then the
vector; then the item waits for matching. What people did in the browser goes before imports at every claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from indexes import documents, truth
from indexes.engine import (
    Delete,
    Engine,
    EngineUnavailableError,
    Operation,
    OpResult,
    Outcome,
    Upsert,
    Vector,
    document_id,
)
from indexes.opening import ensure_live, fitness
from matcher.clock import now
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.models import OutboxItem, Record, Stage
from matcher.vocabulary import Kind

BATCH = 500  # items whose words are indexed at once
ENCODE_BATCH = 16  # texts encoded before looking again for something more urgent
LEASE = timedelta(seconds=60)  # longer than any batch takes; a killed relay's items wait this long
MAX_ATTEMPTS = 5  # refusals of one item by the index before it is parked
MAX_CRASHES = 12  # claims that ended without a word before the item is held to be what kills the process
SUSPECT = 3  # from this many on, such items are taken one at a time
FIRST_DELAY = 1.0
MAX_DELAY = 120.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox item that is ours until `until`."""

    id: int
    kind: str
    record_id: int
    version: int
    stage: str
    attempts: int
    until: datetime


@dataclass(slots=True)
class Step:
    """What one step did: items carried on, ids now waiting for matching, items postponed and parked."""

    handled: int = 0
    to_match: list[int] = field(default_factory=list)
    postponed: int = 0
    dead: int = 0
    unavailable: str = ""


def step(engine: Engine, encoder: Encoder | None) -> Step:
    """Carry on the most urgent waiting items: a batch of words, else a few vectors. Nothing waits: `handled` is 0."""
    for stage, size in ((Stage.INDEX, BATCH), (Stage.ENCODE, ENCODE_BATCH)):
        items = in_transaction(lambda session, stage=stage, size=size: claim(session, stage, size))  # type: ignore[misc]
        if items:
            return _carry_on(engine, encoder, items)
    return Step()


def claim(session: Session, stage: Stage, size: int) -> list[Claimed]:
    """Take up to `size` waiting items of a stage, people's before imports'; no other process takes the same."""
    moment = now()
    waiting = (
        select(OutboxItem)
        .where(
            OutboxItem.stage == stage,
            OutboxItem.available_at <= moment,
            or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until < moment),
        )
        .order_by(OutboxItem.priority, OutboxItem.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    items = [item for item in session.scalars(waiting) if not _parked(item)]
    suspects = [item for item in items if item.claimed_until is not None and item.attempts >= SUSPECT]
    items = suspects[:1] or items
    until = moment + LEASE
    if items:
        session.execute(
            update(OutboxItem)
            .where(OutboxItem.id.in_([item.id for item in items]))
            .values(claimed_until=until, attempts=OutboxItem.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return [
        Claimed(item.id, item.kind, item.record_id, item.version, item.stage, item.attempts + 1, until)
        for item in items
    ]


def _parked(item: OutboxItem) -> bool:
    """Park an item that was claimed often and never reported back: it probably kills the process that handles it."""
    if item.claimed_until is None or item.attempts < MAX_CRASHES:
        return False
    item.stage, item.claimed_until = Stage.DEAD, None
    item.last_error = f"no answer after {item.attempts} attempts"
    return True


@dataclass(slots=True)
class _Work:
    """What a batch asks of the index; `after` names the stage that follows for each document id."""

    operations: list[Operation] = field(default_factory=list)
    vectors: dict[truth.Wanted, Vector] = field(default_factory=dict)
    texts: dict[truth.Wanted, str] = field(default_factory=dict)
    fresh: dict[truth.Wanted, Vector] = field(default_factory=dict)
    after: dict[str, Stage] = field(default_factory=dict)


def _carry_on(engine: Engine, encoder: Encoder | None, items: Sequence[Claimed]) -> Step:
    try:
        ensure_live(engine, encoder)
        work, encoder = _encoded(_prepare(items, encoder), items[0].stage, encoder)
        usable = encoder is not None and fitness(engine, encoder).vectors
        results = engine.apply(truth.with_vectors(work.operations, work.vectors if usable else {}))
    except EngineUnavailableError as error:
        reason = str(error)
        in_transaction(lambda session: _postpone_all(session, items, reason))
        return Step(postponed=len(items), unavailable=reason)
    answers = {result.id: result for result in results}
    model = encoder.fingerprint if encoder else ""
    return in_transaction(lambda session: _finish(session, items, answers, work, model))


def _prepare(items: Sequence[Claimed], encoder: Encoder | None) -> _Work:
    """Operations from the records as they are now, the vectors that are stored, and the texts that have none."""
    newest = {(item.kind, item.record_id): item.version for item in items}
    work, named = _Work(), {}
    with reading() as session:
        found = truth.records(session, newest)
        for (kind, record_id), version in newest.items():
            record = found.get((kind, record_id))
            operation = truth.operation(kind, record_id, record, version)
            work.operations.append(operation)
            work.after[operation.id] = _stage_after(kind, record, operation)
            if isinstance(operation, Upsert) and record is not None:
                named[truth.wanted(operation.document)] = record
        if encoder is not None:
            work.vectors = truth.embeddings(session, encoder.fingerprint, named)
    missing = {name: record for name, record in named.items() if name not in work.vectors}
    work.texts = {name: documents.passage(record) for name, record in missing.items()}
    return work


def _stage_after(kind: str, record: Record | None, operation: Operation) -> Stage:
    """Matching follows for what is, or once was, published; experts have no matches."""
    if kind == Kind.EXPERT:
        return Stage.DONE
    drafted = isinstance(operation, Delete) and record is not None and record.published_at is None
    return Stage.DONE if drafted else Stage.MATCH


def _encoded(work: _Work, stage: str, encoder: Encoder | None) -> tuple[_Work, Encoder | None]:
    """At the stage of encoding, add the missing vectors; before it, send their items there. None: no encoder."""
    if encoder is None or not work.texts:
        return work, encoder
    if stage == Stage.ENCODE:
        try:
            work.fresh = truth.encode(encoder, work.texts)
        except EncoderUnavailable:
            return work, None
        work.vectors |= work.fresh
        return work, encoder
    for operation in work.operations:
        if isinstance(operation, Upsert) and truth.wanted(operation.document) in work.texts:
            work.after[operation.id] = Stage.ENCODE
    return work, encoder


def _postpone_all(session: Session, items: Sequence[Claimed], reason: str) -> None:
    """The index did not answer: everything waits, longer each time, and nothing is ever given up."""
    for item in items:
        _postpone(session, item, reason, attempts=min(item.attempts, MAX_CRASHES - 2))


def _postpone(session: Session, item: Claimed, reason: str, attempts: int) -> None:
    wait = min(FIRST_DELAY * 2 ** (item.attempts - 1), MAX_DELAY)
    _mark(
        session,
        [item],
        available_at=now() + timedelta(seconds=wait),
        attempts=attempts,
        last_error=reason[:500],
    )


def _finish(
    session: Session, items: Sequence[Claimed], answers: dict[str, OpResult], work: _Work, model: str
) -> Step:
    """Move each item on by what the index said of its document."""
    report = Step(handled=len(items))
    truth.store(session, model, work.fresh)
    newest = {document_id(item.kind, item.record_id): item.id for item in items}
    onward: dict[Stage, list[Claimed]] = {}
    for item in items:
        identifier = document_id(item.kind, item.record_id)
        answer = answers[identifier]
        if answer.outcome is Outcome.FAILED:
            _refused(session, item, answer, report)
        else:
            superseded = newest[identifier] != item.id
            onward.setdefault(Stage.DONE if superseded else work.after[identifier], []).append(item)
    for stage, moved in onward.items():
        _mark(
            session,
            moved,
            stage=stage,
            attempts=0,
            last_error="",
            done_at=now() if stage == Stage.DONE else None,
        )
    report.to_match = [item.id for item in onward.get(Stage.MATCH, [])]
    return report


def _refused(session: Session, item: Claimed, answer: OpResult, report: Step) -> None:
    """One document was refused: try again later; park the item when it keeps being refused for what it is."""
    if not answer.retryable and item.attempts >= MAX_ATTEMPTS:
        _mark(session, [item], stage=Stage.DEAD, last_error=answer.reason[:500])
        report.dead += 1
        return
    _postpone(session, item, answer.reason, item.attempts)
    report.postponed += 1


def _mark(session: Session, items: Sequence[Claimed], **values: object) -> None:
    """Change items that are still ours, and let go of them."""
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id.in_([item.id for item in items]), OutboxItem.claimed_until == items[0].until)
        .values(claimed_until=None, **values)
        .execution_options(synchronize_session=False)
    )


def let_go(session: Session) -> None:
    """Free what a killed relay still holds; only where no other relay can be running (the embedded platform)."""
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.stage.in_([Stage.INDEX, Stage.ENCODE]), OutboxItem.claimed_until.is_not(None))
        .values(claimed_until=None)
    )


def waiting_for_match(session: Session, limit: int = 100) -> list[int]:
    """Items whose matches are to be computed and that nobody is at, most urgent first."""
    moment = now()
    free = or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until < moment)
    return list(
        session.scalars(
            select(OutboxItem.id)
            .where(OutboxItem.stage == Stage.MATCH, OutboxItem.available_at <= moment, free)
            .order_by(OutboxItem.priority, OutboxItem.id)
            .limit(limit)
        )
    )


def backlog(session: Session) -> tuple[dict[str, int], float]:
    """Items by stage that are not done, and the age in seconds of the oldest that waits for the index."""
    query = (
        select(OutboxItem.stage, func.count())
        .where(OutboxItem.stage != Stage.DONE)
        .group_by(OutboxItem.stage)
    )
    counts = {str(row[0]): int(row[1]) for row in session.execute(query)}
    waits = OutboxItem.stage.in_([Stage.INDEX, Stage.ENCODE])
    oldest = session.scalar(select(func.min(OutboxItem.created_at)).where(waits))
    return counts, max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0
