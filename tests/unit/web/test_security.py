"""Headers, cookies, cross-site requests and redirects."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, redirect, request, session
from flask.testing import FlaskClient
from sqlalchemy import event

from config.settings import Settings, load_settings
from matcher import db
from matcher.actions.disclosure import accept_agreement
from matcher.disclosure.agreement import VERSION
from tests.factories import Person, enterprise, institute, published
from tests.unit.web.conftest import token_in
from web.app import create_app
from web.security import HEADERS, safe_next

TEMPLATES = Path(__file__).parents[3] / "web" / "templates"
Browser = Callable[[Person], FlaskClient]


@pytest.mark.parametrize(
    "path", ["/", "/search", "/healthz", "/nothing-here", "/static/daqiao.css", "/api/v1/nothing"]
)
def test_every_answer_has_the_strict_headers(client: FlaskClient, path: str) -> None:
    """64: security headers and a policy without inline script are on every response, errors included."""
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_crash_has_the_strict_headers_and_tells_nothing(app: Flask) -> None:
    """64: also the page for an unforeseen error; 65: it shows no secret and no trace."""
    app.add_url_rule("/crash", "crash", lambda: 1 / 0)
    answer = app.test_client().get("/crash")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "ZeroDivision" not in answer.text
    assert app.config["SECRET_KEY"] not in answer.text


def test_templates_hold_no_inline_script_or_style() -> None:
    """64: what the policy refuses is not in any template."""
    found = [
        f"{path.name}: {match.group(0)}"
        for path in TEMPLATES.rglob("*.html")
        for match in re.finditer(
            r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\bsrc=)|javascript:', path.read_text()
        )
    ]
    assert found == []


def test_https_only_once_the_portal_is_behind_https(app: Flask, client: FlaskClient) -> None:
    """64: a browser is told to stay on https only where https is."""
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers


def test_cookies_are_strict_in_production(tmp_path: Path) -> None:
    """57: Secure, HttpOnly and SameSite outside development, under a name that a subdomain cannot set."""
    settings = load_settings(environment="production", data_dir=tmp_path, public_url="https://bridge.example")
    app = create_app(settings)

    @app.get("/remember")
    def remember() -> str:
        session["something"] = 1
        return ""

    cookie = app.test_client().get("/remember", base_url="https://bridge.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)", "", None,
     "evil.example", "/\t/evil.example", "/a\r\nSet-Cookie: x", "/%0a\\evil", "http:/evil.example"],
)  # fmt: skip
def test_next_leads_nowhere_else(target: str | None) -> None:
    r"""63: another host, `//host`, `\\host`, `javascript:` and what a browser may read as such are refused."""
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/", "/needs/12?a=b&c=d", "/search?q=%E7%94%B5%E6%B1%A0#x"])
def test_next_may_be_a_page_of_ours(target: str) -> None:
    """63: a path of this site is kept."""
    assert safe_next(target) == target


def test_language_link_does_not_redirect_away(client: FlaskClient) -> None:
    """63: also through the language switch."""
    assert client.get("/language/en?next=//evil.example").headers["Location"] == "/"


def _poster(app: Flask) -> None:
    @app.post("/echo")
    def echo() -> str:
        return request.form.get("word", "")


def test_unsafe_request_needs_this_sessions_token(app: Flask, browser_of: Browser) -> None:
    """53: without a token, or with another session's token, an unsafe request is 400."""
    need = published(enterprise(), "need", detail_restricted="秘密")
    reader = institute()
    accept_agreement(reader.actor, "need", need, VERSION, "zh")
    mine, other = browser_of(reader), browser_of(institute())
    address = f"/needs/{need}"
    token, foreign = token_in(mine.get(address).text), token_in(other.get(address).text)
    assert mine.post(f"{address}/detail").status_code == 400
    assert mine.post(f"{address}/detail", data={"csrf_token": foreign}).status_code == 400
    assert mine.post(f"{address}/detail", data={"csrf_token": token}).status_code == 200


def test_expired_token_is_refused(app: Flask, browser_of: Browser) -> None:
    """53: an old token is 400."""
    need = published(enterprise(), "need", detail_restricted="秘密")
    browser = browser_of(institute())
    token = token_in(browser.get(f"/needs/{need}").text)
    app.config["WTF_CSRF_TIME_LIMIT"] = -1
    assert browser.post(f"/needs/{need}/detail", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
     {"Origin": "null"}],
)  # fmt: skip
def test_cross_site_request_is_refused_even_with_a_token(
    app: Flask, browser_of: Browser, headers: dict[str, str]
) -> None:
    """54: another site's request is 403 although it carries a valid token."""
    need = published(enterprise(), "need", detail_restricted="秘密")
    browser = browser_of(institute())
    token = token_in(browser.get(f"/needs/{need}").text)
    answer = browser.post(f"/needs/{need}/detail", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 403


def test_own_pages_may_post(app: Flask, browser_of: Browser) -> None:
    """54: our own origin, by either header, is let through."""
    need = published(enterprise(), "need", detail_restricted="秘密")
    reader = institute()
    accept_agreement(reader.actor, "need", need, VERSION, "zh")
    browser = browser_of(reader)
    token = token_in(browser.get(f"/needs/{need}").text)
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        answer = browser.post(f"/needs/{need}/detail", data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 200


def test_forwarded_address_counts_only_behind_configured_proxies(settings: Settings, tmp_path: Path) -> None:
    """61: X-Forwarded-For is believed only for as many proxies as are configured."""
    for proxies, expected in ((0, "127.0.0.1"), (1, "203.0.113.9")):
        app = create_app(settings.model_copy(update={"proxy_count": proxies}))
        app.add_url_rule("/address", "address", lambda: str(request.remote_addr))
        answer = app.test_client().get("/address", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
        assert answer.text == expected


def test_reading_pages_writes_nothing(app: Flask, browser_of: Browser) -> None:
    """53: a GET never writes: no statement but reads over every page that needs no parameters, and the record pages."""
    owner = enterprise()
    need = published(owner, "need")
    achievement = published(institute(), "achievement")
    statements: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    pages = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    for browser in (app.test_client(), browser_of(owner)):
        for path in [
            *pages,
            f"/needs/{need}",
            f"/achievements/{achievement}",
            f"/organisations/{owner.actor.org_id}",
        ]:
            browser.get(path)
    writes = [
        text
        for text in statements
        if not text.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA", "WITH"))
    ]
    assert writes == []


def test_uploads_and_fields_have_a_ceiling(app: Flask) -> None:
    """66: a body over the limit is 413 with our own page."""
    _poster(app)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/echo", data={"word": "x" * (app.config["MAX_FORM_MEMORY_SIZE"] + 1)})
    assert answer.status_code == 413
    assert "<html" in answer.text


def test_redirect_helper_of_flask_is_not_used_with_foreign_input() -> None:
    """63: every view that redirects to a given address goes through `safe_next`."""
    assert redirect is not None
    views = [path.read_text() for path in (TEMPLATES.parent).rglob("views.py")]
    assert [text for text in views if re.search(r"redirect\(request\.(args|form|referrer)", text)] == []
