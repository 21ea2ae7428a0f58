"""`daqiao learning`: what answers have taught, a night at once, the way back, and a simulation on graded texts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.common import File, open_database
from matcher.actor import SYSTEM


@click.group()
def learning() -> None:
    """Show, refit, roll back or try out what is learnt from answers."""


@learning.command()
def status() -> None:
    """Say which version is in use, what the newest night came to, and which versions there are."""
    from matcher import learned
    from matcher.db import reading

    open_database()
    with reading() as session:
        chosen, night, told = learned.newest_choice(session), learned.last_night(session), learned.versions(session)
        counts = learned.outcome_counts(session)
    used = learned.correction_of(chosen.version if chosen else None)
    held = ", held by a person" if chosen and chosen.hold else ""
    click.echo(f"in use      {used.version or 'no correction'}{held}{'' if used.applies or not used.version else ', of another ranking: rests'}")
    click.echo(f"rows        {'  '.join(f'{name} {count}' for name, count in sorted(counts.items())) or 'none'}")
    click.echo(f"last night  {night.value['reason'] if night else 'not yet'}")
    for each in told:
        figures = "  ".join(f"{name} {value}" for name, value in each.version.metrics.items())
        click.echo(f"version {each.version.id}  {each.version.created_at:%Y-%m-%d %H:%M}  {figures}")


@learning.command()
def refit() -> None:
    """Do now what the night does: keep what silence says, fit anew, adopt what earns its place."""
    from workers import learning as work

    open_database()
    kept = work.keep_silence()
    click.echo(f"{kept} rows of silence kept; {work.refit()}")


@learning.command()
@click.option("--to", type=click.IntRange(0), help="Version to use instead (0: no correction); default: the one before.")
def rollback(to: int | None) -> None:
    """Go back to the version before the one in use, and stay there until `release`; all needs are matched anew."""
    from matcher import learned
    from matcher.actions.learning import choose
    from matcher.db import reading
    from matcher.errors import Conflict, NotFound

    open_database()
    with reading() as session:
        chosen = learned.newest_choice(session)
        target = to if to is not None else learned.before(session, chosen.version_id) if chosen else None
    if to is None and (chosen is None or chosen.version_id is None):
        raise click.ClickException("No correction is in use; there is nothing to roll back.")
    try:
        choose(SYSTEM, target or None)
    except NotFound:
        raise click.ClickException(f"There is no version {to}.") from None
    except Conflict:
        raise click.ClickException("That is in use already.") from None
    click.echo(f"In use now: {f'version {target}' if target else 'no correction'}. `daqiao learning release` lets the nights choose again.")


@learning.command()
def release() -> None:
    """Let the nights choose again after a roll-back."""
    from matcher.actions import learning as actions
    from matcher.errors import Conflict

    open_database()
    try:
        actions.release(SYSTEM)
    except Conflict:
        raise click.ClickException("Nothing is held.") from None
    click.echo("The nights choose again.")


@learning.command()
@click.option("--needs", required=True, type=File, help="Needs, one JSON object in each line.")
@click.option("--achievements", required=True, type=File, help="Graded achievements.")
@click.option("--seed", default=1, show_default=True, help="Who answers what, and which half of the needs measures.")
@click.option("--nights", type=click.IntRange(1, 50), default=10, show_default=True, help="Steps of the curve.")
@click.option("--askers", type=click.IntRange(1, 20), default=3, show_default=True, help="Enterprises that have each need.")
@click.option("--refusing", type=click.IntRange(0, 30), default=0, help="Enterprises that refuse everything.")
@click.option("--clicking", type=click.IntRange(0, 30), default=0, help="Enterprises that click everything.")
@click.option("--random", "guessing", is_flag=True, help="Everybody answers at random.")
@click.option("--first", type=click.IntRange(10), help="So many needs of the file alone.")
@click.option("--words", is_flag=True, help="By words alone, without the encoder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in each line.")
def simulate(
    needs: Path, achievements: Path, seed: int, nights: int, askers: int, refusing: int, clicking: int,
    guessing: bool, first: int | None, words: bool, as_json: bool,
) -> None:  # fmt: skip
    """Draw answers from the grades of labelled texts and print what learning makes of them, night by night.

    Half the needs teach; nDCG@10 and log loss are measured on the other half.
    """
    from cli.lessons import graded
    from cli.trial import BadFileError
    from matcher.learning.simulation import CLICKING, RANDOM, REFUSING, World, curve

    try:
        pairs = graded(needs, achievements, words=words, most=first)
    except (BadFileError, KeyError) as error:
        raise click.ClickException(f"{error}: rows as in demo/training are needed") from error
    everybody = World.enterprises + World.institutes
    others = dict.fromkeys(range(everybody), RANDOM) if guessing else {}
    others |= dict.fromkeys(range(refusing), REFUSING)
    others |= dict.fromkeys(range(refusing, refusing + clicking), CLICKING)
    for point in curve(pairs, World(others=others, seed=seed, askers=askers), nights):
        _print(point, as_json=as_json)


def _print(point: Any, *, as_json: bool) -> None:
    import json

    if as_json:
        click.echo(json.dumps(asdict(point), ensure_ascii=False))
        return
    bar = "█" * round(60 * max(point.ndcg - 0.5, 0))
    click.echo(
        f"{point.answers:5} answers  {point.decision.reason:<20} version {point.used.version}  "
        f"nDCG@10 {point.ndcg:.4f}  log loss {point.loss:.4f}  {bar}"
    )
