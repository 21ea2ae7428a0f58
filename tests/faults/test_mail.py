"""A mailer that is killed in the middle, with a real SMTP server."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config import settings as settings_module
from config.settings import Settings
from matcher import clock
from matcher.actions import accounts, deliveries
from matcher.db import reading
from matcher.models import Delivery, DeliveryState
from tests import factories
from tests.fixtures.platform import environment_of
from tests.servers.smtp import MailServer
from workers import mailer


@pytest.fixture
def mail(settings: Settings, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings that name the SMTP server, and one mail to send."""
    monkeypatch.setenv("SMTP_URL", smtp_server.url)
    settings_module.get_settings.cache_clear()
    person = factories.add_person()
    accounts.request_reset(person.actor, person.email)
    yield settings_module.get_settings()
    settings_module.get_settings.cache_clear()


def die(mail: Settings, place: str) -> None:
    command = [sys.executable, "-m", "tests.faults.dying_mailer", place]
    ended = subprocess.run(
        command,
        env=environment_of(mail),
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def state() -> str:
    with reading() as session:
        return str(session.scalars(select(Delivery.state)).one())


def test_killed_after_the_server_accepted(mail: Settings, smtp_server: MailServer) -> None:
    """39: killed between the server's yes and noting it: unknown after the grace time, and no second message."""
    die(mail, "after")
    smtp_server.wait_for(1)
    assert state() == DeliveryState.SENDING
    assert mailer.send_due(mail) == 0
    with clock.at(clock.now() + timedelta(seconds=deliveries.GRACE_SECONDS + 1)):
        assert deliveries.sweep() == 1
        assert mailer.send_due(mail) == 0
    assert state() == DeliveryState.UNKNOWN
    assert len(smtp_server.messages) == 1


def test_killed_before_sending(mail: Settings, smtp_server: MailServer) -> None:
    """40: killed before the conversation: the next run sends it, once."""
    die(mail, "before")
    assert state() == DeliveryState.PLANNED
    assert mailer.send_due(mail) == 1
    assert mailer.send_due(mail) == 0
    assert len(smtp_server.messages) == 1
    assert state() == DeliveryState.SENT
