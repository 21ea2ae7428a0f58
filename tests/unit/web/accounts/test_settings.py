"""One's own account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select

from matcher import clock
from matcher.actions.accounts import user_of_token
from matcher.db import reading, transaction
from matcher.models import ApiToken, User
from matcher.vocabulary import Role
from tests.factories import PASSWORD, Person, add_person, enterprise
from tests.unit.web.browsing import submit

Browser = Callable[[Person], FlaskClient]
PROFILE = {"name": "李工", "job_title": "总工程师", "phone": "0431-8888 1234", "locale": "zh", "digest": "y"}


def load(person: Person) -> User:
    """The account as it is now."""
    with reading() as session:
        return session.get_one(User, person.id)


def test_visitors_are_asked_to_log_in(client: FlaskClient, app: Flask) -> None:
    """49: every page of members sends a visitor to the log-in page and remembers where they wanted to go."""
    for path in (
        "/account",
        "/account/close",
        "/account/tokens",
        "/account/organisation",
        "/publish/mine",
        "/publish/need/new",
    ):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login?next=")


def test_the_profile_is_saved(browser_of: Browser) -> None:
    """Language and digest are preferences of the person; an unchecked box is off."""
    person = add_person()
    client = browser_of(person)
    client.get("/language/zh")
    assert submit(client, "/account", {**PROFILE, "locale": "en", "digest": ""}).status_code == 303
    user = load(person)
    assert (user.name, user.job_title, user.phone, user.locale) == (
        "李工",
        "总工程师",
        "0431-8888 1234",
        "en",
    )
    sent = {key: value for key, value in PROFILE.items() if key != "digest"}
    assert submit(client, "/account", sent).status_code == 303
    assert load(person).digest is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 51),
        ("phone", "<script>"),
        ("phone", "1" * 31),
        ("locale", "tlh"),
        ("job_title", "a\x00"),
    ],
)
def test_a_bad_profile_is_sent_back(browser_of: Browser, field: str, value: str) -> None:
    """78: 422, message at the field, the rest kept, nothing saved."""
    person = add_person(name="原名")
    answer = submit(browser_of(person), "/account", {**PROFILE, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert load(person).name == "原名"


@how(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=60), job=st.text(max_size=60))
def test_any_text_in_the_profile_is_kept_or_refused(browser_of: Browser, name: str, job: str) -> None:
    """78: any unicode round-trips or is refused with a message; never a failure of ours."""
    person = add_person()
    client = browser_of(person)
    answer = submit(
        client,
        "/account",
        {**PROFILE, "name": name.encode(errors="replace"), "job_title": job.encode(errors="replace")},
    )
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        sent = name.encode(errors="replace").decode()
        assert load(person).name == " ".join(sent.split())
        assert client.get("/account").status_code == 200


def test_a_new_password_keeps_this_session_and_ends_others(browser_of: Browser) -> None:
    """56: password change."""
    person = add_person()
    here, there = browser_of(person), browser_of(person)
    assert (
        submit(here, "/account/password", {"current": "wrong", "new": "x" * 12}, page="/account").status_code
        == 422
    )
    assert (
        submit(here, "/account/password", {"current": PASSWORD, "new": "short"}, page="/account").status_code
        == 422
    )
    assert there.get("/account").status_code == 200
    answer = submit(
        here, "/account/password", {"current": PASSWORD, "new": "another long one"}, page="/account"
    )
    assert answer.status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_closing_needs_the_password_and_removes_the_person(browser_of: Browser, client: FlaskClient) -> None:
    """56: its sessions end; personal data is gone, the organisation's records stay."""
    person = enterprise(name="甲厂")
    here, there = browser_of(person), browser_of(person)
    assert "甲厂" in here.get("/account/close").text
    assert submit(here, "/account/close", {"password": "wrong"}).status_code == 422
    assert submit(here, "/account/close", {"password": PASSWORD}).headers["Location"] == "/"
    user = load(person)
    assert (user.name, user.phone) == ("", "")
    assert person.email not in user.email
    assert there.get("/account").status_code == 302
    assert submit(client, "/login", {"email": person.email, "password": PASSWORD}).status_code == 422


def test_the_last_administrator_is_told_why_not(browser_of: Browser) -> None:
    """409 with the sentence on the page; the account stays open."""
    person = add_person(Role.ADMINISTRATOR)
    answer = submit(browser_of(person), "/account/close", {"password": PASSWORD})
    assert answer.status_code == 409
    assert "请先指定另一位管理员" in answer.text
    with reading() as session:
        assert session.get_one(User, person.id).closed_at is None


def test_a_token_is_shown_once_and_can_be_revoked(browser_of: Browser) -> None:
    """Only its hash is kept; no cache keeps the answer; another's token cannot be revoked."""
    person, other = add_person(), add_person()
    client = browser_of(person)
    answer = submit(client, "/account/tokens", {"name": "每日同步", "scopes": ["read", "answer"]})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    secret = answer.text.split("<pre")[1].split(">")[1].split("<")[0]
    assert secret.startswith("dq_")
    assert secret not in client.get("/account/tokens").text
    with reading() as session:
        found = user_of_token(session, secret)
        number = session.scalars(select(ApiToken.id)).one()
    assert found is not None
    assert found[1] == {"read", "answer"}
    assert submit(browser_of(other), f"/account/tokens/{number}/revoke", page="/account").status_code == 404
    assert submit(client, f"/account/tokens/{10**12}/revoke", page="/account").status_code == 404
    assert submit(client, f"/account/tokens/{number}/revoke", page="/account/tokens").status_code == 303
    with reading() as session:
        assert user_of_token(session, secret) is None


def test_a_token_needs_a_name_scopes_and_a_verified_address(browser_of: Browser) -> None:
    """78: 422 with messages; unknown scopes count as none; an unverified person is told what to do."""
    client = browser_of(add_person())
    answer = submit(client, "/account/tokens", {"name": "", "scopes": ["everything"]})
    assert answer.status_code == 422
    assert "name-error" in answer.text
    assert "scopes-error" in answer.text
    newcomer = browser_of(add_person(verified=False))
    assert "/verify-again" in newcomer.get("/account/tokens").text
    assert submit(newcomer, "/account/tokens", {"name": "x", "scopes": ["read"]}).status_code == 403
    with reading() as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_an_expired_token_is_not_listed(browser_of: Browser) -> None:
    """The list is of tokens that work."""
    person = add_person()
    with transaction() as session:
        session.add(
            ApiToken(
                user_id=person.id,
                name="旧的",
                token_hash="h",
                scopes=["read"],
                created_at=clock.now(),
                expires_at=clock.now(),
            )
        )
    assert "旧的" not in browser_of(person).get("/account/tokens").text


def test_the_privacy_notice_is_public(client: FlaskClient) -> None:
    """It names what is kept and how it ends."""
    page = client.get("/privacy").text
    assert "argon2id" in page
