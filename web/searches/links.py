"""Pausing a saved search by the link of a mail: shown by GET, which changes nothing, done by one confirming POST."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template

from config.settings import Settings
from matcher import links
from matcher.actions.searches import pause_search
from matcher.actor import Actor
from matcher.errors import NotFound
from matcher.models import SavedSearch
from matcher.permissions import find
from matcher.signing import BadLinkError
from web.limits import limited
from web.mail_links import holder, refused
from web.searches.presentation import Kept, kept
from web.session import reading, refresh

blueprint = Blueprint("pauses", __name__)


@dataclass(frozen=True)
class Asked:
    """One person's one search, as the link allows."""

    actor: Actor
    kept: Kept


def read(token: str) -> Asked:
    """The link's meaning now. `BadLinkError` when it is forged or expired, its person or its search gone."""
    settings: Settings = current_app.config["SETTINGS"]
    link = links.read_search(settings, token)
    actor = holder(link.user_id)
    try:
        return Asked(actor, kept(find(reading(), actor, "search.keep", SavedSearch, link.search_id)))
    except NotFound:
        raise BadLinkError from None


@blueprint.errorhandler(BadLinkError)
def bad_link(error: BadLinkError) -> tuple[str, int]:
    """The page for links that do not work."""
    return refused("searches/bad_link.html", error)


@blueprint.get("/s/<token>")
@limited("enquiry", methods=("GET",))
def confirm(token: str) -> str:
    """Ask for the one click. Mail scanners follow links, so this page alone changes nothing."""
    return render_template("searches/confirm.html", asked=read(token))


@blueprint.post("/s/<token>")
@limited("enquiry")
def pause(token: str) -> str:
    """Let the search rest, and nothing else; pressing twice is harmless."""
    asked = read(token)
    if not asked.kept.rests:
        pause_search(asked.actor, asked.kept.search.id, rests=True)
        refresh()
    return render_template("searches/confirm.html", asked=read(token))
