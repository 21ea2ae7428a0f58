"""A low-rank correction of some of the encoder's matrices, learned from graded needs (Hu et al., LoRA, 2021).

`adapter.npz` holds for a matrix W two thin ones, and the encoder uses W + B·A in its place. It is made by
`bench/adapter` from `demo/training`; the report beside it says from what and with which result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from matcher.encoders.weights import Floats

FILE = Path(__file__).with_name("adapter.npz")


def digest(path: Path = FILE) -> str:
    """Names the adapter in fingerprints: vectors of different adapters don't compare."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


class Adapted(Mapping[str, Floats]):
    """Arrays of the encoder by name, those of the adapter with its product added."""

    def __init__(self, arrays: Mapping[str, Floats], path: Path = FILE) -> None:
        self._arrays = arrays
        with np.load(path) as stored:
            self._thin = {name: stored[name].astype(np.float32) for name in stored.files}

    def __getitem__(self, name: str) -> Floats:
        array = self._arrays[name]
        if f"{name}:b" not in self._thin:
            return array
        added = self._thin[f"{name}:b"] @ self._thin[f"{name}:a"]
        return np.asarray(array + added.reshape(array.shape), np.float32)

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)
