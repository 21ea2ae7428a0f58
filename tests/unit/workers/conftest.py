"""Settings of the workers' tests."""

from collections.abc import Iterator

import pytest

from config import settings as settings_module
from config.settings import Settings
from tests.servers.smtp import MailServer


@pytest.fixture
def mail(settings: Settings, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings that name the SMTP server."""
    monkeypatch.setenv("SMTP_URL", f"{smtp_server.url}?timeout=20")
    monkeypatch.setenv("PUBLIC_URL", "https://daqiao.example")
    settings_module.get_settings.cache_clear()
    yield settings_module.get_settings()
    settings_module.get_settings.cache_clear()
