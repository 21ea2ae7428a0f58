"""`daqiao verify`: check the chains. Exit code 0: whole; 1: the first flaw is on standard error."""

from __future__ import annotations

from pathlib import Path

import click

from cli.common import open_database
from matcher.chain import START, Flaw, Head


@click.group()
def verify() -> None:
    """Check that nothing was changed, left out or put in."""


def _stop(what: str, flaw: Flaw) -> None:
    raise click.ClickException(f"{what} {flaw.number} is broken: {flaw.why}.")


@verify.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", default="", help="Hash that the last entry must have, noted when the chain was seen before.")
def receipts(file: Path, head: str) -> None:
    """Check an export of receipts. Needs no database and no settings: anyone can do it with the file alone.

    Without --head the file is only compared with itself: whoever makes all hashes anew makes a file that agrees.
    """
    from matcher.disclosure.export import BadExportError, verify_lines

    try:
        with file.open("rb") as lines:
            end, flaw = verify_lines(lines)
    except BadExportError as error:
        raise click.ClickException(f"{file}: {error}") from None
    if flaw is not None:
        _stop("Entry", flaw)
    if head and head.strip().lower() != end.hash:
        raise click.ClickException(f"The last entry has the hash {end.hash}, not the one that was noted.")
    click.echo(f"{_count(end)} in order, last hash {end.hash}")


@verify.command()
@click.option("--seen", default="", metavar="NUMBER:HASH", help="An earlier end of the chain, as this command or the log told it.")
def audit(seen: str) -> None:
    """Check the audit trail of this installation against its seals."""
    from matcher.db import reading
    from matcher.models import AuditSeal
    from matcher.sealing import check_trail

    open_database()
    number, _, hash_seen = seen.partition(":")
    if seen and not (number.isascii() and number.isdigit() and len(number) < 19 and hash_seen):
        raise click.UsageError("--seen takes NUMBER:HASH")
    with reading() as session:
        found = check_trail(session)
        earlier = session.get(AuditSeal, int(number)) if seen else None
    if found.flaw is not None:
        _stop("Seal", found.flaw)
    if seen and (earlier.hash if earlier else START) != hash_seen.strip().lower():
        raise click.ClickException(f"Seal {number} is not the one that was seen: the trail was made anew.")
    click.echo(f"{_count(found.head)} sealed and in order, {found.unsealed} not sealed yet, last {found.head.number}:{found.head.hash}")


def _count(head: Head) -> str:
    return f"{head.number} entr{'y' if head.number == 1 else 'ies'}"
