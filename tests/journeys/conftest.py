"""The whole platform as `daqiao up` starts it, with a real mail server beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from tests.fixtures.platform import environment_of
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
