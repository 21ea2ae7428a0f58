"""Pages of needs, achievements, experts and organisations: who sees what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from matcher import db
from matcher.actions.cases import end_case
from matcher.actions.disclosure import accept_agreement
from matcher.actions.records import open_detail
from matcher.actor import SYSTEM
from matcher.models import AuditEvent, Case
from matcher.vocabulary import EndReason
from tests.factories import (
    Person,
    bridged,
    broker,
    draft,
    enterprise,
    institute,
    matched,
    operator,
    published,
)
from tests.unit.web.conftest import token_in

Browser = Callable[[Person], FlaskClient]


def test_a_foreign_draft_looks_like_nothing(client: FlaskClient, browser_of: Browser) -> None:
    """52: the page of another organisation's draft is the same as of an unknown id."""
    owner = enterprise()
    need = draft(owner, "need")
    unknown = client.get("/needs/999999").text
    for browser in (client, browser_of(institute()), browser_of(broker())):
        answer = browser.get(f"/needs/{need}")
        assert answer.status_code == 404
    assert client.get(f"/needs/{need}").text.replace(f"needs/{need}", "") == unknown.replace(
        "needs/999999", ""
    )
    assert browser_of(owner).get(f"/needs/{need}").status_code == 200
    assert browser_of(operator()).get(f"/needs/{need}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/needs/0", "/needs/99999999999999999999", "/organisations/99999999999", "/needs/abc"]
)
def test_odd_numbers_are_not_found(client: FlaskClient, path: str) -> None:
    """52: neither zero nor a number beyond the database's is an error of ours."""
    assert client.get(path).status_code == 404


def test_an_anonymous_need_names_no_organisation(client: FlaskClient, browser_of: Browser) -> None:
    """51: neither the need's page nor the organisation's own page gives the tie away."""
    owner = enterprise(name="深林电子有限公司")
    need = published(owner, "need", anonymous=True)
    for browser in (client, browser_of(institute())):
        page = browser.get(f"/needs/{need}").text
        assert "深林电子" not in page
        assert f"/organisations/{owner.actor.org_id}" not in page
        assert "人参提取废渣" not in browser.get(f"/organisations/{owner.actor.org_id}").text
    assert "深林电子" in browser_of(owner).get(f"/needs/{need}").text
    assert "深林电子" not in browser_of(broker()).get(f"/needs/{need}").text
    assert "深林电子" in browser_of(operator()).get(f"/needs/{need}").text


def test_restricted_detail_is_opened_by_members_and_recorded(
    client: FlaskClient, browser_of: Browser
) -> None:
    """71: opening needs a POST by a member, shows the text once and leaves one audit event; others see nothing of it."""
    need = published(enterprise(), "need", detail_restricted="样机图号 X-15")
    person = institute()
    accept_agreement(person.actor, "need", need, "1", "zh")
    reader = browser_of(person)
    page = reader.get(f"/needs/{need}").text
    assert "样机图号 X-15" not in page
    opened = reader.post(f"/needs/{need}/detail", data={"csrf_token": token_in(page)})
    assert "样机图号 X-15" in opened.text
    assert "样机图号 X-15" not in reader.get(f"/needs/{need}").text
    assert "样机图号 X-15" not in client.get(f"/needs/{need}").text
    with db.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "record.open_detail")).all()
    assert len(events) == 1


def test_the_owner_sees_what_became_of_it(browser_of: Browser) -> None:
    """F21: the owner's panel counts; a reader has none."""
    owner, reader = enterprise(), institute()
    need = published(owner, "need")
    matched(need, published(reader, "achievement"))
    assert "发布以来" in browser_of(owner).get(f"/needs/{need}").text
    page = browser_of(reader).get(f"/needs/{need}").text
    assert "发布以来" not in page
    assert "与您单位的匹配" in page


def test_the_owner_sees_why_cases_ended(browser_of: Browser) -> None:
    """F22: a case ended for its price shows as one of that reason on the record, in the list and beside the form."""
    _firm, lab, case_id = bridged()
    with db.reading() as session:
        case = session.get_one(Case, case_id)
    end_case(SYSTEM, case_id, case.version, EndReason.PRICE)
    number = case.achievement_id
    for page in (f"/achievements/{number}", "/publish/mine", f"/publish/achievement/{number}"):
        assert "终止：价格 × 1" in browser_of(lab).get(page).text, page


def test_script_in_a_field_is_text(client: FlaskClient) -> None:
    """78: markup in a title or text is shown as text."""
    need = published(
        enterprise(),
        "need",
        title="<script>alert(1)</script>",
        problem="<img src=x onerror=alert(1)> 的问题描述足够长",
    )
    page = client.get(f"/needs/{need}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<img src=x" not in page


def test_foreign_text_says_its_language(client: FlaskClient) -> None:
    """99: a Korean achievement is marked as Korean on the page and in lists."""
    achievement = published(institute(), "achievement", lang="ko", title="저온 배터리 발열 기술")
    assert 'lang="ko"' in client.get(f"/achievements/{achievement}").text
    assert 'lang="ko"' in client.get("/").text


def test_an_unchecked_organisation_is_not_public(client: FlaskClient, browser_of: Browser) -> None:
    """52: until an operator has checked it, only operators know of it."""
    with db.reading() as session:
        from matcher.models import Organisation

        enterprise(checked=False, name="未核验公司")
        number = session.scalar(select(Organisation.id).where(Organisation.name == "未核验公司"))
    assert client.get(f"/organisations/{number}").status_code == 404
    assert browser_of(operator()).get(f"/organisations/{number}").status_code == 200


def _queries(app: Flask, path: str) -> int:
    statements: list[str] = []

    def count(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(db.engine(), "before_cursor_execute", count)
    try:
        assert app.test_client().get(path).status_code == 200
    finally:
        event.remove(db.engine(), "before_cursor_execute", count)
    return len(statements)


@pytest.mark.parametrize("path", ["/", "/organisations/1"])
def test_lists_ask_the_database_the_same_number_of_times(app: Flask, path: str) -> None:
    """98: one record or several: the same number of queries."""
    owner = enterprise()
    published(owner, "need")
    app.extensions.pop("home_figures", None)
    few = _queries(app, path)
    for _ in range(3):
        published(owner, "need")
    app.extensions.pop("home_figures", None)
    assert _queries(app, path) == few


def test_the_owner_sees_who_opened_the_detail(browser_of: Browser, client: FlaskClient) -> None:
    """Every opening by others, with the organisation; nobody else sees that list."""
    owner, reader = enterprise(), institute(name="松江干燥技术研究所")
    need = published(owner, "need", detail_restricted="样机图号 X-15")
    accept_agreement(reader.actor, "need", need, "1", "zh")
    open_detail(reader.actor, "need", need)
    open_detail(owner.actor, "need", need)
    page = browser_of(owner).get(f"/needs/{need}").text
    assert page.count("查看受限详情 · 松江干燥技术研究所") == 1
    assert "松江干燥技术研究所" not in client.get(f"/needs/{need}").text
