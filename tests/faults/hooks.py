"""Loaded by workers under test (`--include tests.faults.hooks`): tasks that die, and a task that encodes."""

import os
import signal
from pathlib import Path
from typing import Any

from workers import matching
from workers.app import app

_compute = matching.compute


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _compute_or_die(use: Any, kind: str, record_id: int, version: int, soon: Any = None) -> Any:
    """Die once where the file KILL_ONCE exists, always for the need that KILL_ALWAYS names."""
    once = os.environ.get("KILL_ONCE")
    if once and Path(once).exists():
        Path(once).unlink()
        _die()
    if os.environ.get("KILL_ALWAYS") == f"{kind}-{record_id}":
        _die()
    return _compute(use, kind, record_id, version, soon)


matching.compute = _compute_or_die


@app.task(name="tests.faults.hooks.encode")  # type: ignore[untyped-decorator,unused-ignore]
def encode(path: str) -> None:
    """Encode in this pool process, which was forked, and leave the result's size in a file."""
    from config.settings import get_settings
    from matcher.embedding import open_encoder

    vectors = open_encoder(get_settings()).encode_queries(["汽车零部件激光焊接"])
    Path(path).write_text(f"{vectors.shape[1]} {os.getpid()}", encoding="utf-8")
