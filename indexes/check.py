"""Compare the index with the record and heal exactly what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy.orm import Session

from indexes import documents, truth
from indexes.engine import DELETED, Engine, Held, Operation, OpResult, Outcome, Upsert, document_id, split_id
from indexes.opening import fitness
from matcher.clock import now
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder
from matcher.models import MODELS, PRIORITY_IMPORT, OutboxItem, Record, Stage
from matcher.outbox import enqueue

Progress = Callable[[int], None]


@dataclass(slots=True)
class Findings:
    """Ids by what is wrong with them; each id stands in one list only."""

    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)  # the record was restored from an older backup
    visibility: list[str] = field(default_factory=list)
    content: list[str] = field(default_factory=list)
    vector: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)  # what the index holds of those that it holds
    looked_at: int = 0

    @property
    def ids(self) -> list[str]:
        """Everything that differs."""
        lists = (self.missing, self.extra, self.older, self.newer, self.visibility, self.content, self.vector)
        return [identifier for each in lists for identifier in each]

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        names = ("missing", "extra", "older", "newer", "visibility", "content", "vector")
        return {name: len(getattr(self, name)) for name in names}


def silent(_count: int) -> None:
    """No progress is shown."""


def differences(engine: Engine, encoder: Encoder | None, progress: Progress = silent) -> Findings:
    """What the index holds against what it should hold; `encoder` None: vectors are not looked at."""
    held = {each.id: each for each in engine.held()}
    vectors = encoder is not None and fitness(engine, encoder).vectors
    findings = Findings()
    for records in truth.all_records():
        for record in records:
            identifier = document_id(record.kind.value, record.id)
            _compare(record, held.pop(identifier, None), identifier, findings, vectors=vectors)
        findings.looked_at += len(records)
        progress(len(records))
    for identifier, each in held.items():
        if each.visibility != DELETED:
            findings.extra.append(identifier)
            findings.versions[identifier] = each.version
    return findings


def _compare(
    record: Record, held: Held | None, identifier: str, findings: Findings, *, vectors: bool
) -> None:
    document = documents.build(record)
    there = held is not None and held.visibility != DELETED
    if held is not None:
        findings.versions[identifier] = held.version
    if document is None:
        if there:
            findings.extra.append(identifier)
        return
    if held is not None and held.version > record.version:
        findings.newer.append(identifier)
    elif held is None or not there:
        findings.missing.append(identifier)
    elif held.visibility != document.visibility:
        findings.visibility.append(identifier)
    elif held.version < record.version:
        findings.older.append(identifier)
    elif held.digest != document.digest:
        findings.content.append(identifier)
    elif vectors and not held.has_vector:
        findings.vector.append(identifier)


def heal(engine: Engine, encoder: Encoder | None, findings: Findings) -> list[OpResult]:
    """Bring exactly the found documents up to the record; the results that failed. Texts not yet encoded are queued."""
    failed: list[OpResult] = []
    for part in truth.batched(findings.ids, truth.CHUNK):
        in_transaction(lambda session, part=part: _overtake(session, part, findings.versions))  # type: ignore[misc]
        operations, unknown = _operations(engine, encoder, part, findings.versions)
        failed += [result for result in engine.apply(operations) if result.outcome is Outcome.FAILED]
        if unknown:
            in_transaction(lambda session, unknown=unknown: _queue(session, unknown))  # type: ignore[misc]
    return failed


def _overtake(session: Session, ids: Iterable[str], versions: dict[str, int]) -> None:
    """Give records that the index holds in a newer version (a restored backup) a version above that one."""
    for identifier in ids:
        kind, number = split_id(identifier)
        record = cast("Record | None", session.get(MODELS[kind], number))
        if record is not None and versions.get(identifier, 0) > record.version:
            record.version = versions[identifier]
            enqueue(session, record, PRIORITY_IMPORT)


def _operations(
    engine: Engine, encoder: Encoder | None, ids: Sequence[str], versions: dict[str, int]
) -> tuple[list[Operation], list[tuple[str, int, int]]]:
    with reading() as session:
        found = truth.records(session, map(split_id, ids))
        operations = [
            truth.operation(
                *split_id(identifier), found.get(split_id(identifier)), versions.get(identifier, 1)
            )
            for identifier in ids
        ]
        if encoder is None or not fitness(engine, encoder).vectors:
            return operations, []
        names = {each.id: truth.wanted(each.document) for each in operations if isinstance(each, Upsert)}
        vectors = truth.embeddings(session, encoder.fingerprint, names.values())
    unknown = [
        (*split_id(each.id), each.version)
        for each in operations
        if each.id in names and names[each.id] not in vectors
    ]
    return truth.with_vectors(operations, vectors), unknown


def _queue(session: Session, records: Iterable[tuple[str, int, int]]) -> None:
    moment = now()
    for kind, record_id, version in records:
        session.add(
            OutboxItem(
                kind=kind,
                record_id=record_id,
                version=version,
                priority=PRIORITY_IMPORT,
                stage=Stage.ENCODE,
                available_at=moment,
                created_at=moment,
            )
        )


def described(findings: Findings) -> Iterator[str]:
    """One line per kind of difference, with the first ids."""
    for name, count in findings.counts().items():
        if count:
            yield f"{name}: {count} ({', '.join(getattr(findings, name)[:5])}{', …' if count > 5 else ''})"
