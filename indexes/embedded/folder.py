"""The embedded engine's folder: generations, the pointer to the live one, and the locks between processes."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from indexes.engine import EngineUnavailableError, Fingerprint, NoIndexError
from matcher.clock import now

POINTER = "live.json"
META = "fingerprint.json"
LOCK_STEP = 0.005


def write_atomically(path: Path, content: object) -> None:
    """Replace a small JSON file, so that a reader sees the old content or the new."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the exclusive lock of a file; EngineUnavailableError when another keeps it for longer than `seconds`."""
    deadline = time.monotonic() + seconds
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EngineUnavailableError(f"{path.name}: another process is writing") from None
                time.sleep(LOCK_STEP)
        yield


def pointer(root: Path) -> tuple[str | None, str | None]:
    """Names of the live and the previous generation."""
    try:
        found = json.loads((root / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, None
    return found["live"], found["previous"]


def live(root: Path) -> str:
    """Name of the live generation; NoIndexError if there is none."""
    name, _ = pointer(root)
    if name is None:
        raise NoIndexError("no index yet")
    return name


def make_generation(root: Path, fingerprint: Fingerprint) -> str:
    """Make the folder of a new generation; its name."""
    name = f"g{now():%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    folder = root / name
    folder.mkdir(parents=True)
    write_atomically(folder / META, asdict(fingerprint))
    return name


def read_fingerprint(folder: Path) -> Fingerprint:
    """How the generation in `folder` was made; NoIndexError if it is gone."""
    try:
        return Fingerprint(**json.loads((folder / META).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NoIndexError(f"{folder.name}: no such generation") from None


def debris(root: Path) -> tuple[str, ...]:
    """Generations that the pointer does not name."""
    if not root.exists():
        return ()
    return tuple(
        sorted(path.name for path in root.glob("g*-*") if path.is_dir() and path.name not in pointer(root))
    )


def discard(root: Path, name: str) -> None:
    """Remove a generation that the pointer does not name; ValueError otherwise."""
    if name not in debris(root):
        raise ValueError(f"{name} is in use or not there")
    shutil.rmtree(root / name)
