"""The doctor names what answers and what is missing, and its exit code says whether anything is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import doctor
from config.settings import Settings, get_settings, load_settings
from indexes.opening import encoder_or_none, ensure_live, open_engine
from tests import factories
from tests.servers.process import ServerProcess, free_port
from tests.servers.smtp import MailServer


def changed(settings: Settings, **values: object) -> Settings:
    return load_settings(**settings.model_dump() | values)


def test_a_database_of_another_version_is_missing_something(tmp_path: Path) -> None:
    found = doctor.check_database(load_settings(data_dir=tmp_path))
    assert (found.state, "daqiao prepare" in found.text) == (doctor.BAD, True)


def test_a_migrated_database_is_well(database: Settings) -> None:
    found = doctor.check_database(database)
    assert found.state == doctor.GOOD
    assert found.text.startswith("PostgreSQL" if database.database_url else "SQLite")


def test_a_database_that_is_away_is_said(settings: Settings) -> None:
    away = changed(settings, database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/x")
    found = doctor.check_database(away)
    assert found.state == doctor.BAD
    assert "does not answer" in found.text


def test_the_broker_is_asked(settings: Settings, own_redis: tuple[str, ServerProcess]) -> None:
    url, server = own_redis
    assert doctor.check_broker(changed(settings, redis_url=url)).state == doctor.GOOD
    server.stop()
    found = doctor.check_broker(changed(settings, redis_url=url))
    assert (found.state, "no answer" in found.text) == (doctor.BAD, True)


def test_no_worker_is_missing_something(settings: Settings, broker: str) -> None:
    assert doctor.check_worker(settings).state == doctor.BAD


def test_the_index_is_asked(engines: Settings) -> None:
    assert doctor.check_search(engines).state == doctor.BAD, "there is none yet"
    engine = open_engine(engines)
    ensure_live(engine, encoder_or_none(engines))
    engine.close()
    assert doctor.check_search(engines).state == doctor.GOOD


def test_an_index_made_with_another_model_is_to_be_rebuilt(settings: Settings) -> None:
    """21: an index made with another model is reported, with what to do."""
    engine = open_engine(settings)
    ensure_live(engine, None)
    engine.close()
    found = doctor.check_search(settings)
    assert found.state == doctor.POOR
    assert "daqiao index rebuild" in found.text


def test_old_changes_are_a_warning(settings: Settings) -> None:
    """13: the age of the oldest waiting change is told."""
    assert doctor.check_outbox(settings).state == doctor.GOOD
    factories.published(factories.enterprise(), "need")
    from datetime import timedelta

    from matcher import clock

    with clock.at(clock.now() + timedelta(seconds=settings.outbox_alert_seconds + 60)):
        found = doctor.check_outbox(settings)
    assert found.state == doctor.POOR
    assert "daqiao run relay" in found.text


def test_a_missing_model_is_said(settings: Settings, tmp_path: Path) -> None:
    """88: a missing model is named, and what works without it."""
    found = doctor.check_encoder(changed(settings, embedding_model=str(tmp_path / "none")))
    assert found.state == doctor.BAD
    assert "words alone" in found.text
    assert doctor.check_encoder(settings).state == doctor.GOOD


def test_the_mail_server_is_asked_and_nothing_is_sent(settings: Settings, smtp_server: MailServer) -> None:
    assert doctor.check_mail(settings).state == doctor.GOOD, "files need no server"
    assert doctor.check_mail(changed(settings, smtp_url=smtp_server.url)).state == doctor.GOOD
    away = doctor.check_mail(changed(settings, smtp_url=f"smtp://127.0.0.1:{free_port()}"))
    assert away.state == doctor.BAD
    assert smtp_server.attempts == 0


def test_a_data_folder_that_cannot_be_made_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = doctor.check_machine(changed(settings, data_dir=tmp_path / "file" / "data"))
    assert (found.state, "cannot be written" in found.text) == (doctor.BAD, True)


@pytest.fixture
def no_portal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings name a port on which nothing listens, whatever else runs on this machine."""
    monkeypatch.setenv("PORT", str(free_port()))
    get_settings.cache_clear()


def test_the_report_ends_with_1_when_something_is_missing(no_portal: None) -> None:
    done = CliRunner().invoke(doctor.doctor, ["--json"])
    findings = {finding["part"]: finding["state"] for finding in json.loads(done.output)}
    assert findings["database"] == doctor.GOOD
    assert findings["portal"] == doctor.BAD
    assert done.exit_code == 1
    assert "✗ portal" in CliRunner().invoke(doctor.doctor, []).output


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_listed(name: str) -> None:
    assert f"\n{name.upper()}=" in "\n" + CliRunner().invoke(doctor.show_settings, []).output


def test_the_table_names_what_is_allowed() -> None:
    table = CliRunner().invoke(doctor.show_settings, ["--markdown"]).output
    assert "| `PORT` | whole number ≥ 1 ≤ 65535 | `8000` |" in table
    assert "production · development · demo · test" in table
