"""What commands have in common: files to read, the database, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config.settings import Settings, get_settings

File = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def open_database() -> Settings:
    """The settings with their database configured; ends with a hint when its schema is not this version's."""
    from sqlalchemy.exc import SQLAlchemyError

    from matcher import db, migrations

    settings = get_settings()
    engine = db.configure(settings)
    try:
        current = migrations.is_current(engine)
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database does not answer: {str(error).splitlines()[0]}") from error
    if not current:
        raise click.ClickException(
            "The database is not at this version's schema; run `daqiao prepare` first."
        )
    return settings


@contextmanager
def bar(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error that takes absolute positions; quiet when that is no terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=max(length, 1), label=label, file=sys.stderr, hidden=hidden) as shown:

        def advance(position: int) -> None:
            shown.update(max(min(position, length) - shown.pos, 0))

        yield advance
