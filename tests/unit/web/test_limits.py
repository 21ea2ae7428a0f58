"""How often is too often."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from web.app import create_app
from web.limits import limited


@limited("login", field="email")
def attempt() -> str:
    """Something that may be tried ten times."""
    return "tried"


def _limited_app(settings: Settings) -> FlaskClient:
    app: Flask = create_app(settings.model_copy(update={"rate_limits": True}))
    app.config["WTF_CSRF_ENABLED"] = False

    app.add_url_rule("/attempt", "attempt", attempt, methods=["GET", "POST"])
    return app.test_client()


def _until_refused(client: FlaskClient, email: str, address: str = "192.0.2.1") -> tuple[int, int]:
    """How many were let through, and the Retry-After of the first that was not."""
    for count in range(100):
        answer = client.post("/attempt", data={"email": email}, environ_base={"REMOTE_ADDR": address})
        if answer.status_code == 429:
            return count, int(answer.headers["Retry-After"])
    pytest.fail("never refused")


def test_the_next_attempt_on_an_account_is_429(broker: str, settings: Settings) -> None:
    """61: the limit is per account; the N+1st is 429 with Retry-After, another account is not affected."""
    client = _limited_app(settings)
    count, wait = _until_refused(client, "a@example.org")
    assert count == 10
    assert 0 < wait <= 300
    assert client.post("/attempt", data={"email": "b@example.org"}).status_code == 200
    assert client.post("/attempt", data={"email": " A@Example.org "}).status_code == 429


def test_spellings_of_one_account_count_together(broker: str, settings: Settings) -> None:
    """61: another spelling of the same address is no new set of attempts."""
    client = _limited_app(settings)
    assert _until_refused(client, "a@example.org")[0] == 10
    for spelling in ("a@ｅxample.org", "A@EXAMPLE。org"):
        assert client.post("/attempt", data={"email": spelling}).status_code == 429, spelling


def test_an_address_has_its_own_limit(broker: str, settings: Settings) -> None:
    """61: trying many accounts from one address ends as well."""
    client = _limited_app(settings)
    answers = [client.post("/attempt", data={"email": f"{i}@example.org"}).status_code for i in range(61)]
    assert answers == [200] * 60 + [429]


def test_reading_the_form_is_not_an_attempt(broker: str, settings: Settings) -> None:
    """61: only sending it counts."""
    client = _limited_app(settings)
    assert {client.get("/attempt").status_code for _ in range(80)} == {200}


def test_without_the_broker_each_process_still_counts(settings: Settings) -> None:
    """62: Redis down: the limiter falls back to memory; log-in does not become unlimited."""
    client = _limited_app(settings)
    count, _wait = _until_refused(client, "fallback@example.org", "192.0.2.77")
    assert count == 10
