"""Vectors and terms of the embedded engine: append-only files of rows, read by any process through a memory map.

A row is written before the word index commits a document that names it, and never changes afterwards. So whatever
commit a reader sees, its rows are there; rows that no document names (a crash in between, a newer vector) are only
waste that the next rebuild leaves behind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexes.engine import Vector

N = TypeVar("N", np.float32, np.uint32)


class RowFile(Generic[N]):
    """Rows of `width` numbers of four bytes."""

    def __init__(self, path: Path, width: int, kind: type[N]) -> None:
        self.path = path
        self.width = width
        self.kind: type[N] = kind
        self._rows: NDArray[N] = np.zeros((0, width), kind)

    def rows(self) -> NDArray[N]:
        """Every row that is on disk, without reading them into memory."""
        size = self.path.stat().st_size // (4 * self.width) if self.path.exists() else 0
        if size != len(self._rows):
            # a plain array over the map: slicing the map's own class costs more than the search
            self._rows = np.asarray(np.memmap(self.path, self.kind, "r", shape=(size, self.width)))
        return self._rows

    def append(self, rows: Sequence[NDArray[N]]) -> int:
        """Write rows at the end and have them on disk; the number of the first. Only one process may do so."""
        bytes_each = 4 * self.width
        with self.path.open("ab") as file:
            # half a row may be left from a crash; nobody maps it
            first, torn = divmod(file.tell(), bytes_each)
            if torn:
                file.truncate(first * bytes_each)
                file.seek(first * bytes_each)
            for row in rows:
                file.write(np.ascontiguousarray(row, self.kind).tobytes())
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
