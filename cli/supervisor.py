"""Keeps child processes running: starts them in order, restarts one that dies, ends them in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

TICK_SECONDS = 0.2
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0  # a child that lived this long starts with the first delay again
PR_SET_PDEATHSIG = 1

Report = Callable[[str], None]


class StoppedError(Exception):
    """The supervisor was asked to end."""


@dataclass
class Child:
    """One supervised process in a process group of its own, and what is known about its past."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    grace: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float | None = None

    def start(self) -> None:
        """Start the process."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  the supervisor has one thread
        )
        self.started, self.due = time.monotonic(), None

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None

    def schedule_restart(self, now: float) -> float:
        """Note a death and when to start again; the delay in seconds, doubling up to a limit."""
        self.failures = 1 if now - self.started > STEADY_SECONDS else self.failures + 1
        delay: float = min(FIRST_DELAY * 2 ** (self.failures - 1), LONGEST_DELAY)
        self.due = now + delay
        return delay

    def stop(self) -> int:
        """Ask the process to end, wait its grace time, then kill what is left of its group; the exit status."""
        if self.process is None:
            return 0
        if self.running:
            self.process.terminate()
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                pass
        self._kill_group()
        return self.process.wait()

    def _kill_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def _end_with_parent() -> None:
    """Where the system can (Linux), a killed supervisor takes its children with it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Children in the order of their start; they are ended the other way round."""

    report: Report
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self, child: Child) -> Child:
        """Start one more child."""
        child.start()
        self.children.append(child)
        return child

    def run_to_end(
        self, command: Sequence[str], environment: Mapping[str, str], *, interactive: bool = False
    ) -> int:
        """Run a short process to its end; its exit status. Raises `StoppedError` when asked to end meanwhile."""
        stdin = None if interactive else subprocess.DEVNULL
        process = subprocess.Popen(command, env=dict(environment), stdin=stdin, preexec_fn=_end_with_parent)  # noqa: PLW1509
        try:
            while process.poll() is None:
                self.tick()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        return process.returncode

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Keep the children running until `ready`; False when it took too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                return False
            self.tick()
        return True

    def run(self) -> None:
        """Keep the children running until asked to end."""
        while True:
            self.tick()

    def tick(self) -> None:
        """One look at every child, then a short sleep; raises `StoppedError` when asked to end."""
        now = time.monotonic()
        for child in self.children:
            if child.due is not None:
                if now >= child.due:
                    child.start()
            elif not child.running and child.process is not None:
                delay = child.schedule_restart(now)
                self.report(
                    f"{child.name} ended {_status(child.process.returncode)}; starting it again in {delay:g} s"
                )
                child._kill_group()  # noqa: SLF001  its own children must not outlive it
        if self.stopping:
            raise StoppedError
        time.sleep(TICK_SECONDS)
        if self.stopping:
            raise StoppedError

    def stop_all(self) -> None:
        """End every child, the last started first."""
        for child in reversed(self.children):
            child.due = None
            child.stop()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """SIGTERM, SIGINT and SIGHUP ask for an orderly end; a second one kills."""

        def ask(_number: int, _frame: FrameType | None) -> None:
            if self.stopping:
                for child in self.children:
                    child.grace = 0.0
            self.stopping = True

        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {number: signal.signal(number, ask) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _status(code: int) -> str:
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
