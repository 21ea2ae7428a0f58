"""Whom a mail's signed link lets act: one person, looked up anew each time, who needs no session."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request

from matcher.actor import Actor, actor_of
from matcher.models import User
from matcher.signing import BadLinkError
from web.locale import translated
from web.session import reading


def holder(user_id: int) -> Actor:
    """The person of a link as they may act now. `BadLinkError` when they are gone."""
    user = reading().get(User, user_id)
    if user is None or user.closed_at is not None:
        raise BadLinkError
    return replace(actor_of(reading(), user), address=request.remote_addr or "")


def refused(template: str, error: BadLinkError) -> tuple[str, int]:
    """One page for every link that does not work, so that a forger learns nothing."""
    return render_template(template, message=translated(error.message)), 404
