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
from matcher.models import APPEND_ONLY, Base

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
    with (
        closing(sqlite3.connect(str(engine.url.database))) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)


def _tables() -> dict[str, list[str]]:
    """Tables with their columns, each after those that it refers to; an older backup keeps its own list."""
    return {table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables}


def _copy_tables(engine: Engine, folder: Path) -> None:
    """Every table by COPY in one snapshot; needs no program of the server's on this machine."""
    folder.mkdir()
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        cursor: Any = connection.connection.cursor()
        for name, columns in _tables().items():
            with (
                (folder / name).open("wb") as file,
                cursor.copy(f"COPY {_quoted(name, columns)} TO STDOUT") as out,
            ):
                for block in out:
                    file.write(block)


def _quoted(table: str, columns: list[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'"{table}" ({names})'


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
        "tables": _tables(),
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
    if manifest.get("migration") not in migrations.known():
        raise BackupError("The backup was made by a newer version; install that version first.")
    if kind != dialect:
        raise BackupError(
            f"The backup is of {kind}, this installation uses {dialect}; set DATABASE_URL accordingly."
        )
    for name, digest in files.items():
        path = folder / name
        if (
            not path.resolve().is_relative_to(folder.resolve())
            or not path.is_file()
            or _digest(path) != digest
        ):
            raise BackupError(f"The backup is damaged: {name} is missing or changed.")
    return manifest


def is_empty(engine: Engine) -> bool:
    """Whether nobody has used this database yet: it has no person, and its trail knows of no attempt."""
    known = {"users", "audit_events"} & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        return all(connection.execute(text(f"SELECT id FROM {table} LIMIT 1")).first() is None for table in known)  # noqa: S608


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
        with (
            closing(sqlite3.connect(folder / SQLITE_COPY)) as source,
            closing(sqlite3.connect(str(engine.url.database))) as target,
        ):
            source.backup(target)
    else:
        migrations.upgrade(engine, manifest["migration"])
        _fill_tables(engine, folder / TABLES, manifest["tables"])
    engine = db.configure(settings)
    migrations.upgrade(engine)
    for name in KEPT:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, settings.data_dir / name, dirs_exist_ok=True)
        elif (folder / name).is_file():
            shutil.copy2(folder / name, settings.data_dir / name)
    return mark_restored(SYSTEM, made_at=datetime.fromisoformat(manifest["made_at"]))


def _fill_tables(engine: Engine, folder: Path, tables: dict[str, list[str]]) -> None:
    """Fill every table in one transaction and set the counters of their ids."""
    known = set(inspect(engine).get_table_names())
    if not known.issuperset(tables):
        raise BackupError(f"The backup has unknown tables: {', '.join(sorted(set(tables) - known))}.")
    with engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        # what the migrations themselves put there comes again from the backup; they put nothing where rows are for good
        cleared = ", ".join(f'"{name}"' for name in tables if name not in APPEND_ONLY)
        cursor.execute(f"TRUNCATE {cleared} CASCADE")
        for name, columns in tables.items():
            command = f"COPY {_quoted(name, columns)} FROM STDIN"
            with (folder / name).open("rb") as file, cursor.copy(command) as into:
                while block := file.read(CHUNK):
                    into.write(block)
            if "id" in columns:
                _set_counter(cursor, name)


def _set_counter(cursor: Any, table: str) -> None:
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", (table,))
    sequence = cursor.fetchone()[0]
    if sequence:
        highest = f'SELECT COALESCE(max(id), 0) + 1 FROM "{table}"'  # noqa: S608  a name of our own models
        cursor.execute(f"SELECT setval(%s, ({highest}), false)", (sequence,))


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
        from indexes.opening import encoder_or_none, open_engine
        from indexes.rebuild import rebuild

        made = rebuild(open_engine(settings), encoder_or_none(settings))
        click.echo(f"The index is made again: {made.documents} documents, {made.from_store} stored vectors.")
