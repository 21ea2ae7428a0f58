"""Vectors of the embedded engine: one append-only file of float32 rows, read by any process through a memory map.

A row is written before the word index commits a document that names it, and never changes afterwards. So whatever
commit a reader sees, its rows are there; rows that no document names (a crash in between, a newer vector) are only
waste that the next rebuild leaves behind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexes.engine import Vector


class VectorFile:
    """Rows of `dimensions` float32 numbers."""

    def __init__(self, path: Path, dimensions: int) -> None:
        self.path = path
        self.dimensions = dimensions
        self._width = 4 * dimensions
        self._rows: Vector = np.zeros((0, dimensions), np.float32)

    def rows(self) -> Vector:
        """Every row that is on disk, without reading them into memory."""
        size = self.path.stat().st_size // self._width if self.path.exists() else 0
        if size != len(self._rows):
            self._rows = np.memmap(self.path, np.float32, "r", shape=(size, self.dimensions))
        return self._rows

    def append(self, vectors: Sequence[Vector]) -> int:
        """Write rows at the end and have them on disk; the number of the first. Only one process may do so."""
        with self.path.open("ab") as file:
            # half a row may be left from a crash; nobody maps it
            first, torn = divmod(file.tell(), self._width)
            if torn:
                file.truncate(first * self._width)
                file.seek(first * self._width)
            file.write(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
            file.flush()
            os.fdatasync(file.fileno())
        return first


def cosines(rows: Vector, vector: Vector) -> Vector:
    """Cosine of every row with `vector`, both of unit length."""
    return np.asarray(rows @ vector.astype(np.float32), np.float32)


def top(scores: Vector, count: int) -> list[int]:
    """Numbers of the `count` best rows, in no order."""
    if count >= len(scores):
        return list(range(len(scores)))
    return [int(row) for row in np.argpartition(scores, len(scores) - count)[len(scores) - count :]]
