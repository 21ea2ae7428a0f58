"""`daqiao import`: needs or achievements from a JSON-lines file, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import click

from cli.common import File, bar, open_database
from matcher import clock
from matcher.actions.imports import import_records
from matcher.actor import SYSTEM
from matcher.errors import InvalidRows, Refused
from matcher.importing import MAX_BYTES, read_rows
from matcher.vocabulary import RecordState

KINDS = {"needs": "need", "achievements": "achievement"}
SHOWN_PROBLEMS = 50


@click.command("import")
@click.argument("what", type=click.Choice(list(KINDS)))
@click.argument("file", type=File)
@click.option(
    "--organisation",
    default="",
    metavar="NAME|CODE",
    help="Owner of rows that name none (checked organisation).",
)
@click.option("--source", default="", help="Where the records come from (default: the file's name).")
@click.option(
    "--publish", is_flag=True, help="Publish complete records at once instead of handing them to review."
)
def import_(what: str, file: Path, organisation: str, source: str, publish: bool) -> None:
    """Read needs or achievements from FILE, one JSON object in each line.

    Columns are the platform's field names, their Chinese names or those of exchange files. A row is recognised
    by its source and id: reading a file again changes only what differs. Incomplete records become drafts. If any
    row is wrong, nothing is stored, every problem is listed with its row, and the exit code is 1.
    """
    settings = open_database()

    size = file.stat().st_size
    if size > MAX_BYTES:
        raise click.ClickException(
            f"{file} has {size:,} bytes, {MAX_BYTES:,} are allowed; cut it into parts."
        )
    try:
        with bar("Reading", size) as progress:
            rows = read_rows(
                KINDS[what],
                file.read_bytes(),
                today=clock.today(settings.zone),
                source=source or file.stem[:100],
                progress=progress,
            )
        with bar("Storing", len(rows)) as progress:
            result = import_records(
                SYSTEM, KINDS[what], rows, organisation=organisation, publish=publish, progress=progress
            )
    except InvalidRows as error:
        _list_problems(error)
        raise click.exceptions.Exit(1) from None
    except Refused as error:
        raise click.ClickException(str(error.message)) from error
    states = ", ".join(f"{count} {RecordState(state).label}" for state, count in result.states.items())
    click.echo(
        f"{len(rows)} rows: {result.created} new, {result.updated} changed, {result.unchanged} unchanged, "
        f"{result.kept} kept as people left them{f' ({states})' if states else ''}"
    )


def _list_problems(error: InvalidRows) -> None:
    click.echo(str(error.message), err=True)
    for row, column, message in error.rows[:SHOWN_PROBLEMS]:
        place = f"第 {row} 行" if row else "文件"
        click.echo(f"  {place}{f' {column}' if column else ''}: {message}", err=True)
    if len(error.rows) > SHOWN_PROBLEMS:
        click.echo(f"  … {len(error.rows) - SHOWN_PROBLEMS} more", err=True)
