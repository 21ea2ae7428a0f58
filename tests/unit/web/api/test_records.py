"""Records, matches and cases through the API, with the permissions of the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions.accounts import create_token, revoke_token
from matcher.db import reading
from matcher.models import ApiToken
from matcher.permissions import visibilities
from matcher.vocabulary import Role
from tests import factories as make


class Caller:
    """Somebody with a token."""

    def __init__(self, app: Flask, person: make.Person, *scopes: str) -> None:
        self.client: FlaskClient = app.test_client()
        token = create_token(person.actor, "测试", scopes or ("read", "write", "answer"))
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers={**self.headers, **more})


def need(**fields: object) -> dict[str, Any]:
    return {**make.FIELDS["need"], "deadline": "2099-01-01", **fields}


def test_write_read_submit(app: Flask) -> None:
    """A need goes in, comes out with an ETag, changes only for who saw the newest version, and is submitted."""
    caller = Caller(app, make.enterprise())
    made = caller.send("POST", "/needs", need())
    assert made.status_code == 201
    path = made.headers["Location"].removeprefix("/api/v1")
    tag = made.headers["ETag"]
    assert caller.send("GET", path, If_None_Match=tag).status_code == 304
    assert caller.send("PUT", path, need(title="新标题")).status_code == 428
    changed = caller.send("PUT", path, need(title="新标题"), If_Match=tag)
    assert (changed.status_code, changed.json["fields"]["title"]) == (200, "新标题")
    assert caller.send("PUT", path, need(), If_Match=tag).status_code == 412
    assert (
        caller.send("POST", path + "/submit", If_Match=changed.headers["ETag"]).json["state"] == "submitted"
    )


def test_missing_fields_are_named(app: Flask) -> None:
    """Submitting an incomplete draft names the fields; bad values likewise, and nothing is saved."""
    caller = Caller(app, make.enterprise())
    made = caller.send("POST", "/needs", {"title": "只有标题"})
    path = made.headers["Location"].removeprefix("/api/v1")
    refused = caller.send("POST", path + "/submit", If_Match=made.headers["ETag"])
    assert refused.status_code == 422
    assert {"problem", "chain", "deadline"} <= set(refused.json["errors"])
    refused = caller.send("POST", "/needs", need(min_trl=10, budget_min="-1"))
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"min_trl", "budget_min"})
    assert caller.send("GET", "/needs?mine=true").json["total"] == 1


@pytest.mark.parametrize(
    ("data", "mimetype", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[1]", "application/json", 422),
        (b'{"title": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"title": "' + b"a" * 300_000 + b'"}', "application/json", 413),
        (b"title=a", "application/x-www-form-urlencoded", 415),
    ],
    ids=["cut off", "no text", "a list", "NaN", "deep", "long", "a form"],  # a test's name stands in the environment
)
def test_bodies_that_are_not_acceptable(app: Flask, data: bytes, mimetype: str, status: int) -> None:
    """Every broken body has its 4xx as a problem document."""
    caller = Caller(app, make.enterprise())
    answer = caller.client.post("/api/v1/needs", data=data, content_type=mimetype, headers=caller.headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_tokens_decide(app: Flask) -> None:
    """Without a token only what is public; a scope short is refused; a revoked or invented one is 401."""
    person = make.enterprise()
    published = make.published(person, "need")
    visitor = app.test_client()
    assert visitor.get(f"/api/v1/needs/{published}").status_code == 200
    assert visitor.post("/api/v1/needs", json=need()).status_code == 401
    reader = Caller(app, person, "read")
    assert reader.send("POST", "/needs", need()).status_code == 403
    with reading() as session:
        token_id = session.query(ApiToken.id).scalar()
    revoke_token(person.actor, token_id)
    assert reader.send("GET", "/needs").status_code == 401
    assert visitor.get("/api/v1/needs", headers={"Authorization": "Bearer dq_x"}).status_code == 401
    assert visitor.get("/api/v1/needs", headers={"Authorization": "Basic eA=="}).status_code == 401


def test_foreign_and_unknown_are_one(app: Flask) -> None:
    """52: a draft of others answers as an id that never was; restricted detail stays with its owner."""
    owner, stranger = make.enterprise(), make.enterprise()
    draft = make.draft(owner, "need")
    public = make.published(owner, "need", detail_restricted="配方在此", anonymous=True)
    caller = Caller(app, stranger)
    foreign, unknown = caller.send("GET", f"/needs/{draft}"), caller.send("GET", "/needs/999999")
    assert (foreign.status_code, foreign.json) == (unknown.status_code, unknown.json)
    seen = caller.send("GET", f"/needs/{public}")
    assert "配方" not in seen.text and seen.json["organisation"] is None
    own = Caller(app, owner).send("GET", f"/needs/{public}").json
    assert own["fields"]["detail_restricted"] == "配方在此"
    staff = Caller(app, make.operator()).send("GET", f"/needs/{public}").json
    assert "detail_restricted" not in staff["fields"]
    assert "decision_owner" in staff["fields"]


def test_a_session_cookie_counts_for_nothing(app: Flask, browser_of: Any) -> None:
    """The API takes no cookie, so no other site can use one."""
    assert browser_of(make.enterprise()).post("/api/v1/needs", json=need()).status_code == 401


def test_answering_opens_the_case(app: Flask) -> None:
    """Two answers through the API open a case that both may read, and nobody else."""
    firm, lab = make.enterprise(), make.institute()
    match_id = make.matched(make.published(firm, "need"), make.published(lab, "achievement"))
    one, two = Caller(app, firm), Caller(app, lab)
    assert one.send("PUT", f"/matches/{match_id}/answer", {"answer": "refused"}).status_code == 422
    assert one.send("PUT", f"/matches/{match_id}/answer", {"answer": "interested"}).json["case_id"] is None
    assert one.send("GET", f"/matches/{match_id}").json["answer"]["answer"] == "interested"
    assert two.send("GET", f"/matches/{match_id}").json["answer"] is None
    case_id = two.send("PUT", f"/matches/{match_id}/answer", {"answer": "interested"}).json["case_id"]
    assert one.send("GET", f"/cases/{case_id}").json["state"] == "agreed"
    assert one.send("DELETE", f"/matches/{match_id}/answer").status_code == 409
    assert [case["id"] for case in two.send("GET", "/cases").json["items"]] == [case_id]
    assert Caller(app, make.enterprise()).send("GET", f"/cases/{case_id}").status_code == 404


def test_a_list_asks_the_same_number_of_queries(app: Flask, count_queries: Any) -> None:
    """98: one record or three, the list reads the database equally often."""
    person = make.enterprise()
    visitor, counts = app.test_client(), []
    for size in (1, 3):
        while visitor.get("/api/v1/needs").json["total"] < size:
            make.published(person, "need")
        with count_queries() as counted:
            assert len(visitor.get("/api/v1/needs").json["items"]) == size
        counts.append(counted.total)
    assert counts == [2, 2]


def test_a_token_that_writes_gets_back_what_it_wrote(app: Flask) -> None:
    """With the scope `write` alone a need can be made, changed and submitted; it is answered as it then is."""
    caller = Caller(app, make.enterprise(), "write")
    made = caller.send("POST", "/needs", need())
    assert made.status_code == 201
    path = made.headers["Location"].removeprefix("/api/v1")
    changed = caller.send("PUT", path, need(title="改过"), If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json["fields"]["title"]) == (200, "改过")


def test_a_token_without_reading_searches_as_a_visitor(settings: Settings) -> None:
    """An operator's or broker's token for something else does not open what only they may find."""
    staff = make.add_person(Role.OPERATOR).actor
    assert visibilities(staff) >= {"public", "brokers", "hidden"}
    assert visibilities(replace(staff, scopes=frozenset({"read"}))) >= {"public", "brokers", "hidden"}
    assert visibilities(replace(staff, scopes=frozenset({"answer"}))) == {"public"}
