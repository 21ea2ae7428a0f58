"""`daqiao up` as people use it: one process that brings up the whole platform and takes it down again."""

import http.client
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli import up as up_module
from config.settings import Settings
from tests.fixtures.platform import environment_of
from tests.servers.process import ServerProcess, free_port

pytestmark = pytest.mark.timeout(240)
ROLES = ("broker", "relay", "worker", "scheduler", "portal")


@pytest.fixture
def platform(settings: Settings, tmp_path: Path) -> Iterator[ServerProcess]:
    """The platform with an empty data folder, ready."""
    port = free_port()
    data = tmp_path / "empty"
    log = tmp_path / "up.log"
    environment = environment_of(settings) | {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = ["daqiao", "up", "--data", str(data), "--port", str(port), "--admin", "boss@example.org"]
    process = ServerProcess(
        command, lambda: "Ready at" in log.read_text(encoding="utf-8"), log, env=environment
    )
    with process:
        yield process


def roles(platform: ServerProcess) -> dict[str, psutil.Process]:
    """The supervised processes by role, in whatever form the role's server shows itself."""
    signs = {
        "broker": "valkey-server", "relay": "workers.relay", "worker": " worker ", "scheduler": " beat ",
        "portal": "gunicorn",
    }  # fmt: skip
    found = {}
    for child in psutil.Process(platform.pid).children():
        line = " ".join(child.cmdline())
        found.update({role: child for role, sign in signs.items() if sign in line})
    return found


def test_up_brings_everything_up_restarts_what_dies_and_ends_in_order(platform: ServerProcess) -> None:
    address = re.search(r"Ready at (http://127\.0\.0\.1:(\d+)) after", platform.output)
    assert address, platform.output
    assert re.search(r"First administrator: boss@example\.org.*http://127\.0\.0\.1:\d+/\S+", platform.output)
    children = roles(platform)
    assert set(children) == set(ROLES)

    old = children["relay"].pid
    os.kill(old, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while "relay ended by signal SIGKILL" not in platform.output and time.monotonic() < deadline:
        time.sleep(0.1)
    while roles(platform).get("relay", children["relay"]).pid == old and time.monotonic() < deadline:
        time.sleep(0.1)
    assert roles(platform)["relay"].pid != old

    everybody = psutil.Process(platform.pid).children(recursive=True)
    assert platform.stop(seconds=60) == 0, platform.output[-3000:]
    _, alive = psutil.wait_procs(everybody, timeout=5)
    assert alive == []
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", int(address[2]), timeout=2).request("GET", "/healthz")


def test_a_port_in_use_is_said_before_anything_starts(settings: Settings, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not up_module.port_is_free("127.0.0.1", port)
        command = ["daqiao", "up", "--data", str(tmp_path / "x"), "--port", str(port)]
        process = ServerProcess(command, lambda: False, tmp_path / "log", env=environment_of(settings))
        with pytest.raises(Exception, match=f"Port {port} of 127.0.0.1 is in use"):
            process.start(seconds=30)
        assert process.process is not None
        assert process.process.returncode == 1
    assert not (tmp_path / "x").exists()


def test_the_demo_lives_in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    values = up_module.child_environment(demo=True, port=8123, data=None)
    assert values["ENVIRONMENT"] == "demo"
    assert values["DATA_DIR"] == str(tmp_path / "demo-data")
    assert values["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert "DATA_DIR" not in up_module.child_environment(False, None, None) or os.environ.get("DATA_DIR")
