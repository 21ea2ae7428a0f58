"""The first start makes what is needed, once."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cli.prepare import prepare
from config.settings import get_settings
from matcher import db, migrations
from matcher.models import AuditEvent, User
from matcher.signing import unsign
from matcher.vocabulary import Role


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation that was never started."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    get_settings.cache_clear()


def test_the_first_start_makes_the_schema_and_one_administrator() -> None:
    done = CliRunner().invoke(prepare, ["--admin", "Boss@Example.org"])
    assert done.exit_code == 0, done.output
    assert migrations.is_current(db.engine())
    with db.reading() as session:
        user = session.scalars(select(User)).one()
        assert (user.email, user.role, user.verified_at is not None) == (
            "boss@example.org", Role.ADMINISTRATOR, True,
        )  # fmt: skip
        assert [event.action for event in session.scalars(select(AuditEvent))] == ["account.add"]
    link = next(word for word in done.output.split() if word.startswith("http"))
    assert unsign(get_settings(), "reset", urlsplit(link).path.rpartition("/")[2])["user"] == user.id

    again = CliRunner().invoke(prepare, ["--admin", "other@example.org"])
    assert (again.exit_code, "administrator" in again.output) == (0, False)


def test_without_a_terminal_the_sender_s_domain_is_taken() -> None:
    done = CliRunner().invoke(prepare, [])
    assert "First administrator: admin@daqiao.example" in done.output


def test_a_bad_address_is_refused_with_its_name() -> None:
    done = CliRunner().invoke(prepare, ["--admin", "nobody"])
    assert done.exit_code == 1
    assert "'nobody'" in done.output
    with db.reading() as session:
        assert session.scalars(select(User)).all() == []
