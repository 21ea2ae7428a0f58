"""Build a new index beside the live one from the record, verify it, swap at once; or go back to the previous one.

Edits made meanwhile go to the live index as always. Before the swap the new index is compared with the record and
brought up to it; after the swap the same is done once more, for what was on its way to the old index at that moment.
"""

from __future__ import annotations

import fcntl
import random
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from config.settings import get_settings
from indexes import documents, truth
from indexes.check import Findings, Progress, described, differences, heal, silent
from indexes.engine import (
    Document,
    Engine,
    Filters,
    Outcome,
    RebuildError,
    SetQuery,
    Stored,
    Upsert,
    Vector,
    WordQuery,
    split_id,
)
from indexes.opening import wanted_fingerprint
from matcher import db
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.models import MODELS, Record
from matcher.vocabulary import RecordState

EVERYBODY = Filters(frozenset({"public", "brokers", "hidden"}))
ENCODE_BATCH = 16
SAMPLE = 50
MANY = 1000
ROUNDS = 4  # of catching up with edits before the swap


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did."""

    generation: str
    documents: int = 0
    encoded: int = 0
    from_store: int = 0  # vectors taken from the table of embeddings
    caught_up: int = 0
    removed: list[str] = field(default_factory=list)


def rebuild(engine: Engine, encoder: Encoder | None, progress: Progress = silent) -> Rebuilt:
    """Make a new generation and swap to it; RebuildError (nothing changed) if another runs or verification fails."""
    with only_one():
        removed = list(engine.generations()[2])
        for name in removed:
            engine.discard(name)
        target = engine.create(wanted_fingerprint(encoder))
        report = Rebuilt(target.generation, removed=removed)
        for records in truth.all_records():
            _copy(target, encoder, records, report)
            progress(len(records))
        report.caught_up = _catch_up(target, encoder)
        problems = verify(target, encoder)
        if problems:
            raise RebuildError(
                f"not swapped, {target.generation} differs from the record: {'; '.join(problems)}"
            )
        before_previous = engine.generations()[1]
        engine.make_live(target.generation)
        report.caught_up += _late(engine, encoder)
        if before_previous is not None:
            engine.discard(before_previous)
        return report


def roll_back(engine: Engine, encoder: Encoder | None) -> str:
    """Make the previous generation live again and bring it up to the record; its name. RebuildError if there is none."""
    with only_one():
        previous = engine.generations()[1]
        if previous is None:
            raise RebuildError("there is no previous index to go back to")
        engine.make_live(previous)
        _late(engine, encoder)
        return previous


def _copy(target: Engine, encoder: Encoder | None, records: Sequence[Record], report: Rebuilt) -> None:
    made = [(record, documents.build(record)) for record in records]
    operations = [Upsert(document) for _, document in made if document is not None]
    texts = {
        truth.wanted(document): documents.passage(record) for record, document in made if document is not None
    }
    vectors: dict[truth.Wanted, Vector] = {}
    if encoder is not None:
        with reading() as session:
            vectors = truth.embeddings(session, encoder.fingerprint, texts)
        report.from_store += len(vectors)
        vectors |= _encode_missing(
            encoder, {name: text for name, text in texts.items() if name not in vectors}, report
        )
    results = target.apply(truth.with_vectors(operations, vectors)) if operations else []
    report.documents += sum(result.outcome is Outcome.DONE for result in results)


def _encode_missing(
    encoder: Encoder, texts: dict[truth.Wanted, str], report: Rebuilt
) -> dict[truth.Wanted, Vector]:
    """Encode what the table of embeddings lacks, keeping each batch, so that a killed rebuild loses little."""
    found: dict[truth.Wanted, Vector] = {}
    for names in truth.batched(texts, ENCODE_BATCH):
        try:
            fresh = truth.encode(encoder, {name: texts[name] for name in names})
        except EncoderUnavailable:
            return found
        in_transaction(lambda session, fresh=fresh: truth.store(session, encoder.fingerprint, fresh))  # type: ignore[misc]
        found |= fresh
        report.encoded += len(fresh)
    return found


def _catch_up(target: Engine, encoder: Encoder | None) -> int:
    healed = 0
    for _ in range(ROUNDS):
        findings = differences(target, None)
        if not findings.ids:
            break
        heal(target, encoder, findings)
        healed += len(findings.ids)
    return healed


def _late(engine: Engine, encoder: Encoder | None) -> int:
    findings: Findings = differences(engine, None)
    heal(engine, encoder, findings)
    return len(findings.ids)


def verify(target: Engine, encoder: Encoder | None) -> list[str]:
    """What is wrong with a new index, in words: counts, differences, and a sample that must be found and be equal."""
    problems = []
    with reading() as session:
        wanted = sum(
            session.scalar(
                select(func.count()).select_from(model).where(model.state == RecordState.PUBLISHED)
            )
            or 0
            for model in MODELS.values()
        )
    total = target.page(SetQuery(EVERYBODY)).total
    if total != wanted:
        problems.append(f"{total} documents, {wanted} published records")
    return [*problems, *described(differences(target, None)), *_sample(target, encoder)]


def _sample(target: Engine, encoder: Encoder | None) -> Iterator[str]:
    ids = [each.id for each in target.held()]
    chosen = random.sample(ids, min(SAMPLE, len(ids)))
    with reading() as session:
        found = truth.records(session, map(split_id, chosen))
        wanted = {each.id: each for each in map(documents.build, found.values()) if each is not None}
        model = encoder.fingerprint if encoder else ""
        vectors = truth.embeddings(session, model, [truth.wanted(each) for each in wanted.values()])
    stored = target.stored(list(wanted))
    for identifier, document in wanted.items():
        vector = vectors.get(truth.wanted(document))
        yield from _unlike(target, document, stored.get(identifier), vector)


def _unlike(
    target: Engine, document: Document, stored: Stored | None, vector: Vector | None
) -> Iterator[str]:
    if stored is None or (stored.title, stored.body) != (document.title, document.body):
        yield f"{document.id}: other words"
    elif vector is not None and (stored.vector is None or abs(float(stored.vector @ vector) - 1) > 1e-3):
        yield f"{document.id}: other vector"
    elif document.title:
        names = tuple(dict.fromkeys(document.title))
        hits = target.by_words(WordQuery(names, at_least=len(names)), EVERYBODY, MANY)
        if len(hits) < MANY and document.id not in {hit.id for hit in hits}:
            yield f"{document.id}: not found by its title"


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the rebuild lock of this installation; RebuildError if somebody else has it."""
    settings = get_settings()
    engine = db.engine()
    if engine.dialect.name != "postgresql":
        with _file_lock(settings.data_dir / "rebuild.lock"):
            yield
        return
    number = zlib.crc32(f"rebuild:{settings.index_prefix}".encode())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("select pg_try_advisory_lock(:number)"), {"number": number}):
            raise RebuildError("another rebuild is running")
        try:
            yield
        finally:
            _unlock(connection, number)


def _unlock(connection: Connection, number: int) -> None:
    connection.execute(text("select pg_advisory_unlock(:number)"), {"number": number})


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RebuildError("another rebuild is running") from None
        yield
