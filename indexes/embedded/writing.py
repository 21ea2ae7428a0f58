"""Writing to one generation of the embedded engine: vectors first, then one commit that makes a batch visible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tantivy

from indexes.embedded.reader import Reader, entries
from indexes.embedded.words import NO_SLOT, Place, by_keys, marker, to_tantivy
from indexes.engine import DELETED, Operation, OpResult, Outcome, Upsert, Vector, id_key
from indexes.terms import terms

WRITER_BYTES = 32_000_000
MANY_SEGMENTS = 10  # above this a batch waits for the merge, so that searches stay fast


def apply_to(reader: Reader, operations: Sequence[Operation]) -> list[OpResult]:
    """Carry out operations under the generation's lock; one result each, in their order."""
    searcher = reader.searcher()
    known = {
        identifier: held
        for identifier, held, _ in entries(
            searcher, by_keys(reader.words, [op.id for op in operations]), len(operations)
        )
    }
    results: dict[int, OpResult] = {}
    fresh: list[tuple[Operation, Place]] = []
    newest = {identifier: held.version for identifier, held in known.items()}
    for number, operation in enumerate(operations):
        results[number] = _judge(operation, newest.get(operation.id), reader.fingerprint.dimensions)
        if results[number].outcome is Outcome.DONE:
            newest[operation.id] = operation.version
            fresh.append((operation, known[operation.id].place if operation.id in known else Place()))
    if fresh:
        _commit(reader, searcher, fresh)
    return [results[number] for number in range(len(operations))]


def _judge(operation: Operation, held: int | None, dimensions: int) -> OpResult:
    """Whether the operation can be carried out, as far as can be told before writing."""
    if held is not None and held > operation.version:
        return OpResult(operation.id, Outcome.STALE)
    vector = operation.document.vector if isinstance(operation, Upsert) else None
    if vector is not None and (vector.shape != (dimensions,) or not np.isfinite(vector).all()):
        return OpResult(operation.id, Outcome.FAILED, reason=f"vector is not {dimensions} finite numbers")
    return OpResult(operation.id, Outcome.DONE)


def _commit(reader: Reader, searcher: tantivy.Searcher, fresh: Sequence[tuple[Operation, Place]]) -> None:
    places = map(Place, _place_vectors(reader, fresh), *_place_terms(reader, fresh))
    writer = reader.words.writer(WRITER_BYTES, 1)
    try:
        for (operation, _), place in zip(fresh, places, strict=True):
            writer.delete_documents_by_term("key", id_key(operation.id))
            if isinstance(operation, Upsert):
                writer.add_document(to_tantivy(operation.document, place))
            else:
                writer.add_document(marker(operation.id, operation.version, DELETED, Place()))
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    if searcher.num_segments > MANY_SEGMENTS:
        writer.wait_merging_threads()


def _place_vectors(reader: Reader, fresh: Sequence[tuple[Operation, Place]]) -> list[int]:
    """Row of each operation's vector: the old row when it has not changed, else a new one."""
    rows = reader.vectors.rows()
    slots: list[int] = []
    added: list[Vector] = []
    for operation, old in fresh:
        vector = operation.document.vector if isinstance(operation, Upsert) else None
        if vector is None:
            slots.append(NO_SLOT)
        elif old.slot >= 0 and np.array_equal(rows[old.slot], vector):
            slots.append(old.slot)
        else:
            added.append(vector)
            slots.append(-1 - len(added))
    if not added:
        return slots
    first = reader.vectors.append(added)
    return [first - 2 - slot if slot < NO_SLOT else slot for slot in slots]


def _place_terms(reader: Reader, fresh: Sequence[tuple[Operation, Place]]) -> tuple[list[int], list[int]]:
    """Start and length of each operation's terms: where they lie already when they have not changed."""
    there = reader.terms.rows().reshape(-1)
    starts: list[int] = []
    lengths: list[int] = []
    added = []
    end = len(there)
    for operation, old in fresh:
        found = terms(operation.document) if isinstance(operation, Upsert) else there[:0]
        lengths.append(len(found))
        if np.array_equal(there[old.start : old.start + old.length], found):
            starts.append(old.start)
        else:
            starts.append(end)
            added.append(found)
            end += len(found)
    if added and (first := reader.terms.append(added)) != len(there):
        raise OSError(f"terms were written at {first} instead of {len(there)}")
    return starts, lengths
