"""Links in mails: verify, reset, unsubscribe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from matcher import links
from matcher.db import reading, transaction
from matcher.models import Delivery, User
from matcher.signing import sign, user_state
from tests.factories import PASSWORD, Person, add_person
from tests.unit.web.browsing import submit

NEW_PASSWORD = "a new and longer one"
Browser = Callable[[Person], FlaskClient]


def load(person: Person) -> User:
    """The account as it is now."""
    with reading() as session:
        return session.get_one(User, person.id)


def path(address: str) -> str:
    """The path of an address in a mail."""
    return "/" + address.split("/", 3)[3]


def can_sign_in(app: Flask, person: Person, password: str) -> bool:
    """Whether that password opens the account."""
    return (
        submit(app.test_client(), "/login", {"email": person.email, "password": password}).status_code == 303
    )


def test_verifying_needs_a_click_and_works_once(client: FlaskClient, settings: Settings) -> None:
    """60: opening the link changes nothing (mail scanners do), confirming does, a second time is refused."""
    person = add_person(verified=False)
    link = path(links.verify(settings, load(person)))
    assert client.get(link).status_code == 200
    assert load(person).verified_at is None
    assert submit(client, link).status_code == 303
    assert load(person).verified_at is not None
    assert client.get(link).status_code == 400


def test_resetting_ends_every_session_and_works_once(
    app: Flask, browser_of: Browser, settings: Settings
) -> None:
    """56: other sessions end; 60: the link is spent."""
    person = add_person()
    elsewhere, client = browser_of(person), app.test_client()
    link = path(links.reset(settings, load(person)))
    assert submit(client, link, {"password": "short"}).status_code == 422
    assert submit(client, link, {"password": NEW_PASSWORD}).headers["Location"] == "/login"
    assert can_sign_in(app, person, NEW_PASSWORD)
    assert not can_sign_in(app, person, PASSWORD)
    assert elsewhere.get("/account").status_code == 302
    assert client.get(link).status_code == 400


@pytest.mark.parametrize(("purpose", "hours"), [("verify", 73), ("reset", 3), ("unsubscribe", 401 * 24)])
def test_links_expire(client: FlaskClient, settings: Settings, purpose: str, hours: int) -> None:
    """60: after its time a link is refused with a page that says where to get a new one."""
    person = add_person()
    link = path(getattr(links, purpose)(settings, load(person)))
    with time_machine.travel(timedelta(hours=hours), tick=True):
        answer = client.get(link)
    assert answer.status_code == 400
    assert "btn primary" in answer.text


def test_links_are_bound_to_address_and_password(client: FlaskClient, settings: Settings) -> None:
    """60: a changed address or password makes older links worthless."""
    for field, value in (("email", "moved@example.org"), ("password_hash", "$argon2id$changed")):
        person = add_person()
        link = path(links.reset(settings, load(person)))
        with transaction() as session:
            setattr(session.get_one(User, person.id), field, value)
        assert client.get(link).status_code == 400


def test_a_link_serves_one_purpose_and_one_person(client: FlaskClient, settings: Settings) -> None:
    """44, 60: a token of another purpose, another person's number or another key opens nothing."""
    person, other = add_person(), add_person()
    user = load(person)
    state = {"user": other.id, "state": user_state(user)}
    forged = sign(settings.model_copy(update={"secret_key": "z" * 40}), "unsubscribe", {"user": other.id})
    bad = [
        f"/reset/{sign(settings, 'verify', {'user': person.id, 'state': user_state(user)})}",
        f"/reset/{sign(settings, 'reset', state)}",
        f"/reset/{sign(settings, 'reset', {'user': 'x', 'state': 7})}",
        f"/unsubscribe/{sign(settings, 'verify', {'user': person.id})}",
        f"/unsubscribe/{forged}",
        f"/unsubscribe/{links.unsubscribe(settings, user).rpartition('/')[2][:-3]}",
        f"/unsubscribe/{sign(settings, 'unsubscribe', {'user': 10**9})}",
        f"/unsubscribe/{sign(settings, 'unsubscribe', {'user': None})}",
        "/verify/garbage",
        f"/verify/{'x' * 5000}",
    ]
    assert [client.get(link).status_code for link in bad] == [400] * len(bad)
    assert load(other).digest


def test_unsubscribing_needs_no_login(client: FlaskClient, settings: Settings) -> None:
    """44: opening shows whose digest it is, confirming stops it for this person alone."""
    person, other = add_person(), add_person()
    link = path(links.unsubscribe(settings, load(person)))
    page = client.get(link)
    assert page.status_code == 200
    assert person.email in page.text
    assert load(person).digest
    assert client.post(link).status_code == 200
    assert not load(person).digest
    assert load(other).digest
    assert client.post(link).status_code == 200


def test_mail_programs_unsubscribe_with_one_post(client: FlaskClient, settings: Settings) -> None:
    """44: RFC 8058: the program posts `List-Unsubscribe=One-Click` without cookie, token or Origin."""
    person = add_person()
    link = path(links.unsubscribe(settings, load(person)))
    answer = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not load(person).digest


def test_a_new_verification_mail_can_be_asked_for(browser_of: Browser, client: FlaskClient) -> None:
    """Only by the person, and only while it is needed."""
    person, done = add_person(verified=False), add_person()
    assert submit(browser_of(person), "/verify-again", page="/account").status_code == 303
    assert submit(browser_of(done), "/verify-again", page="/account").status_code == 303
    assert submit(client, "/verify-again", page="/login").headers["Location"].startswith("/login")
    with reading() as session:
        assert session.scalars(select(Delivery.user_id)).all() == [person.id]
