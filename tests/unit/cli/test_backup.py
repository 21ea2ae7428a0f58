"""Backups are consistent, checked when read, and never mix with what is already there."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from cli import backup
from config.settings import Settings, get_settings, load_settings
from indexes.opening import encoder_or_none, open_engine
from indexes.rebuild import rebuild
from matcher import db, migrations
from matcher.actions import accounts
from matcher.actor import VISITOR
from matcher.inputs.people import Registration
from matcher.models import AuditEvent, Delivery, DeliveryState, Need, User
from tests import factories
from tests.servers.postgres import new_database


@pytest.fixture
def filled(database: Settings) -> Settings:
    """An installation with people, a need, unsent mail and a stored file."""
    factories.published(factories.enterprise(), "need")
    given = Registration(
        email="new@example.org", name="新人", password=factories.PASSWORD, accept_privacy=True
    )
    accounts.register(VISITOR, given)
    stored = database.data_dir / "files" / "ab" / "abc"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"%PDF-1.7 content")
    return database


def elsewhere(settings: Settings, folder: Path, url: str | None) -> Settings:
    """An empty installation of the same kind."""
    values = settings.model_dump() | {"data_dir": folder, "database_url": url}
    return load_settings(**values)


def counts() -> dict[str, int]:
    """Rows by table."""
    with db.reading() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (User, Need, Delivery, AuditEvent)
        }


def test_restored_elsewhere_everything_is_there_and_unsent_mail_waits_for_a_person(
    filled: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """94: no mail is sent twice after restoring an older dump; 93: files are those that were stored."""
    before = counts()
    folder = tmp_path / "backup"
    folder.mkdir()
    backup.write_backup(filled, folder)
    assert counts() == before

    with (
        new_database(request.getfixturevalue("postgres_url")) if filled.database_url else nullcontext() as url
    ):
        target = elsewhere(filled, tmp_path / "other", url)
        target.data_dir.mkdir()
        marked = backup.read_backup(target, folder)
        assert marked == before["deliveries"] > 0
        assert counts() == before | {"audit_events": before["audit_events"] + 1}
        assert migrations.is_current(db.engine())
        with db.reading() as session:
            assert set(session.scalars(select(Delivery.state))) == {DeliveryState.UNKNOWN}
        assert (target.data_dir / "files" / "ab" / "abc").read_bytes() == b"%PDF-1.7 content"
        # ids go on after those restored
        factories.published(factories.institute(), "achievement")
        with pytest.raises(backup.BackupError, match="in use"):
            backup.read_backup(target, folder)
        db.configure(filled)


def test_a_damaged_or_foreign_backup_is_refused(filled: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    with pytest.raises(backup.BackupError, match="holds no backup"):
        backup.read_manifest(folder, "sqlite")
    backup.write_backup(filled, folder)
    dialect = db.engine().dialect.name
    with pytest.raises(backup.BackupError, match="DATABASE_URL"):
        backup.read_manifest(folder, "other")
    (folder / "files" / "ab" / "abc").write_bytes(b"changed")
    with pytest.raises(backup.BackupError, match="files/ab/abc is missing or changed"):
        backup.read_manifest(folder, dialect)
    manifest = json.loads((folder / backup.MANIFEST).read_text())
    (folder / backup.MANIFEST).write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(backup.BackupError, match="format 99"):
        backup.read_manifest(folder, dialect)


def test_a_manifest_cannot_name_files_outside_its_folder(filled: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    backup.write_backup(filled, folder)
    manifest = json.loads((folder / backup.MANIFEST).read_text())
    manifest["files"]["../secret"] = "0"
    (tmp_path / "secret").write_text("x")
    (folder / backup.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(backup.BackupError, match="damaged"):
        backup.read_manifest(folder, db.engine().dialect.name)


def test_the_commands_say_what_they_did(settings: Settings, tmp_path: Path) -> None:
    factories.add_person()
    runner = CliRunner()
    folder = tmp_path / "b"
    done = runner.invoke(backup.backup, [str(folder)])
    assert done.exit_code == 0, done.output
    assert "MiB in" in done.output
    again = runner.invoke(backup.backup, [str(folder)])
    assert again.exit_code == 1
    assert "not empty" in again.output


def test_restore_brings_back_an_empty_data_folder(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.add_person(email="kept@example.org")
    folder = tmp_path / "b"
    folder.mkdir()
    backup.write_backup(settings, folder)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    get_settings.cache_clear()
    done = CliRunner().invoke(backup.restore, [str(folder), "--no-index"])
    assert done.exit_code == 0, done.output
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM users WHERE email = 'kept@example.org'")) == 1


def test_restore_makes_the_index_again_without_encoding(
    engines: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """91: after a restore the index holds what the record says, and every vector comes from the backup."""
    need = factories.published(factories.enterprise(), "need")
    engine, encoder = open_engine(engines), encoder_or_none(engines)
    first = rebuild(engine, encoder)
    assert first.encoded == 1
    folder = tmp_path / "b"
    folder.mkdir()
    backup.write_backup(engines, folder)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    get_settings.cache_clear()
    done = CliRunner().invoke(backup.restore, [str(folder)])
    assert done.exit_code == 0, done.output
    assert "1 documents, 1 stored vectors" in done.output
    again = open_engine(get_settings())
    assert [held.id for held in again.held()] == [f"need-{need}"]
    again.close()
    engine.close()


def test_the_key_of_sealed_prices_is_not_in_a_backup(filled: Settings, tmp_path: Path) -> None:
    """Whoever has only the backup opens no sealed range."""
    assert filled.price_keys()
    folder = tmp_path / "backup"
    folder.mkdir()
    backup.write_backup(filled, folder)
    key = (filled.data_dir / "price.key").read_bytes()
    assert not any(key in path.read_bytes() for path in folder.rglob("*") if path.is_file())
