"""`daqiao digest`: what the weekly digest would hold, its planning, and the sending of mails that are due."""

from __future__ import annotations

import re

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.common import open_database
from config.settings import Settings
from indexes.arrivals import finds
from indexes.documents import heading
from indexes.opening import encoder_or_none, open_engine
from matcher import clock, db
from matcher.actions import deliveries
from matcher.digest.planning import plan_week
from matcher.digest.plans import Plan
from matcher.digest.weeks import monday_of, week_of
from matcher.models import MODELS, Match, SavedSearch, User
from matcher.vocabulary import Level

MOST_COUNTED = 10_000
WEEK = re.compile(r"\d{4}-W\d{2}")


def _week(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        if WEEK.fullmatch(value):
            monday_of(value)
            return value
    except ValueError:
        pass
    raise click.BadParameter("an ISO week such as 2026-W48")


week_option = click.option(
    "--week", callback=_week, metavar="YYYY-Www", help="ISO week (default: this one in the configured zone)."
)


@click.group()
def digest() -> None:
    """Preview, plan or send the weekly digest."""


def _this_week(settings: Settings, week: str | None) -> str:
    return week or week_of(clock.now(), settings.zone)


@digest.command()
@week_option
@click.option("--email", help="Only this person's.")
def preview(week: str | None, email: str | None) -> None:
    """Show what everybody would get, as things stand now; nothing is stored."""
    settings = open_database()
    chosen = _this_week(settings, week)
    with db.reading() as session:
        only = session.scalar(select(User.id).where(User.email == email.strip().lower())) if email else None
        if email and only is None:
            raise click.ClickException(f"There is no account {email}.")
        found = finds(session, open_engine(settings), encoder_or_none(settings), chosen, only)
        plans = plan_week(session, settings, chosen, only, found)
        click.echo(f"{chosen}: {sum(bool(plan.count) for plan in plans)} of {len(plans)} get a mail")
        for plan in plans:
            user = session.get_one(User, plan.user_id)
            click.echo(f"\n{user.name} <{user.email}>: {plan.count or 'nothing new'}")
            _print_items(session, plan)


def _print_items(session: Session, plan: Plan) -> None:
    for item in plan.items:
        found = session.get_one(Match, item.match_id)
        click.echo(
            f"  {Level(item.level).label} {item.probability:.0%}  {found.need.title} ⇄ {found.achievement.title}"
        )
    for find in plan.finds:
        search = session.get_one(SavedSearch, find.search_id)
        record = session.get_one(MODELS[find.kind], find.record_id)
        click.echo(f"  {search.name}: {heading(record)}")  # type: ignore[arg-type]  # one of the three kinds


@digest.command()
@week_option
def plan(week: str | None) -> None:
    """Plan the digest now, whether due or not; whoever has theirs of that week keeps it."""
    from workers import digest as planning

    settings = open_database()
    chosen = _this_week(settings, week)
    added = planning.plan(settings, chosen)
    click.echo(f"{chosen}: {added} deliveries planned")


@digest.command()
@week_option
def send(week: str | None) -> None:
    """Send the mails that are due; with --week, plan that digest first.

    Each mail is sent at most once, also while workers run. The exit code is 1 when some could not be sent.
    """
    from workers import digest as planning
    from workers import mailer

    settings = open_database()
    if week is not None:
        planning.plan(settings, week)
    total = 0
    while sent := mailer.send_due(settings):
        total += sent
        click.echo(f"\r{total} mails sent", nl=False, err=True)
    with db.reading() as session:
        left = len(deliveries.due(session, MOST_COUNTED))
    click.echo(f"{total} mails sent, {left} still due")
    if left:
        raise click.exceptions.Exit(1)
