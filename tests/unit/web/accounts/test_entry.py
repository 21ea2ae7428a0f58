"""Register, log in, log out, forgot."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.db import reading, transaction
from matcher.models import AuditEvent, Delivery, NamedValue, User
from matcher.vocabulary import Role
from tests.factories import PASSWORD, Person, add_person, enterprise, operator
from tests.unit.web.browsing import submit
from web.app import create_app

NEW = {"name": "王工", "email": "wang@example.org", "password": "long enough to guess", "accept_privacy": "y"}
Browser = Callable[[Person], FlaskClient]


def mails(kind: str) -> list[str]:
    """Addresses to which a mail of that kind is planned."""
    with reading() as session:
        query = select(User.email).join(Delivery, Delivery.user_id == User.id).where(Delivery.kind == kind)
        return list(session.scalars(query))


def user_of(email: str) -> User:
    """The account of that address."""
    with reading() as session:
        return session.scalars(select(User).where(User.email == email)).one()


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> str:
    """Log in; where it leads, or empty when refused."""
    answer = submit(client, "/login", {"email": email, "password": password, **more})
    return answer.headers.get("Location", "")


def test_registering_makes_an_unverified_account_and_one_mail(
    client: FlaskClient, settings: Settings
) -> None:
    """The password is kept as a hash only, the language is the page's."""
    client.get("/language/en")
    answer = submit(client, "/register", NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/register/sent")
    user = user_of("wang@example.org")
    assert user.verified_at is None
    assert user.privacy_accepted_at is not None
    assert user.locale == "en"
    assert user.password_hash.startswith("$argon2id$")
    assert mails("verify") == ["wang@example.org"]
    assert "wang@example.org" in client.get("/register/sent").text


def test_registering_a_known_address_looks_the_same(app: Flask) -> None:
    """59: same status, same page; only its owner learns of it, by mail."""
    add_person(email="known@example.org")
    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        browser = app.test_client()
        browser.get("/language/zh")
        answer = submit(browser, "/register", {**NEW, "email": email})
        answers.append(
            (
                answer.status_code,
                answer.headers["Location"],
                browser.get("/register/sent").text.replace(email, ""),
            )
        )
    assert answers[0] == answers[1]
    assert mails("known_address") == ["known@example.org"]
    assert mails("verify") == ["unknown@example.org"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a" * 300 + "@example.org"),
        ("email", "a\x00b@example.org"),
        ("name", ""),
        ("name", "长" * 51),
        ("name", "a\x07b"),
        ("password", "short"),
        ("password", "x" * 201),
        ("accept_privacy", ""),
    ],
)
def test_a_bad_registration_is_sent_back_with_what_was_typed(
    client: FlaskClient, field: str, value: str
) -> None:
    """78: 422, the message at its field, the other fields kept, no account made."""
    answer = submit(client, "/register", {**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert ("王工" in answer.text) == (field != "name")
    assert NEW["password"] not in answer.text
    with reading() as session:
        assert session.scalars(select(User)).all() == []


def test_logging_in_leads_where_one_wanted_to_go(app: Flask) -> None:
    """63: a path of this site is followed, another host is not."""
    person = enterprise()
    assert sign_in(app.test_client(), person.email, next="/account") == "/account"
    for target in ("https://evil.example", "//evil.example", "\\\\evil.example", "javascript:alert(1)"):
        assert sign_in(app.test_client(), person.email, next=target) == "/publish/mine"
        assert 'name="next"' not in app.test_client().get("/login", query_string={"next": target}).text


def test_logging_in_starts_a_fresh_session_and_notes_it(client: FlaskClient, settings: Settings) -> None:
    """55: the visitor's session does not survive; the address is matched in any case."""
    person = add_person(email="mixed@example.org")
    client.get("/login")
    with client.session_transaction() as cookie:
        cookie["left"] = "by the visitor"
        before = cookie["csrf_token"]
    assert sign_in(client, " Mixed@Example.ORG ") == "/publish/mine"
    with client.session_transaction() as cookie:
        assert "left" not in cookie
        assert cookie["csrf_token"] != before
    assert user_of(person.email).last_login_at is not None


def test_wrong_password_and_unknown_address_get_one_answer(app: Flask) -> None:
    """59: the same page, apart from the address that was typed."""
    add_person(email="known@example.org")
    pages = []
    for email in ("known@example.org", "nobody@example.org", "no address", "a\x00b", "x" * 5000):
        answer = submit(app.test_client(), "/login", {"email": email, "password": "wrong password"})
        assert answer.status_code == 422
        assert "wrong password" not in answer.text
        pages.append(answer.text[answer.text.index('id="password-error"') :][:120])
    assert len(set(pages)) == 1
    with reading() as session:
        assert session.scalars(select(AuditEvent).where(AuditEvent.action == "account.login")).all() == []


def test_an_unknown_address_takes_as_long_as_a_wrong_password(app: Flask) -> None:
    """59: log-in and sign-up do the same work for known and unknown; by turns, so that a busy moment meets both."""
    add_person(email="known@example.org")
    client = app.test_client()

    def taken(path: str, email: str) -> float:
        started = time.perf_counter()
        submit(client, path, {**NEW, "email": email, "password": "wrong password"})
        return time.perf_counter() - started

    submit(client, "/login", {"email": "warm@example.org", "password": "up"})
    for path in ("/login", "/register"):
        ratios = [taken(path, "known@example.org") / taken(path, f"nobody{number}@example.org") for number in range(9)]
        assert 0.4 < statistics.median(ratios) < 2.5, path


def test_a_hash_with_old_parameters_is_upgraded_at_login(app: Flask) -> None:
    """58: argon2id, parameters read back from the hash, replaced on the occasion of a log-in."""
    person = add_person()
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    with transaction() as session:
        session.get_one(User, person.id).password_hash = weak.hash(PASSWORD)
    assert sign_in(app.test_client(), person.email)
    stored = user_of(person.email).password_hash
    assert stored.startswith("$argon2id$")
    assert PasswordHasher().check_needs_rehash(stored) is False
    assert sign_in(app.test_client(), person.email)


@pytest.mark.parametrize("password", ["🔑密码пароль مفتاح", "x" * 200, "é" * 20, "ＡＢＣ全角空格　１２３"])
def test_any_password_that_can_be_set_can_be_used(app: Flask, password: str) -> None:
    """58: Unicode, long and compatibility forms."""
    submit(app.test_client(), "/register", {**NEW, "password": password})
    assert sign_in(app.test_client(), NEW["email"], password)


def test_an_over_long_password_is_refused_without_work(client: FlaskClient) -> None:
    """58: neither set nor tried at full length."""
    assert submit(client, "/register", {**NEW, "password": "x" * 100_000}).status_code == 422
    assert sign_in(client, "nobody@example.org", "x" * 100_000) == ""


def test_people_land_where_their_work_is(app: Flask) -> None:
    """Operators at the console, members at their records; a page of no use to the signed-in leads on."""
    staff, member = operator(), enterprise()
    assert sign_in(app.test_client(), staff.email).startswith(("/console", "/cases", "/publish"))
    browser = app.test_client()
    sign_in(browser, member.email)
    assert browser.get("/login").headers["Location"] == "/publish/mine"
    assert browser.get("/register").headers["Location"] == "/publish/mine"


def test_logging_out_needs_a_post_and_ends_the_session(app: Flask, browser_of: Browser) -> None:
    """A link cannot log anybody out."""
    client = browser_of(enterprise())
    assert client.get("/logout").status_code == 405
    assert submit(client, "/logout", page="/account").status_code == 303
    assert client.get("/account").status_code == 302


def test_logging_out_everywhere_ends_the_other_session(browser_of: Browser) -> None:
    """56: the other browser is a visitor at once."""
    person = enterprise()
    here, there = browser_of(person), browser_of(person)
    assert submit(here, "/logout/everywhere", page="/account").headers["Location"] == "/login"
    assert there.get("/account").headers["Location"].startswith("/login")


def test_forgot_answers_the_same_for_everybody(app: Flask) -> None:
    """59: the mail goes to a known address only, and the page does not tell."""
    add_person(email="known@example.org")
    pages = []
    for email in ("known@example.org", "unknown@example.org"):
        browser = app.test_client()
        answer = submit(browser, "/forgot", {"email": email})
        pages.append(
            (
                answer.status_code,
                answer.headers["Location"],
                browser.get("/forgot/sent").text.replace(email, ""),
            )
        )
    assert pages[0] == pages[1]
    assert mails("reset") == ["known@example.org"]
    assert submit(app.test_client(), "/forgot", {"email": "no address"}).status_code == 422


def test_too_many_attempts_on_one_account_are_429(broker: str, settings: Settings) -> None:
    """61: log-in, sign-up and reset each have their limit; Retry-After says when."""
    person = add_person()
    app = create_app(settings.model_copy(update={"rate_limits": True}))
    for path, most in (("/login", 10), ("/register", 5), ("/forgot", 5)):
        client = app.test_client()
        answers = [
            submit(client, path, {"email": person.email, "password": "wrong"}) for _ in range(most + 1)
        ]
        assert [answer.status_code for answer in answers[:-1]].count(429) == 0
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["Retry-After"]) > 0


def test_demo_accounts_are_listed_in_the_demo_only(settings: Settings, tmp_path: Path) -> None:
    """One click signs in; elsewhere the stored list is never shown."""
    person = enterprise()
    value = {
        "password": PASSWORD,
        "accounts": [{"email": person.email, "name": "赵明", "role": "企业", "organisation": "甲厂"}],
    }
    with transaction() as session:
        session.add(NamedValue(name="demo_accounts", value=value, updated_at=clock.now()))
    assert "赵明" not in create_app(settings).test_client().get("/login").text
    demo = create_app(settings.model_copy(update={"environment": "demo"})).test_client()
    page = demo.get("/login").text
    assert "赵明" in page
    assert f'name="email" value="{person.email}"' in page
    assert sign_in(demo, person.email) == "/publish/mine"


def test_a_broker_has_no_records_of_their_own(browser_of: Browser) -> None:
    """The empty state names the reason instead of asking for an organisation."""
    page = browser_of(add_person(Role.BROKER)).get("/publish/mine").text
    assert "找到我的单位" not in page
