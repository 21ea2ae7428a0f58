"""Writing to one generation of the embedded engine: vectors first, then one commit that makes a batch visible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tantivy

from indexes.embedded.reader import Reader, entries
from indexes.embedded.words import NO_SLOT, by_keys, marker, to_tantivy
from indexes.engine import DELETED, Operation, OpResult, Outcome, Upsert, Vector, id_key

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
    fresh: list[tuple[Operation, int]] = []
    newest = {identifier: held.version for identifier, held in known.items()}
    for number, operation in enumerate(operations):
        results[number] = _judge(operation, newest.get(operation.id), reader.fingerprint.dimensions)
        if results[number].outcome is Outcome.DONE:
            newest[operation.id] = operation.version
            fresh.append((operation, known[operation.id].slot if operation.id in known else NO_SLOT))
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


def _commit(reader: Reader, searcher: tantivy.Searcher, fresh: Sequence[tuple[Operation, int]]) -> None:
    slots = _place_vectors(reader, fresh)
    writer = reader.words.writer(WRITER_BYTES, 1)
    try:
        for (operation, _), slot in zip(fresh, slots, strict=True):
            writer.delete_documents_by_term("key", id_key(operation.id))
            if isinstance(operation, Upsert):
                writer.add_document(to_tantivy(operation.document, slot))
            else:
                writer.add_document(marker(operation.id, operation.version, DELETED))
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    if searcher.num_segments > MANY_SEGMENTS:
        writer.wait_merging_threads()


def _place_vectors(reader: Reader, fresh: Sequence[tuple[Operation, int]]) -> list[int]:
    """Row of each operation's vector: the old row when it has not changed, else a new one."""
    rows = reader.vectors.rows()
    slots: list[int] = []
    added: list[Vector] = []
    for operation, old in fresh:
        vector = operation.document.vector if isinstance(operation, Upsert) else None
        if vector is None:
            slots.append(NO_SLOT)
        elif old >= 0 and np.array_equal(rows[old], vector):
            slots.append(old)
        else:
            added.append(vector)
            slots.append(-1 - len(added))
    if not added:
        return slots
    first = reader.vectors.append(added)
    return [first - 2 - slot if slot < NO_SLOT else slot for slot in slots]
