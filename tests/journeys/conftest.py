"""The whole platform as `daqiao up` starts it, or in this process on a clock of the test's; a real mail server beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import settings as settings_module
from config.settings import Settings
from matcher import db
from tests.fixtures.platform import environment_of
from tests.journeys.platform import Platform
from tests.servers.process import ServerProcess, free_port
from tests.servers.smtp import MailServer


@pytest.fixture
def address(settings: Settings, smtp_server: MailServer, tmp_path: Path) -> Iterator[str]:
    """Address of the running portal; it works on the database of this test's `settings`."""
    port, log = free_port(), tmp_path / "up.log"
    url = f"http://127.0.0.1:{port}"
    environment = environment_of(settings) | {"PORT": str(port), "PUBLIC_URL": url, "SMTP_URL": smtp_server.url}
    command = ["daqiao", "up", "--data", str(settings.data_dir), "--port", str(port), "--admin", "boss@example.org"]
    platform = ServerProcess(command, lambda: "Ready at" in log.read_text(encoding="utf-8"), log, env=environment)
    with platform:
        yield url


@pytest.fixture
def platform(
    settings: Settings, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """The platform in this process, from a Monday morning on; it works on the database of this test."""
    port = free_port()
    for name, value in {
        "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "SMTP_URL": smtp_server.url,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings_module.get_settings.cache_clear()
    running = Platform(settings_module.get_settings())
    with running.serving():
        yield running
    db._dispose()
