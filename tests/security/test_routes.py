"""Every route against every kind of person."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config.settings import Settings
from indexes.opening import ensure_live, open_engine
from matcher.db import reading
from matcher.models import User
from tests.security.access import ACCESS, EVERYBODY, may_use
from tests.security.world import SECRET, World, build
from web.app import create_app

UNKNOWN = 999_999
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')  # it carries the second in which it was made
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
CSRF_FREE = ("api.", "account.unsubscribe")
# pages that show one's own draft need a record that is not published
ON_DRAFTS = {"publish.step", "publish.check", "publish.submit", "publish.preview", "publish.edit"}


@pytest.fixture
def world(settings: Settings) -> World:
    """One of everything."""
    ensure_live(open_engine(settings), None)
    return build(settings)


@pytest.fixture
def app(settings: Settings, world: World) -> Flask:
    """The portal."""
    return create_app(settings)


def browser(app: Flask, world: World, name: str) -> FlaskClient:
    """A browser in which that person is signed in."""
    client, person = app.test_client(), world.people[name]
    if person is not None:
        with reading() as session:
            epoch = session.get_one(User, person.id).session_epoch
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = f"{person.id}:{epoch}", True
    return client


def addresses(app: Flask, world: World, method: str) -> Iterator[tuple[Rule, str]]:
    """Every route of that method with an address that exists."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield rule, address(app, rule, world.values, world.draft)


def address(app: Flask, rule: Rule, values: dict[str, object], draft: int) -> str:
    """The route's address with these values."""
    chosen = {name: values[name] for name in rule.arguments}
    if rule.endpoint in ON_DRAFTS and chosen.get("record_id") != UNKNOWN:
        chosen["record_id"] = draft
    with app.test_request_context():
        return app.url_for(rule.endpoint, **chosen)  # type: ignore[arg-type]


def denied(response: TestResponse) -> bool:
    """Sent to log in, told that there is nothing or that it is not for them, or the form is refused as it stands."""
    if response.status_code in {302, 303}:
        return "/login" in response.headers["Location"]
    return response.status_code in {400, 401, 403, 404, 422}


def test_every_route_is_in_the_table(app: Flask) -> None:
    """49: a new route must say who may use it; the table speaks of no route that is gone."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert [endpoint for endpoint in sorted(endpoints) if may_use(endpoint) is None] == []
    sections = {endpoint.partition(".")[0] + ".*" for endpoint in endpoints} | {"console.*", "help.*"}
    assert set(ACCESS) - endpoints - sections - {"console.users"} == set()


def test_each_page_opens_for_those_who_may(app: Flask, world: World) -> None:
    """49: role × route: whoever may use a page gets it, nobody else does, and nobody gets a 5xx."""
    wrong = []
    for name in sorted(EVERYBODY):
        client = browser(app, world, name)
        for rule, path in addresses(app, world, "GET"):
            response = client.get(path)
            may = name in (may_use(rule.endpoint) or ())
            if denied(response) == may or response.status_code >= 500:
                wrong.append(
                    (name, rule.endpoint, path, response.status_code, response.headers.get("Location"))
                )
    assert not wrong, "\n".join(map(str, wrong))


def test_no_page_writes(app: Flask, world: World, count_queries: Any) -> None:
    """53: a GET changes nothing in the database, for nobody."""
    wrong = []
    for name in ("visitor", "owner", "operator"):
        client = browser(app, world, name)
        for _rule, path in addresses(app, world, "GET"):
            with count_queries() as counted:
                client.get(path)
            if counted.writes:
                wrong.append((name, path, counted.writes))
    assert not wrong, "\n".join(map(str, wrong))


def test_unsafe_requests_need_a_token(app: Flask, world: World, count_queries: Any) -> None:
    """53: without a CSRF token nothing is done, by whoever."""
    wrong = []
    client = browser(app, world, "owner")
    for rule, path in addresses(app, world, "POST"):
        if not rule.endpoint.startswith(CSRF_FREE):
            with count_queries() as counted:
                response = client.post(path)
            if response.status_code != 400 or counted.writes:
                wrong.append((rule.endpoint, response.status_code))
    assert not wrong, "\n".join(map(str, wrong))


def test_other_sites_are_refused_even_with_a_token(app: Flask, world: World) -> None:
    """54: Fetch Metadata and Origin are looked at before anything else."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = browser(app, world, "owner")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        codes = {
            client.post(path, headers=headers).status_code for _rule, path in addresses(app, world, "POST")
        }
        assert codes == {403}


def test_strangers_change_nothing(app: Flask, world: World, count_queries: Any) -> None:
    """49, 73: an unsafe request by somebody who may not: refused, nothing written but the trail's word of the attempt."""
    app.config["WTF_CSRF_ENABLED"] = False
    wrong = []
    for name in sorted(EVERYBODY):
        client = browser(app, world, name)
        for method in sorted(WRITES):
            for rule, path in addresses(app, world, method):
                if name in (may_use(rule.endpoint) or ()):
                    continue
                with count_queries() as counted:
                    response = client.open(
                        path, method=method, json={} if rule.endpoint.startswith("api.") else None
                    )
                written = [each for each in counted.writes if not each.startswith("INSERT INTO audit_events")]
                if not denied(response) or written:
                    wrong.append((name, rule.endpoint, response.status_code, written))
    assert not wrong, "\n".join(map(str, wrong))


def test_foreign_ids_answer_as_unknown_ones(app: Flask, world: World) -> None:
    """52: for a stranger, an id of others and an id that never was get the same page."""
    client = browser(app, world, "stranger")
    unknown = {name: UNKNOWN if isinstance(value, int) else value for name, value in world.values.items()}
    compared = 0
    for rule, path in addresses(app, world, "GET"):
        if "stranger" in (may_use(rule.endpoint) or ()) or not any(n.endswith("_id") for n in rule.arguments):
            continue
        other = address(app, rule, unknown, UNKNOWN)
        foreign, never = client.get(path), client.get(other)
        assert foreign.status_code == never.status_code, rule.endpoint
        texts = [
            TOKEN.sub("", page.get_data(as_text=True)).replace(url, "")
            for page, url in ((foreign, path), (never, other))
        ]
        assert texts[0] == texts[1], rule.endpoint
        compared += 1
    assert compared > 5


def shown(response: TestResponse) -> str:
    """Everything that the answer holds as text, the parts of a packed file (XLSX) included."""
    content = response.get_data()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    return content.decode(errors="replace")


def test_nothing_hidden_leaks(app: Flask, world: World) -> None:
    """51: drafts, restricted detail, messages and files leave no trace on any page of those who may not see them."""
    for name in ("visitor", "unverified", "stranger"):
        client = browser(app, world, name)
        for _rule, path in addresses(app, world, "GET"):
            assert SECRET not in shown(client.get(path)), (name, path)
        for path in ("/search?q=绝密配方七号", "/api/v1/search?q=绝密配方七号", "/api/v1/needs?size=100"):
            page = client.get(path).get_data(as_text=True)
            assert f"草稿 {SECRET}" not in page, (name, path)


def test_every_answer_has_the_headers(app: Flask, world: World) -> None:
    """64: policy, nosniff and frame headers on every answer, errors included; no inline script or style."""
    client = browser(app, world, "operator")
    for _rule, path in [*addresses(app, world, "GET"), (None, "/nothing/here")]:
        response = client.get(path)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        if response.mimetype == "text/html":
            html = response.get_data(as_text=True)
            assert " style=" not in html, path
            assert " onclick=" not in html, path
            assert "<script>" not in html, path
