"""An optional second reading of the best pairs by a cross-encoder, which reads both texts at once (`RERANKER_MODEL`).

It moves a pair's probability by no more than `TOTAL` logits, by that pair's texts alone. The model works in a thread of
its own: who asks waits no longer than the time limit, and without an answer everything stays as it was.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import ranking
from matcher.learning.correction import DIGITS, HELD, moved_by
from matcher.models import NamedValue
from matcher.ranking import Scored

DEPTH = 50  # pairs that are read, the best ones
BATCH = 10  # pairs between two looks at the clock
TOTAL = 1.0  # logits, as much as the learnt correction may move a pair
LABEL = 16  # characters of a model's name within the version that matches keep
Texts = tuple[str, str]
STATE = "reranker"  # named value: what the last reading came to, `model` and `reason` (empty when it answered)


class RerankerUnavailable(Exception):  # noqa: N818 - a state that callers live with, not a mistake
    """The model cannot be used, or not in time; the message says why. Pairs stay as they are."""


class Reranker:
    """A sentence-transformers CrossEncoder by name or folder; needs the extra `models`. Loaded on first use."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name, self.seconds = name, seconds
        self.label = f"r:{Path(name).name[:LABEL]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
        self._busy = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        if find_spec("sentence_transformers") is None:
            raise RerankerUnavailable("sentence-transformers is not installed (extra `models`)")
        from sentence_transformers import CrossEncoder

        return CrossEncoder(self.name)

    def agreements(self, pairs: Sequence[Texts]) -> list[float]:
        """How well each need and achievement fit, in 0…1; RerankerUnavailable when the limit passes or anything fails."""
        if not self._busy.acquire(blocking=False):
            raise RerankerUnavailable("still at work on an earlier question")
        answer: queue.Queue[list[float] | Exception] = queue.Queue(1)
        until = time.monotonic() + self.seconds
        threading.Thread(target=self._work, args=(list(pairs), until, answer), daemon=True).start()
        try:
            found = answer.get(timeout=self.seconds)
        except queue.Empty:
            raise RerankerUnavailable(f"took longer than {self.seconds:g} s") from None
        if isinstance(found, Exception):
            raise RerankerUnavailable(f"{type(found).__name__}: {found}"[:300]) from found
        return found

    def _work(self, pairs: list[Texts], until: float, answer: queue.Queue[list[float] | Exception]) -> None:
        try:
            found: list[float] = []
            model = self._model
            for start in range(0, len(pairs), BATCH):
                if time.monotonic() > until:
                    return  # nobody waits any more
                found += _read(model, pairs[start : start + BATCH])
            answer.put(found)
        except Exception as error:  # noqa: BLE001 - hub, torch and tokenizers raise what they like; each means: no answer
            answer.put(error)
        finally:
            self._busy.release()


def _read(model: Any, pairs: list[Texts]) -> list[float]:
    raw = np.asarray(model.predict(pairs, activation_fn=_same, show_progress_bar=False), np.float64)
    if raw.shape != (len(pairs),) or not np.isfinite(raw).all():
        raise ValueError("the model gives no single finite score for a pair")
    return [float(each) for each in 1 / (1 + np.exp(-np.clip(raw, -50, 50)))]


def _same(logits: Any) -> Any:
    """Logits as they come: models differ in what they do with them by default."""
    return logits


def open_reranker(settings: Settings) -> Reranker | None:
    """The configured model, not loaded yet; None when none is."""
    return Reranker(settings.reranker_model, settings.reranker_seconds) if settings.reranker_model else None


def trouble(session: Session, model: str) -> str | None:
    """Why the last reading with that model came to nothing; empty when it answered, None before the first."""
    found = session.get(NamedValue, STATE)
    return str(found.value.get("reason", "")) if found and found.value.get("model") == model else None


def reread(scored: Scored, agreement: float) -> Scored:
    """The pair with its probability moved by an agreement in 0…1; what is held down for saying too little is not raised."""
    moved = TOTAL * (2 * agreement - 1)
    moved = round(min(moved, 0.0) if HELD in scored.parts else moved, DIGITS)
    probability = round(moved_by(scored.probability, moved), DIGITS)
    parts = {**scored.parts, "reread": moved}
    return replace(scored, probability=probability, level=ranking.level(probability), parts=parts)
