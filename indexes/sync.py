"""From the outbox to the index: the relay's body.

An item is carried out by reading its record anew, so neither order nor repetition matters. It moves on when the index
has confirmed the document, not when a request was sent. Words come first, without waiting for the encoder; then the
vector; then the item waits for matching. What people did in the browser goes before imports at every claim.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from indexes import truth
from indexes.engine import Engine, EngineUnavailableError, OpResult, Outcome, document_id
from indexes.opening import ensure_live, fitness
from indexes.work import Claimed, Work, encoded, prepare
from matcher.clock import now
from matcher.db import in_transaction
from matcher.embedding import Encoder
from matcher.models import PRIORITY_IMPORT, OutboxItem, Stage

BATCH = 500  # items whose words are indexed at once
ROUND_SECONDS = 3.0  # imports are made visible together, at the latest after so long and a batch
ENCODE_BATCH = 48  # texts encoded before looking again for something more urgent: half a second with the built-in encoder
LEASE = timedelta(seconds=60)  # longer than any batch or round takes; a killed relay's items wait this long
MAX_ATTEMPTS = 5  # refusals of one item by the index before it is parked
MAX_CRASHES = 12  # claims that ended without a word before the item is held to be what kills the process
SUSPECT = 3  # from this many on, such items are taken one at a time
FIRST_DELAY = 1.0
MAX_DELAY = 120.0


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
        Claimed(item.id, item.kind, item.record_id, item.version, item.stage, item.priority, item.attempts + 1, until)
        for item in items
    ]


def _parked(item: OutboxItem) -> bool:
    """Park an item that was claimed often and never reported back: it probably kills the process that handles it."""
    if item.claimed_until is None or item.attempts < MAX_CRASHES:
        return False
    item.stage, item.claimed_until = Stage.DEAD, None
    item.last_error = f"no answer after {item.attempts} attempts"
    return True


@dataclass(frozen=True, slots=True)
class _Sent:
    """A batch on its way to the index, or confirmed."""

    items: Sequence[Claimed]
    work: Work
    model: str
    answer: Future[list[OpResult]]


def _carry_on(engine: Engine, encoder: Encoder | None, items: Sequence[Claimed]) -> Step:
    taken = [items]
    try:
        sent = _send(engine, encoder, taken)
    except EngineUnavailableError as error:
        reason = str(error)
        in_transaction(lambda session: _postpone_all(session, taken, reason))
        return Step(postponed=sum(map(len, taken)), unavailable=reason)
    return in_transaction(lambda session: _finish_all(session, sent))


def _send(engine: Engine, encoder: Encoder | None, taken: list[Sequence[Claimed]]) -> list[_Sent]:
    """Send the batch, and after imports more of them, each read while the index still takes the one before.

    Batches are added to `taken` when they are claimed. The last one makes all of them visible to searches: this costs
    the index much, and nobody waits for a single import. What people did ends the round and is visible at once.
    """
    until = time.monotonic() + ROUND_SECONDS
    sent: list[_Sent] = []
    with ThreadPoolExecutor(max_workers=1) as sender:
        while len(sent) < len(taken):
            items = taken[len(sent)]
            ensure_live(engine, encoder)
            work, usable = encoded(prepare(items, encoder), items[0].stage, encoder)
            fits = usable is not None and fitness(engine, usable).vectors
            operations = truth.with_vectors(work.operations, work.vectors if fits else {})
            if more := _more(items, until):
                taken.append(more)
            if sent:
                sent[-1].answer.result()  # one at a time; raises what went wrong
            answer = sender.submit(engine.apply, operations, visible=not more)
            sent.append(_Sent(items, work, usable.fingerprint if usable else "", answer))
        sent[-1].answer.result()
    return sent


def _more(items: Sequence[Claimed], until: float) -> list[Claimed]:
    """The next batch of a round; none after a batch that held somebody's change, or was not full, or when time is up."""
    imports = all(item.priority >= PRIORITY_IMPORT for item in items)
    if len(items) < BATCH or not imports or time.monotonic() > until:
        return []
    return in_transaction(lambda session: claim(session, Stage.INDEX, BATCH))


def _postpone_all(session: Session, batches: Sequence[Sequence[Claimed]], reason: str) -> None:
    """The index did not answer: everything waits, longer each time, and nothing is ever given up."""
    for item in chain.from_iterable(batches):
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


def _finish_all(session: Session, sent: Sequence[_Sent]) -> Step:
    report = Step()
    for batch in sent:
        _finish(session, batch, report)
    return report


def _finish(session: Session, batch: _Sent, report: Step) -> None:
    """Move each item on by what the index said of its document."""
    items, work = batch.items, batch.work
    answers = {result.id: result for result in batch.answer.result()}
    truth.store(session, batch.model, work.fresh)
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
    report.handled += len(items)
    report.to_match += [item.id for item in onward.get(Stage.MATCH, [])]


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
