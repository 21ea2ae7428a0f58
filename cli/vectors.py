"""Encoded texts kept in a file between evaluations, by their content."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from indexes import truth
from indexes.engine import Vector
from matcher.embedding import Encoder

ENCODE_BATCH = 32
Progress = Callable[[int], object]


class VectorFile:
    """Vectors by model, role and hash of the text, kept in one file between evaluations."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path)
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS vectors "
            "(model TEXT, role TEXT, hash TEXT, vector BLOB, PRIMARY KEY (model, role, hash))"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def vectors(
        self, encoder: Encoder, texts: Mapping[truth.Wanted, str], progress: Progress
    ) -> dict[truth.Wanted, Vector]:
        """All of `texts` as vectors; encodes what the file lacks and tells `progress` how many."""
        known = {name: row for name in texts if (row := self._read(encoder.fingerprint, name)) is not None}
        missing = {name: text for name, text in texts.items() if name not in known}
        for names in truth.batched(missing, ENCODE_BATCH):
            fresh = truth.encode(encoder, {name: missing[name] for name in names})
            self._base.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
                [(encoder.fingerprint, *name, row.astype("<f4").tobytes()) for name, row in fresh.items()],
            )
            self._base.commit()
            known |= fresh
            progress(len(names))
        return known

    def _read(self, model: str, name: truth.Wanted) -> Vector | None:
        query = "SELECT vector FROM vectors WHERE model = ? AND role = ? AND hash = ?"
        row = self._base.execute(query, (model, *name)).fetchone()
        return truth.unpack(row[0]) if row else None
