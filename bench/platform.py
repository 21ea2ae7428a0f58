"""A whole platform as `daqiao up` starts it, in a folder and on a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 600.0
END_SECONDS = 60.0
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "SMTP_URL", "DATA_DIR", "PORT", "PUBLIC_URL")


@dataclass(frozen=True)
class Platform:
    """A running platform: the supervisor's process id, its address, its data and how long the start took."""

    pid: int
    url: str
    folder: Path
    seconds: float


@contextmanager
def started(*options: str) -> Iterator[Platform]:
    """`daqiao up` with these options until the block ends; raises RuntimeError when it does not become ready."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        folder, log = Path(name) / "data", Path(name) / "up.log"
        command = [sys.executable, "-m", "cli.main", "up", "--port", str(port), "--data", str(folder)]
        environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
        began = time.monotonic()
        with log.open("wb") as out:
            process = subprocess.Popen([*command, *options], stdout=out, stderr=out, env=environment)
        try:
            _wait(process, log)
            yield Platform(process.pid, f"http://127.0.0.1:{port}", folder, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(END_SECONDS)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not re.search(r"^Ready at ", log.read_text(errors="replace"), re.MULTILINE):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the platform does not become ready:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)
