"""`daqiao index`: build the search index anew, compare it with the record, describe it, go back to the last one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import click
from sqlalchemy import func, select

from cli.common import bar, open_database
from indexes import check as checking
from indexes import rebuild as rebuilding
from indexes import sync
from indexes.engine import DELETED, Engine, EngineError
from indexes.opening import encoder_or_none, fitness, open_engine
from matcher import db
from matcher.embedding import Encoder
from matcher.models import MODELS


@click.group()
def index() -> None:
    """Rebuild, check or describe the search index. The database is the record: the index can always be made anew."""


@contextmanager
def _index() -> Iterator[tuple[Engine, Encoder | None]]:
    """The configured engine and encoder; an index that cannot answer ends the command with exit code 1."""
    settings = open_database()
    encoder = encoder_or_none(settings)
    if encoder is None:
        click.echo(f"No encoder ({settings.embedding_model}): words alone.", err=True)
    with closing(open_engine(settings)) as engine:
        try:
            yield engine, encoder
        except EngineError as error:
            raise click.ClickException(str(error)) from error


def _records() -> int:
    with db.reading() as session:
        return sum(session.scalar(select(func.count()).select_from(model)) or 0 for model in MODELS.values())


@contextmanager
def _counting(label: str) -> Iterator[Callable[[int], None]]:
    """Progress in records; the callback gets how many more."""
    with bar(label, _records()) as progress:
        done = 0

        def advance(more: int) -> None:
            nonlocal done
            done += more
            progress(done)

        yield advance


@index.command()
def rebuild() -> None:
    """Make a new index beside the live one and swap when it is complete; searches go on meanwhile.

    If it does not agree with the database nothing is swapped, and the exit code is 1.
    """
    with _index() as (engine, encoder), _counting("Indexing") as progress:
        report = rebuilding.rebuild(engine, encoder, progress)
    click.echo(
        f"{report.generation}: {report.documents} documents, {report.from_store} vectors kept, "
        f"{report.encoded} encoded, {report.caught_up} changes caught up"
    )


@index.command()
@click.option("--heal", is_flag=True, help="Bring what differs up to the database.")
def check(heal: bool) -> None:
    """Compare the index with the database: missing, extra, older, newer, wrong visibility, content or vector.

    The exit code is 1 when something differs and was not healed.
    """
    with _index() as (engine, encoder):
        with _counting("Checking") as progress:
            findings = checking.differences(engine, encoder, progress)
        failed = checking.heal(engine, encoder, findings) if heal else []
    for kind, count in findings.counts().items():
        click.echo(f"{kind:<11}{count}")
    if not findings.ids:
        click.echo(f"{findings.looked_at} records agree.")
        return
    for result in failed:
        click.echo(f"not healed: {result.id}: {result.reason}", err=True)
    if failed or not heal:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(findings.ids)} documents healed.")


@index.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def status(as_json: bool) -> None:
    """Say which index is live, how it was made and what waits for it; exit code 1 when it should be rebuilt."""
    with _index() as (engine, encoder):
        described = describe(engine, encoder)
    if as_json:
        click.echo(json.dumps(described, ensure_ascii=False))
    else:
        for name, value in described.items():
            click.echo(f"{name:<15}{value}")
    if described["differs"]:
        raise click.exceptions.Exit(1)


def describe(engine: Engine, encoder: Encoder | None) -> dict[str, Any]:
    """The live index and its neighbours, as plain values. EngineError without an index."""
    live, previous, debris = engine.generations()
    fit, made = fitness(engine, encoder), engine.fingerprint()
    with db.reading() as session:
        waiting, age = sync.backlog(session)
    return {
        "engine": engine.name,
        "live": live,
        "previous": previous,
        "debris": list(debris),
        "documents": sum(each.visibility != DELETED for each in engine.held()),
        "model": made.model,
        "vectors": fit.vectors,
        "differs": list(fit.differs),
        "waiting": waiting,
        "oldest_seconds": round(age, 1),
    }


@index.command()
def rollback() -> None:
    """Make the previous index live again and bring it up to the database."""
    with _index() as (engine, encoder):
        name = rebuilding.roll_back(engine, encoder)
    click.echo(f"{name} is live again.")
