"""`daqiao backup` and `daqiao restore`: the database and the files, consistent while the platform runs.

The index is not part of a backup: it is made again from the database, without encoding anything anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, inspect, text

from config.settings import Settings, get_settings
from matcher import db, migrations
from matcher.models import Base

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_COPY = "database.sqlite3"
TABLES = "tables"
# Folders and files of the data folder that are truth; everything else there can be made again.
KEPT = ("files", "mail", "secret.key")
CHUNK = 1 << 20


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _copy_sqlite(engine: Engine, target: Path) -> None:
    """One consistent picture while others write (SQLite's online backup)."""
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _copy_tables(engine: Engine, folder: Path) -> None:
    """Every table by COPY in one snapshot; needs no program of the server's on this machine."""
    folder.mkdir()
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        cursor: Any = connection.connection.cursor()
        for table in Base.metadata.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            with (folder / table.name).open("wb") as file, cursor.copy(f'COPY "{table.name}" ({columns}) TO STDOUT') as out:
                for block in out:
                    file.write(block)


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def write_backup(settings: Settings, folder: Path) -> dict[str, Any]:
    """Write a backup into the empty `folder`; its manifest. The database goes first: files are only ever added."""
    engine = db.configure(settings)
    moment = datetime.now(UTC)
    if _is_sqlite(engine):
        _copy_sqlite(engine, folder / SQLITE_COPY)
    else:
        _copy_tables(engine, folder / TABLES)
    for name in KEPT:
        source = settings.data_dir / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.is_file():
            shutil.copy2(source, folder / name)
    manifest = {
        "format": FORMAT,
        "version": version("daqiao"),
        "made_at": moment.isoformat(),
        "database": engine.dialect.name,
        "migration": migrations.current(engine),
        "files": {str(path.relative_to(folder)): _digest(path) for path in _files(folder)},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


class BackupError(click.ClickException):
    """The backup cannot be used here; the message says why."""


def read_manifest(folder: Path, dialect: str) -> dict[str, Any]:
    """The manifest of a whole, unchanged backup for this kind of database; raises `BackupError`."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        kind = manifest["database"]
    except (OSError, ValueError, KeyError):
        raise BackupError(f"{folder} holds no backup ({MANIFEST} is missing or broken).") from None
    if manifest.get("format") != FORMAT:
        raise BackupError(f"The backup has format {manifest.get('format')}; this version reads {FORMAT}.")
    if kind != dialect:
        raise BackupError(f"The backup is of {kind}, this installation uses {dialect}; set DATABASE_URL accordingly.")
    for name, digest in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file() or _digest(path) != digest:
            raise BackupError(f"The backup is damaged: {name} is missing or changed.")
    return manifest


def is_empty(engine: Engine) -> bool:
    """Whether nobody has used this database yet."""
    if not inspect(engine).has_table("users"):
        return True
    with engine.connect() as connection:
        return connection.execute(text("SELECT id FROM users LIMIT 1")).first() is None


def read_backup(settings: Settings, folder: Path) -> int:
    """Bring the backup into this empty installation; how many unsent mails were marked. Raises `BackupError`."""
    from matcher.actions.restore import mark_restored
    from matcher.actor import SYSTEM

    engine = db.configure(settings)
    manifest = read_manifest(folder, engine.dialect.name)
    if not is_empty(engine):
        raise BackupError("This installation is in use; restore into an empty data folder or database.")
    if _is_sqlite(engine):
        engine.dispose()
        for ending in ("", "-wal", "-shm"):
            Path(f"{engine.url.database}{ending}").unlink(missing_ok=True)
        with closing(sqlite3.connect(folder / SQLITE_COPY)) as source:
            with closing(sqlite3.connect(str(engine.url.database))) as target:
                source.backup(target)
    else:
        migrations.upgrade(engine, manifest["migration"])
        _fill_tables(engine, folder / TABLES)
    engine = db.configure(settings)
    migrations.upgrade(engine)
    for name in KEPT:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, settings.data_dir / name, dirs_exist_ok=True)
        elif (folder / name).is_file():
            shutil.copy2(folder / name, settings.data_dir / name)
    return mark_restored(SYSTEM, made_at=datetime.fromisoformat(manifest["made_at"]))


def _fill_tables(engine: Engine, folder: Path) -> None:
    """Fill every table in one transaction and set the counters of their ids."""
    with engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        names = [table.name for table in Base.metadata.sorted_tables if (folder / table.name).exists()]
        if names:  # what the migrations themselves put there comes again from the backup
            cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in names) + " CASCADE")
        for table in Base.metadata.sorted_tables:
            if table.name not in names:
                continue
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            with (folder / table.name).open("rb") as file, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as into:
                while block := file.read(CHUNK):
                    into.write(block)
            for column in table.primary_key.columns:
                if column.autoincrement and column.type.python_type is int and not column.foreign_keys:
                    _set_counter(cursor, table.name, column.name)


def _set_counter(cursor: Any, table: str, column: str) -> None:
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (table, column))
    sequence = cursor.fetchone()[0]
    if sequence:
        cursor.execute(f'SELECT setval(%s, COALESCE((SELECT max("{column}") FROM "{table}"), 0) + 1, false)', (sequence,))  # noqa: S608  names of our own models


FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))


@click.command()
@FOLDER
def backup(folder: Path) -> None:
    """Copy the database and the files to FOLDER, which must be empty. The platform may run meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty.")
    manifest = write_backup(get_settings(), folder)
    size = sum(path.stat().st_size for path in _files(folder)) / 2**20
    click.echo(f"{len(manifest['files'])} files, {size:.1f} MiB in {folder}")


@click.command()
@FOLDER
@click.option("--index/--no-index", default=True, help="Make the search index again afterwards.")
def restore(folder: Path, index: bool) -> None:
    """Bring the backup in FOLDER into this empty installation, then make the index again.

    Mails that were unsent when the backup was made may have gone out since: they are marked `unknown` and a person
    decides in the console.
    """
    settings = get_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    marked = read_backup(settings, folder)
    click.echo(f"Restored. {marked} unsent mails are marked unknown.")
    if index:
        from indexes.rebuild import rebuild

        rebuild(settings)
        click.echo("The index is made again.")
