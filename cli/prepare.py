"""What must be true before the roles start: a current schema and somebody who may run the platform."""

from __future__ import annotations

import secrets
import sys
from email.utils import parseaddr

import click
from sqlalchemy import select

from config.settings import Settings, get_settings
from matcher import db, migrations
from matcher.models import User
from matcher.vocabulary import Role


@click.command()
@click.option("--admin", metavar="EMAIL", help="Address of the first administrator; asked for when left out.")
def prepare(admin: str | None) -> None:
    """Bring the database up to date.

    In a demonstration the sample data are loaded, otherwise the first administrator is made. Both happen once.
    """
    settings = get_settings()
    db.configure(settings)
    if not migrations.is_current(db.engine()):
        click.echo("Bringing the database up to date …", err=True)
        migrations.upgrade(db.engine())
    if settings.is_demo:
        _load_demo(settings)
    elif not _has_administrator():
        click.echo(_first_administrator(settings, admin or _ask(settings)))


def _has_administrator() -> bool:
    with db.reading() as session:
        found = select(User.id).where(User.role == Role.ADMINISTRATOR, User.closed_at.is_(None)).limit(1)
        return session.scalar(found) is not None


def _ask(settings: Settings) -> str:
    """The address typed in, or the sender's domain where nobody can type."""
    proposal = "admin@" + parseaddr(settings.mail_from)[1].rpartition("@")[2]
    if not sys.stdin.isatty():
        return proposal
    return str(click.prompt("E-mail address of the first administrator", default=proposal, err=True))


def _first_administrator(settings: Settings, email: str) -> str:
    """Make the account without a usable password; one line with the link that sets one."""
    from matcher import links
    from matcher.actions import accounts
    from matcher.actor import SYSTEM
    from matcher.errors import Invalid
    from matcher.inputs.people import Registration

    try:
        given = Registration(
            email=email,
            name="管理员",
            password=secrets.token_urlsafe(24),
            locale=settings.default_locale,
            accept_privacy=True,
        )
        user_id = accounts.add_user(SYSTEM, given, Role.ADMINISTRATOR)
    except (Invalid, ValueError) as error:
        raise click.ClickException(f"No administrator was made for {email!r}: {error}") from error
    with db.reading() as session:
        link = links.reset(settings, session.get_one(User, user_id))
    return f"First administrator: {email}. Set the password once within two hours at {link}"


def _load_demo(settings: Settings) -> None:
    import demo
    from workers.matching import match_item

    if demo.is_loaded():
        return
    with db.reading() as session:
        if session.scalar(select(User.id).limit(1)) is not None:
            raise click.ClickException(
                f"The sample data in {settings.data_dir} are incomplete (the first start was cut off). "
                "Remove that folder and start again."
            )
    click.echo("Loading the sample data …", err=True)
    demo.load(settings, match_item, _Progress())


class _Progress:
    """A bar for each part of the work on a terminal, one line for each elsewhere."""

    def __init__(self) -> None:
        self._part = ""

    def __call__(self, part: str, done: int, of: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r  {part}: {done} of {of}", nl=done == of, err=True)
        elif part != self._part:
            click.echo(f"  {part}: {of}", err=True)
        self._part = part
