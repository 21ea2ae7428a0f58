"""Promise 73: failed and refused attempts at what is sensitive stand in the trail, without what was typed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import accounts, cases
from matcher.actions.records import open_detail
from matcher.db import reading
from matcher.errors import NotFound, Refused
from matcher.models import AuditEvent
from matcher.vocabulary import CaseState, Role
from tests import factories as make
from tests.unit.web.browsing import submit
from tests.unit.web.work import make_case, make_pair
from web.app import create_app


def attempts() -> list[AuditEvent]:
    with reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == "attempt.refused").order_by(AuditEvent.id)
        return list(session.scalars(query))


def test_refused_moves_are_kept(database: Settings) -> None:
    """73: a jump over the path and a stranger's attempt, with who and which case; the case has not moved."""
    pair = make_pair()
    case_id = make_case(pair)
    stranger = make.enterprise()
    for person in (pair.firm, stranger):
        with pytest.raises(Refused):
            cases.move_case(person.actor, case_id, 1, CaseState.SIGNED)
    assert [(each.actor_id, each.object_kind, each.object_id, each.changes) for each in attempts()] == [
        (pair.firm.id, "cases", case_id, {"attempted": "case.move", "why": "Conflict"}),
        (stranger.id, "cases", case_id, {"attempted": "case.move", "why": "NotFound"}),
    ]


def test_refused_openings_and_roles_are_kept(database: Settings) -> None:
    need = make.published(make.enterprise(), "need", detail_restricted="秘密")
    reader = make.institute()
    with pytest.raises(Refused):
        open_detail(reader.actor, "need", need)
    with pytest.raises(Refused):
        accounts.set_role(reader.actor, reader.id, Role.ADMINISTRATOR)
    with pytest.raises(NotFound):
        open_detail(reader.actor, "need", 999_999)
    assert [each.changes["attempted"] for each in attempts()] == ["record.open_detail", "user.set_role", "record.open_detail"]
    assert [each.object_kind for each in attempts()] == ["needs", "users", "needs"]


def test_what_went_well_is_no_attempt(database: Settings) -> None:
    make_case(make_pair())
    assert attempts() == []


@pytest.fixture
def client(database: Settings) -> FlaskClient:
    """A visitor's browser, on both databases."""
    app: Flask = create_app(database)
    return app.test_client()


def test_failed_log_ins_are_kept_without_what_was_typed(client: FlaskClient) -> None:
    """73, 74: the account if there is one, the address of the caller; neither address nor password as typed."""
    person = make.add_person()
    for email in (person.email, "nobody@example.org", "my password by mistake", "a\x00b@example.org"):
        assert submit(client, "/login", {"email": email, "password": "wrong secret"}).status_code == 422
    found = attempts()
    assert [each.object_id for each in found] == [person.id, None, None, None]
    assert {each.address for each in found} == {"127.0.0.1"}
    text = str([(each.changes, each.object_kind) for each in found])
    assert not any(word in text for word in ("secret", "mistake", "example.org"))


def test_forged_answer_links_are_kept_when_pressed(client: FlaskClient) -> None:
    """73: a GET writes nothing; the POST of a forged link leaves its attempt."""
    assert client.get("/a/forged").status_code == 404
    assert attempts() == []
    assert submit(client, "/a/forged", {}, "/login").status_code == 404
    assert [each.changes["attempted"] for each in attempts()] == ["match.answer"]
