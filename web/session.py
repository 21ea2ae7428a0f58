"""Who asks, and one reading session for the whole request.

The cookie names the user and their session epoch. Log-out everywhere, a new password and a new role raise the
epoch in the database, which ends every older session.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import cast

from flask import Flask, Response, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, login_user, logout_user
from flask_login import current_user as _current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from matcher import db
from matcher.actor import VISITOR, Actor, actor_of
from matcher.models import User

login_manager = LoginManager()


class SignedIn:
    """What Flask-Login keeps of a user: the row as read in this request, and an id that carries the epoch."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """User id and session epoch, as stored in the cookie."""
        return f"{self.user.id}:{self.user.session_epoch}"


def init_app(app: Flask) -> None:
    """Load the user from the cookie; close the reading session when the request ends."""
    login_manager.session_protection = None  # it compares addresses, which change on a phone
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(ask_to_sign_in)
    app.teardown_request(_close)
    app.context_processor(lambda: {"actor": current_actor, "me": signed_in_user})


def reading() -> Session:
    """The session for this request's reads: one consistent view, opened on first use, never committed."""
    if "reading" not in g:
        stack = ExitStack()
        g.reading_stack = stack
        g.reading = stack.enter_context(db.reading())
    return cast("Session", g.reading)


def refresh() -> None:
    """Read anew after an action in the same request: the session that was open still shows the past."""
    _close(None)


def _close(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("reading_stack", None)
    g.pop("reading", None)
    g.pop("actor", None)
    if stack is not None:
        stack.close()


def _load(value: str) -> SignedIn | None:
    user_id, _colon, epoch = value.partition(":")
    if not user_id.isdigit():
        return None
    user = reading().get(User, int(user_id))
    if user is None or user.closed_at is not None or str(user.session_epoch) != epoch:
        return None
    return SignedIn(user)


def signed_in_user() -> User | None:
    """The signed-in person's row, or None for a visitor."""
    signed_in = cast("SignedIn | None", _current_user._get_current_object()) if _current_user else None  # noqa: SLF001
    return signed_in.user if isinstance(signed_in, SignedIn) else None


def current_actor() -> Actor:
    """Who asks, as the permission table wants it."""
    if "actor" not in g:
        user = signed_in_user()
        address = request.remote_addr or ""
        g.actor = actor_of(reading(), user, address) if user else replace(VISITOR, address=address)
    return cast("Actor", g.actor)


def sign_in(user: User) -> None:
    """Start a fresh session for `user`: nothing of the visitor's session survives, its CSRF token least of all."""
    session.clear()
    g.pop("csrf_token", None)
    g.pop("actor", None)
    login_user(SignedIn(user))
    session.permanent = True
    generate_csrf()


def sign_out() -> None:
    """End this session and forget everything in it."""
    logout_user()
    session.clear()
    g.pop("csrf_token", None)
    g.pop("actor", None)


def ask_to_sign_in() -> BaseResponse:
    """Send a visitor to the log-in page, and afterwards back to where they wanted to go."""
    flash(_("请先登录，登录后会回到这一页。"), "warn")
    target = request.full_path.rstrip("?") if request.method == "GET" else request.headers.get("Referer", "/")
    response: Response = redirect(url_for("account.sign_in", next=target))  # type: ignore[assignment]
    return response
