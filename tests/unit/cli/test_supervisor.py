"""Children are restarted with growing delays, reported, and ended in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cli.supervisor import LONGEST_DELAY, STEADY_SECONDS, Child, StoppedError, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable, "-c",
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(60)",
]  # fmt: skip


def child(name: str, command: list[str], grace: float = 5.0) -> Child:
    return Child(name, command, dict(os.environ), grace)


def test_a_child_that_dies_is_reported_and_started_again() -> None:
    lines: list[str] = []
    supervisor = Supervisor(lines.append)
    relay = supervisor.start(child("relay", SLEEP))
    assert relay.process is not None
    first = relay.process.pid
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait_until(lambda: relay.running and relay.process.pid != first, 30)  # type: ignore[union-attr]
    assert lines == ["relay ended by signal SIGKILL; starting it again in 0.5 s"]
    supervisor.stop_all()
    assert not relay.running


def test_delays_double_up_to_a_limit_and_a_steady_child_starts_afresh() -> None:
    one = child("worker", SLEEP)
    delays = [one.schedule_restart(now=1.0) for _ in range(8)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_DELAY, LONGEST_DELAY]
    assert one.schedule_restart(now=one.started + STEADY_SECONDS + 1) == 0.5


def test_children_end_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); open(sys.argv[1], 'a').write('+'); time.sleep(60)"
    )
    supervisor = Supervisor(print)
    for name in "abc":
        supervisor.start(child(name, [sys.executable, "-c", code, str(log), name]))
    assert supervisor.wait_until(lambda: log.exists() and log.read_text() == "+++", 30)
    supervisor.stop_all()
    assert log.read_text() == "+++cba"


def test_a_child_that_does_not_listen_is_killed_after_its_grace_time(tmp_path: Path) -> None:
    supervisor, up = Supervisor(print), tmp_path / "up"
    stubborn = supervisor.start(child("portal", [*STUBBORN, str(up)], grace=0.5))
    assert supervisor.wait_until(up.exists, 30), "it does not listen from now on"
    began = time.monotonic()
    assert stubborn.stop() == -signal.SIGKILL
    assert 0.5 <= time.monotonic() - began < 30, "not after the minute that it would sleep"


def test_a_signal_ends_the_run() -> None:
    supervisor = Supervisor(print)
    with supervisor.signals():
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        with pytest.raises(StoppedError):
            supervisor.run()


def test_a_short_process_tells_its_status_and_ends_with_the_supervisor() -> None:
    supervisor = Supervisor(print)
    assert supervisor.run_to_end([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3
    with supervisor.signals():
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(StoppedError):
            supervisor.run_to_end(SLEEP, os.environ)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_children_of_a_killed_supervisor_end_too(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom cli.supervisor import Child, Supervisor\n"
        "s = Supervisor(print)\n"
        "c = s.start(Child('x', [sys.executable, '-c', 'import time; time.sleep(60)'], dict(os.environ)))\n"
        "Path(sys.argv[1]).write_text(str(c.process.pid))\ns.run()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(pid_file)])
    for _ in range(300):
        if pid_file.exists() and pid_file.read_text():
            break
        time.sleep(0.1)
    parent.kill()
    parent.wait()
    orphan = int(pid_file.read_text())
    for _ in range(300):
        stat = Path(f"/proc/{orphan}/stat")
        if not stat.exists() or stat.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its supervisor")
