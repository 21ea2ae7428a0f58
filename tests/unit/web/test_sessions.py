"""What a session carries, and when it ends."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, session
from flask.testing import FlaskClient

from matcher.db import reading, transaction
from matcher.models import User
from tests.factories import Person, add_person
from web.session import sign_in, sign_out

Browser = Callable[[Person], FlaskClient]


def _routes(app: Flask, person: Person) -> None:
    @app.get("/enter")
    def enter() -> str:
        with reading() as database:
            sign_in(database.get_one(User, person.id))
        return ""

    @app.get("/leave")
    def leave() -> str:
        sign_out()
        return ""

    @app.get("/keep")
    def keep() -> str:
        session["of the visitor"] = 1
        session["csrf_token"] = "before"
        return ""


def test_signing_in_starts_a_fresh_session(app: Flask, client: FlaskClient) -> None:
    """55: nothing of the visitor's session survives the log-in, and its CSRF token dies."""
    _routes(app, add_person())
    client.get("/keep")
    before = client.get_cookie("daqiao")
    client.get("/enter")
    after = client.get_cookie("daqiao")
    assert before
    assert after
    assert before.value != after.value
    with client.session_transaction() as content:
        assert "of the visitor" not in content
        assert content["csrf_token"] != "before"


def test_signing_out_forgets_everything(app: Flask, client: FlaskClient) -> None:
    """55: after log-out the session is empty."""
    person = add_person(name="李工")
    _routes(app, person)
    client.get("/enter")
    assert "李工" in client.get("/").text
    client.get("/leave")
    with client.session_transaction() as content:
        assert "_user_id" not in content
    assert "李工" not in client.get("/").text


def test_a_raised_epoch_ends_older_sessions(browser_of: Browser) -> None:
    """56: log-out everywhere, a new password or role (each raises the epoch) ends the other sessions."""
    person = add_person(name="李工")
    browser = browser_of(person)
    assert "李工" in browser.get("/").text
    with transaction() as database:
        database.get_one(User, person.id).session_epoch += 1
    assert "李工" not in browser.get("/").text


def test_a_closed_account_has_no_session(browser_of: Browser) -> None:
    """56: closing an account ends its sessions."""
    person = add_person(name="李工")
    browser = browser_of(person)
    with transaction() as database:
        user = database.get_one(User, person.id)
        user.closed_at = user.created_at
    assert "李工" not in browser.get("/").text


def test_a_forged_identity_is_nobody(app: Flask, client: FlaskClient) -> None:
    """56: an id without a valid epoch, or not a number, signs nobody in."""
    person = add_person(name="李工")
    for value in (f"{person.id}", f"{person.id}:", f"{person.id}:99", "x:1", "-1:1", "９:1"):
        with client.session_transaction() as content:
            content["_user_id"] = value
        assert "李工" not in client.get("/").text


def test_pages_of_a_signed_in_person_are_kept_nowhere(client: FlaskClient, browser_of: Browser) -> None:
    """Log-out on a shared computer leaves nothing in the browser's cache."""
    assert browser_of(add_person()).get("/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/").headers["Cache-Control"]
