"""`daqiao user`: add a person, change a role. For everything else there are pages."""

from __future__ import annotations

import secrets

import click
from sqlalchemy import select

from cli.common import open_database
from matcher import db, links
from matcher.actions import accounts
from matcher.actor import SYSTEM
from matcher.errors import Conflict, Invalid, Refused
from matcher.inputs.base import parse
from matcher.inputs.people import Registration
from matcher.models import User
from matcher.vocabulary import Role

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Add people and change their roles."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=ROLES, default=Role.MEMBER.value, show_default=True)
@click.option("--locale", type=click.Choice(["zh", "en"]), default=None, help="Language of pages and mails.")
def add(email: str, name: str, role: str, locale: str | None) -> None:
    """Make a verified account for EMAIL and print the link that sets its password once, within two hours."""
    settings = open_database()
    # the secret is never used: the link sets the first password that anybody knows
    values = {"email": email, "name": name, "password": secrets.token_urlsafe(24), "accept_privacy": True}
    try:
        given = parse(Registration, {**values, "locale": locale or settings.default_locale})
        user_id = accounts.add_user(SYSTEM, given, Role(role))
    except Invalid as error:
        problems = "; ".join(f"{field}: {message}" for field, message in error.errors.items())
        raise click.ClickException(problems) from error
    with db.reading() as session:
        link = links.reset(settings, session.get_one(User, user_id))
    click.echo(f"{given.email} ({Role(role).label}). Set the password at {link}")


@user.command()
@click.argument("email")
@click.argument("role", type=ROLES)
def role(email: str, role: str) -> None:
    """Give EMAIL another platform role; their sessions end."""
    open_database()
    with db.reading() as session:
        found = session.scalar(
            select(User).where(User.email == email.strip().lower(), User.closed_at.is_(None))
        )
    if found is None:
        raise click.ClickException(f"There is no account {email}.")
    try:
        accounts.set_role(SYSTEM, found.id, Role(role))
    except Conflict as error:
        raise click.ClickException("This is the only administrator; make another one first.") from error
    except Refused as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{found.email}: {Role(found.role).label} → {Role(role).label}")
