"""Reading the record for the index: the rows themselves, and their vectors in the table of embeddings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar, cast

import numpy as np
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from indexes import documents
from indexes.engine import Delete, Document, Operation, Upsert, Vector, document_id
from matcher.clock import now
from matcher.db import reading
from matcher.embedding import Encoder
from matcher.models import MODELS, Embedding, Record

T = TypeVar("T")
CHUNK = 500
Wanted = tuple[str, str]  # role, hash


def records(session: Session, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Record]:
    """Those records that exist, by kind and number, with their organisations."""
    numbers: dict[str, set[int]] = {}
    for kind, number in keys:
        numbers.setdefault(kind, set()).add(number)
    found: dict[tuple[str, int], Record] = {}
    for kind, wanted in numbers.items():
        model = MODELS[kind]
        rows = session.scalars(
            select(model).where(model.id.in_(wanted)).options(joinedload(model.organisation))
        )
        found |= {(kind, record.id): record for record in cast("Iterable[Record]", rows)}
    return found


def all_records() -> Iterator[list[Record]]:
    """Every record in chunks, in order of their numbers; a short transaction for each chunk."""
    for model in MODELS.values():
        last = 0
        while True:
            query = select(model).where(model.id > last).order_by(model.id).limit(CHUNK)
            with reading() as session:
                rows = cast(
                    "list[Record]", list(session.scalars(query.options(joinedload(model.organisation))))
                )
            if not rows:
                break
            yield rows
            last = rows[-1].id


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def operation(kind: str, record_id: int, record: Record | None, version: int) -> Operation:
    """What the index must do about a record: hold its document, or hold none (`version` names a row that is gone)."""
    document = documents.build(record) if record is not None else None
    if document is not None:
        return Upsert(document)
    return Delete(
        document_id(kind, record_id), max(version, record.version if record is not None else version)
    )


def wanted(document: Document) -> Wanted:
    """Which embedding a document's vector is."""
    return documents.role(document.id.rpartition("-")[0]), document.text_hash


def embeddings(session: Session, model: str, names: Iterable[Wanted]) -> dict[Wanted, Vector]:
    """Stored vectors of those texts under that model."""
    found: dict[Wanted, Vector] = {}
    names = list(names)
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        query = select(Embedding.role, Embedding.hash, Embedding.vector).where(
            Embedding.model == model,
            Embedding.role.in_({role for role, _ in part}),
            Embedding.hash.in_({name for _, name in part}),
        )
        found |= {(role, name): unpack(vector) for role, name, vector in session.execute(query)}
    return found


def unpack(stored: bytes) -> Vector:
    """A vector from the table of embeddings."""
    return np.frombuffer(stored, "<f4").astype(np.float32)


def store(session: Session, model: str, vectors: Mapping[Wanted, Vector]) -> None:
    """Keep new vectors; another process may have stored the same ones meanwhile."""
    if not vectors:
        return
    names = list(vectors)
    query = select(Embedding.role, Embedding.hash).where(
        Embedding.model == model, tuple_(Embedding.role, Embedding.hash).in_(names)
    )
    there = {(role, name) for role, name in session.execute(query)}
    moment = now()
    for role, name in names:
        if (role, name) not in there:
            packed = np.ascontiguousarray(vectors[role, name], "<f4").tobytes()
            session.add(Embedding(model=model, role=role, hash=name, vector=packed, created_at=moment))


def encode(encoder: Encoder, texts: Mapping[Wanted, str]) -> dict[Wanted, Vector]:
    """Vectors of texts by their names, needs and passages each in one call."""
    found: dict[Wanted, Vector] = {}
    for role, work in (("need", encoder.encode_queries), ("passage", encoder.encode_passages)):
        names = [name for name in texts if name[0] == role]
        if names:
            found |= dict(zip(names, work([texts[name] for name in names]), strict=True))
    return found


def with_vectors(operations: Sequence[Operation], vectors: Mapping[Wanted, Vector]) -> list[Operation]:
    """The operations with those vectors that are known."""
    return [
        Upsert(documents.with_vector(each.document, vectors.get(wanted(each.document))))
        if isinstance(each, Upsert)
        else each
        for each in operations
    ]
