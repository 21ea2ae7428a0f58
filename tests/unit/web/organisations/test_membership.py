"""One's own organisation: find, join, register, change, leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import organisations
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.models import Membership, Organisation
from tests.factories import Person, add_person, again, credit_code, enterprise, institute
from tests.unit.web.browsing import submit

Browser = Callable[[Person], FlaskClient]
NEW = {
    "kind": "enterprise",
    "name": "白山松花石工艺有限公司",
    "credit_code": credit_code(900),
    "region": "220600",
    "chain": "",
    "introduction": "做砚台。",
    "website": "https://example.org",
}


def memberships() -> list[Membership]:
    """All of them."""
    with reading() as session:
        return list(session.scalars(select(Membership)))


def load(number: int) -> Organisation:
    """The organisation as it is now."""
    with reading() as session:
        return session.get_one(Organisation, number)


def test_an_organisation_is_found_by_part_of_its_name_or_its_code(browser_of: Browser) -> None:
    """Unchecked ones are not shown; a code may be typed full-width and in small letters."""
    owner = enterprise(name="通化长白参业有限公司")
    enterprise(name="长白未核验公司", checked=False)
    client = browser_of(add_person())
    page = client.get("/account/organisation", query_string={"q": "长白"}).text
    assert "通化长白参业有限公司" in page
    assert "长白未核验公司" not in page
    code = load(owner.actor.org_id or 0).credit_code or ""
    for typed in (code, code.lower(), code.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})):
        assert "通化长白参业有限公司" in client.get("/account/organisation", query_string={"q": typed}).text


@pytest.mark.parametrize(
    "words",
    [
        "%",
        "_",
        "\x00",
        "a\x00%",
        "x" * 10_000,
        "'; drop table users;--",
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_strange_search_words_find_nothing_and_break_nothing(
    database: Settings, browser_of: Browser, words: str | bytes
) -> None:
    """78: on both databases; wildcards are plain characters."""
    enterprise(name="通化长白参业有限公司")
    page = browser_of(add_person()).get("/account/organisation", query_string={"q": words})
    assert page.status_code == 200
    assert "通化长白参业有限公司" not in page.text


def test_joining_waits_for_an_operator(browser_of: Browser) -> None:
    """Until then one may take the application back; a second press changes nothing."""
    owner, person = enterprise(), add_person()
    client = browser_of(person)
    asked = {"organisation_id": str(owner.actor.org_id)}
    assert (
        submit(client, "/account/organisation/join", asked, page="/account/organisation?q=x").status_code
        == 303
    )
    assert submit(client, "/account/organisation/join", asked, page="/account").status_code == 409
    assert again(person).actor.org_id is None
    page = client.get("/account/organisation").text
    assert "等待核对" in page
    assert owner.email not in page
    assert submit(client, "/account/organisation/leave", page="/account/organisation").status_code == 303
    assert [m.state for m in memberships() if m.user_id == person.id] == ["left"]


@pytest.mark.parametrize("number", ["0", "999999", "-1", "99999999999999999999", "x", ""])
def test_joining_what_is_not_there_is_404(browser_of: Browser, number: str) -> None:
    """52: unknown, unchecked and nonsense are the same."""
    client = browser_of(add_person())
    assert (
        submit(client, "/account/organisation/join", {"organisation_id": number}, page="/account").status_code
        == 404
    )


def test_an_unverified_person_is_told_to_verify_first(browser_of: Browser) -> None:
    """The page shows the next step; the actions refuse."""
    owner = enterprise()
    client = browser_of(add_person(verified=False))
    assert "/verify-again" in client.get("/account/organisation").text
    asked = {"organisation_id": str(owner.actor.org_id)}
    assert submit(client, "/account/organisation/join", asked, page="/account").status_code == 403


def test_registering_an_organisation(browser_of: Browser) -> None:
    """Its founder belongs to it; both count once it is checked; a second press registers no second one."""
    person = add_person()
    client = browser_of(person)
    assert "白山" in client.get("/account/organisation/new?name=白山").text
    assert submit(client, "/account/organisation/new", NEW).status_code == 303
    page = client.get("/account/organisation").text
    assert "等待核验" in page
    assert (
        submit(client, "/account/organisation/new", NEW, page="/account").headers["Location"]
        == "/account/organisation"
    )
    with reading() as session:
        assert len(session.scalars(select(Organisation)).all()) == 1
    assert again(person).actor.org_id is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "circus"),
        ("kind", ""),
        ("name", "一"),
        ("name", "长" * 101),
        ("credit_code", "912201000000000000"),
        ("credit_code", ""),
        ("region", "999999"),
        ("region", ""),
        ("chain", "blockchain"),
        ("introduction", "长" * 2001),
        ("website", "javascript:alert(1)"),
        ("name", "a\x00b"),
    ],
)
def test_a_bad_organisation_is_sent_back(browser_of: Browser, field: str, value: str) -> None:
    """78: 422, the message at its field, what was typed kept, nothing made."""
    answer = submit(browser_of(add_person()), "/account/organisation/new", {**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert NEW["introduction"] in answer.text or field == "introduction"
    assert memberships() == []


def test_a_known_code_leads_to_joining(browser_of: Browser) -> None:
    """The message says what to do instead."""
    owner = enterprise()
    code = load(owner.actor.org_id or 0).credit_code
    answer = submit(browser_of(add_person()), "/account/organisation/new", {**NEW, "credit_code": code})
    assert answer.status_code == 422
    assert "请选择加入" in answer.text


def test_changing_ones_own_organisation(browser_of: Browser) -> None:
    """An introduction changes at once; a new name waits beside the checked one, and a refusal gives its reason."""
    person = institute()
    client, number = browser_of(person), person.actor.org_id or 0
    now = load(number)
    same = {
        **NEW,
        "kind": now.kind,
        "name": now.name,
        "credit_code": now.credit_code,
        "version": str(now.version),
    }
    assert submit(client, "/account/organisation/edit", {**same, "introduction": "新简介"}).status_code == 303
    assert (load(number).introduction, load(number).state) == ("新简介", "checked")
    changed = {**same, "name": "新名称研究院", "version": str(load(number).version)}
    assert submit(client, "/account/organisation/edit", changed).status_code == 303
    assert (load(number).name, load(number).proposed_name) == (now.name, "新名称研究院")
    assert "等待核验：新名称研究院" in client.get("/account/organisation").text
    assert 'value="新名称研究院"' in client.get("/account/organisation/edit").text
    organisations.review_organisation(SYSTEM, number, accept=False, remark="与证书不符")
    assert "与证书不符" in client.get("/account/organisation").text


def test_a_stale_change_is_409_and_keeps_what_was_typed(browser_of: Browser) -> None:
    """Two people at once: the second sees the first one's values beside their own; saving again replaces them."""
    person = institute()
    client, number = browser_of(person), person.actor.org_id or 0
    now = load(number)
    sent = {
        **NEW,
        "kind": now.kind,
        "name": now.name,
        "credit_code": now.credit_code,
        "version": str(now.version),
    }
    assert (
        submit(client, "/account/organisation/edit", {**sent, "introduction": "第一位写的"}).status_code
        == 303
    )
    answer = submit(client, "/account/organisation/edit", {**sent, "introduction": "第二位写的"})
    assert answer.status_code == 409
    assert "第一位写的" in answer.text
    assert "第二位写的" in answer.text
    assert load(number).introduction == "第一位写的"
    again_sent = {**sent, "introduction": "第二位写的", "version": str(load(number).version)}
    assert submit(client, "/account/organisation/edit", again_sent).status_code == 303
    assert submit(client, "/account/organisation/edit", {**sent, "version": "x"}).status_code == 409


def test_a_refused_organisation_can_be_corrected(browser_of: Browser) -> None:
    """The remark is shown, and saving hands it in again."""
    person = enterprise(checked=False)
    number = again(person).actor.member_of or 0
    organisations.review_organisation(SYSTEM, number, accept=False, remark="名称与代码不符")
    client = browser_of(person)
    page = client.get("/account/organisation").text
    assert "名称与代码不符" in page
    now = load(number)
    sent = {
        **NEW,
        "kind": now.kind,
        "name": now.name,
        "credit_code": now.credit_code,
        "version": str(now.version),
    }
    assert submit(client, "/account/organisation/edit", sent).status_code == 303
    assert load(number).state == "pending"


def test_those_without_an_organisation_cannot_edit_one(browser_of: Browser) -> None:
    """52: the same as a page that is not there."""
    assert browser_of(add_person()).get("/account/organisation/edit").status_code == 404


def test_leaving(browser_of: Browser) -> None:
    """The records stay with the organisation; leaving twice is 404."""
    person = enterprise()
    client = browser_of(person)
    assert submit(client, "/account/organisation/leave", page="/account/organisation").status_code == 303
    assert again(person).actor.org_id is None
    assert submit(client, "/account/organisation/leave", page="/account").status_code == 404
