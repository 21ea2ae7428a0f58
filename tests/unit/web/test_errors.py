"""Every failure has its page, in full sentences, and its problem document under /api."""

from __future__ import annotations

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from config.settings import Settings
from matcher import db, errors
from matcher.messages import msg
from web.app import create_app
from web.errors import PAGES


@pytest.mark.parametrize("code", sorted(PAGES))
def test_each_code_has_a_designed_page(app: Flask, code: int) -> None:
    """The page says what happened and what to do, and has the code."""
    app.add_url_rule("/fail", "fail", lambda: abort(code))
    answer = app.test_client().get("/fail")
    assert answer.status_code == code
    assert str(PAGES[code].title) in answer.text
    assert str(PAGES[code].text) in answer.text


@pytest.mark.parametrize("code", [400, 404, 429, 500, 503])
def test_api_answers_problems(app: Flask, code: int) -> None:
    """Under /api the same failures are application/problem+json."""
    app.add_url_rule("/api/fail", "fail", lambda: abort(code))
    answer = app.test_client().get("/api/fail", headers={"Accept": "text/html"})
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert (body["status"], bool(body["title"]), bool(body["detail"])) == (code, True, True)


REFUSALS = [
    (errors.NotFound(), 404),
    (errors.NotAllowed(), 302),  # a visitor is asked to log in
    (errors.Stale(), 409),
    (errors.Conflict(msg("还缺一步。")), 409),
    (errors.Invalid({"title": msg("请填写。")}), 422),
]


@pytest.mark.parametrize(("refusal", "code"), REFUSALS)
def test_refusals_of_the_domain_become_pages(app: Flask, refusal: errors.Refused, code: int) -> None:
    """What an action refuses is answered with its own sentence."""

    def refuse() -> str:
        raise refusal

    app.add_url_rule("/fail", "fail", refuse)
    if "account.sign_in" not in app.view_functions:
        app.add_url_rule("/sign-in", "account.sign_in", lambda: "")
    answer = app.test_client().get("/fail")
    assert answer.status_code == code
    if code in (409, 422):
        assert str(refusal.message) in answer.text


def test_database_down_is_503_and_heals(app: Flask) -> None:
    """82: the page for a lost database needs no database, says so, and works again without a restart."""
    broken = [True]

    def ask() -> str:
        if broken[0]:
            raise OperationalError("SELECT 1", {}, ConnectionError("refused"))
        return "fine"

    app.add_url_rule("/ask", "ask", ask)
    client = app.test_client()
    answer = client.get("/ask")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "SELECT" not in answer.text
    broken[0] = False
    assert client.get("/ask").text == "fine"


def test_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    """405 says which methods there are."""
    answer = client.get("/needs/1/detail")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_error_pages_speak_the_readers_language(client: FlaskClient) -> None:
    """The page for an unknown address follows the browser's language."""
    answer = client.get("/nothing", headers={"Accept-Language": "en"})
    assert '<html lang="en"' in answer.text


def test_the_log_of_a_crash_holds_no_values(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """65: the trace of an unforeseen error names lines of code, never what was in them."""
    app = create_app(settings)

    @app.get("/crash")
    def crash() -> str:
        password = "a secret nobody may read"
        raise RuntimeError(len(password))

    assert app.test_client().get("/crash").status_code == 500
    logged = capsys.readouterr().err
    assert "RuntimeError" in logged
    assert logged.count("nobody may read") == logged.count('password = "a secret nobody may read"')


@pytest.mark.parametrize("number", [str(2**31), str(2**63), "9" * 5000, "１２"])
@pytest.mark.parametrize("path", ["/api/v1/needs/{}", "/needs/{}", "/cases/{}/messages", "/a-row/{}"])
def test_a_number_that_no_row_has_is_not_found(app: Flask, path: str, number: str) -> None:
    """An address with a number beyond every key leads nowhere, on any route and method; it is no crash."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/a-row/<int:number>", "row", str)
    method = "POST" if "messages" in path else "GET"
    assert app.test_client().open(path.format(number), method=method).status_code == 404


def test_a_value_that_the_database_cannot_hold_is_422(app: Flask) -> None:
    """PostgreSQL takes no NUL in a text: the sender's mistake, not ours."""

    def fail() -> str:
        raise DataError("INSERT", {}, ValueError("NUL"))

    app.add_url_rule("/fail", "fail", fail)
    assert app.test_client().get("/fail").status_code == 422


def test_the_log_holds_no_signed_link(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """A crash on the page of a link is logged without the link's key, and without what was to be stored."""

    def fail(token: str) -> str:
        raise RuntimeError

    app.add_url_rule("/key/<token>", "key", fail)
    assert app.test_client().get("/key/verysecretkey").status_code == 500
    logged = capsys.readouterr().err
    assert "request failed" in logged
    assert "verysecretkey" not in logged


def test_database_errors_quote_no_values(settings: Settings) -> None:
    """An error's text, which is logged, does not hold the statement's values."""
    with pytest.raises(Exception, match="parameters hidden") as error, db.reading() as session:
        session.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "password-hash"})
    assert "password-hash" not in str(error.value)
