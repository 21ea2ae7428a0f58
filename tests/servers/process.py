"""A server process that can be stopped, killed and started again on the same address."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.servers import ServerUnavailableError

PORTS = (20_000, 32_000)
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_CHANCE = random.SystemRandom()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment.

    Below those that the system lends to outgoing connections: such a one could be taken before it is used, or be
    connected to itself by who expects that nothing listens there. Tests are given the same `random` numbers, so not by it.
    """
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", _CHANCE.randrange(*PORTS)))
            return int(probe.getsockname()[1])


class ServerProcess:
    """One child process in a process group of its own, with its output in a file.

    `ready` is asked until it answers True. The child's standard input is a pipe that closes when this process dies,
    so that a server which watches it never outlives a killed test run.
    """

    def __init__(
        self,
        command: Sequence[str],
        ready: Callable[[], bool],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.command = list(command)
        self.ready = ready
        self.log = log
        self.env = env
        self.cwd = cwd
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the running child."""
        assert self.process is not None
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether the child is alive."""
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        """Everything the child has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def start(self, seconds: float = START_SECONDS) -> Self:
        """Start the child and wait until it is ready; raises `ServerUnavailableError` with its last lines."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.env) if self.env is not None else None,
                cwd=self.cwd,
                start_new_session=True,
            )
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                tail = " | ".join(self.output.strip().splitlines()[-5:])
                raise ServerUnavailableError(f"{Path(self.command[0]).name} did not become ready: {tail}")
            time.sleep(0.05)
        return self

    def _is_ready(self) -> bool:
        try:
            return self.ready()
        except OSError:
            return False

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Ask the child to end (SIGTERM), kill its group when it does not; the exit status."""
        return self._end(signal.SIGTERM, seconds)

    def kill(self) -> int:
        """End the child's whole group at once (SIGKILL)."""
        return self._end(signal.SIGKILL, STOP_SECONDS)

    def _end(self, number: signal.Signals, seconds: float) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            # a server that was paused by a test must be able to hear the signal
            for each in (number, signal.SIGCONT):
                self._signal(each, group=number is signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self._signal(signal.SIGKILL, group=True)
        if self.process.stdin:
            self.process.stdin.close()
        return self.process.wait()

    def _signal(self, number: signal.Signals, *, group: bool) -> None:
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)

    def pause(self) -> None:
        """Freeze the child: connections are accepted by the kernel and never answered."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Undo `pause`."""
        os.killpg(self.pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        return self if self.running else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
