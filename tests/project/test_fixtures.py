"""The ground that the other tests stand on."""

import contextlib
import smtplib
import socket
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from config.settings import Settings, get_settings
from matcher import db, migrations
from tests.fixtures.mail import mail_refused
from tests.fixtures.platform import environment_of
from tests.servers.smtp import Behaviour, MailServer


def test_a_database_is_migrated_and_empty(database: Settings) -> None:
    assert migrations.is_current(db.engine())
    assert get_settings() == database
    with db.reading() as session:
        assert session.execute(text("select count(*) from users")).scalar() == 0


def test_a_child_process_gets_the_same_settings(settings: Settings) -> None:
    code = "from config.settings import get_settings; print(get_settings().model_dump_json())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment_of(settings), capture_output=True, text=True, check=True
    )
    assert Settings.model_validate_json(done.stdout) == settings


def test_an_engine_is_configured(engines: Settings) -> None:
    assert (engines.elasticsearch_url is None) == (engines.index_prefix == "daqiao")


def test_a_broker_is_configured(settings: Settings, broker: str) -> None:
    assert settings.redis_url == broker


def test_redis_answers(redis_url: str) -> None:
    import redis

    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_elasticsearch_answers(elasticsearch_url: str) -> None:
    with urllib.request.urlopen(f"{elasticsearch_url}/_cluster/health") as answer:
        assert answer.status == 200


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_no_other_machine_is_reached() -> None:
    with pytest.raises(Exception, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.parametrize("behaviour", [Behaviour.TEMPORARY, Behaviour.PERMANENT])
def test_the_mail_server_behaves_as_told(smtp_server: MailServer, behaviour: Behaviour) -> None:
    smtp_server.set(behaviour, "b@example.org")
    host, port = smtp_server.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        client.sendmail("a@example.org", ["c@example.org"], "Subject: x\n\nhi")
        with pytest.raises(smtplib.SMTPResponseException):
            client.sendmail("a@example.org", ["b@example.org"], "Subject: x\n\nhi")
    assert smtp_server.attempts == 2
    assert [m["Subject"] for m in smtp_server.to("c@example.org")] == ["x"]


def test_unexpected_mail_fails_a_test() -> None:
    """47: any unexpected SMTP connection in a test fails it, even when the code under test catches the error."""
    with (
        pytest.raises(AssertionError, match=r"unexpected SMTP connections: \['127\.0\.0\.1:25'\]"),
        mail_refused(),contextlib.suppress(OSError)
    ):
        smtplib.SMTP("127.0.0.1", 25, timeout=1)


def test_a_page_opens(page: Page) -> None:
    page.set_content("<h1>搭桥</h1>")
    assert page.inner_text("h1") == "搭桥"
