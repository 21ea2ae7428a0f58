"""What a batch of outbox items asks of the index, read from the record as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from indexes import documents, truth
from indexes.engine import Delete, Operation, Upsert, Vector
from matcher.db import reading
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.models import Record, Stage
from matcher.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox item that is ours until `until`."""

    id: int
    kind: str
    record_id: int
    version: int
    stage: str
    priority: int
    attempts: int
    until: datetime


@dataclass(slots=True)
class Work:
    """What a batch asks of the index; `after` names the stage that follows for each document id."""

    operations: list[Operation] = field(default_factory=list)
    vectors: dict[truth.Wanted, Vector] = field(default_factory=dict)
    texts: dict[truth.Wanted, str] = field(default_factory=dict)
    fresh: dict[truth.Wanted, Vector] = field(default_factory=dict)
    after: dict[str, Stage] = field(default_factory=dict)


def prepare(items: Sequence[Claimed], encoder: Encoder | None) -> Work:
    """Operations from the records as they are now, the vectors that are stored, and the texts that have none."""
    newest = {(item.kind, item.record_id): item.version for item in items}
    work, named = Work(), {}
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


def encoded(work: Work, stage: str, encoder: Encoder | None) -> tuple[Work, Encoder | None]:
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
