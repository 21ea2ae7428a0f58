"""Saved searches in the portal: kept from the search page, listed, renamed, at rest, given up; nobody else's business."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from config.settings import Settings
from matcher import links
from matcher.actions import accounts, searches
from matcher.db import reading
from matcher.errors import AlreadyDone, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.searches import SearchInput
from matcher.links import SearchLink
from matcher.models import AuditEvent, SavedSearch
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit

Browsers = Callable[[Person], FlaskClient]


def keep(person: Person, name: str = "干燥", q: str = "药渣干燥", **filters: list[str]) -> int:
    return searches.save_search(person.actor, parse(SearchInput, {"name": name, "q": q, "filters": filters}))


def kept(person: Person) -> list[SavedSearch]:
    with reading() as session:
        return list(session.scalars(select(SavedSearch).where(SavedSearch.user_id == person.id)))


def test_from_the_search_page_into_the_list(settings: Settings, browser_of: Browsers) -> None:
    """Words and filters of the page are kept under a name; the list leads back to the same search."""
    person = make.enterprise()
    browser = browser_of(person)
    found = browser.get("/achievements?q=药渣干燥&chain=medicine&trl=pilot").text
    assert "保存这个查找" in found
    address = "/searches/new?page_of=search.achievements&q=药渣干燥&chain=medicine&trl=pilot"
    assert "/searches/new?page_of=search.achievements" in found
    page = browser.get(address).text
    assert "药渣干燥" in page
    answer = submit(
        browser,
        "/searches",
        {
            "name": " 药渣  设备 ",
            "page": "search.achievements",
            "query": "q=%E8%8D%AF%E6%B8%A3%E5%B9%B2%E7%87%A5&chain=medicine&trl=pilot&page=7&nonsense=1",
        },
        address,
    )
    assert answer.status_code == 303
    (search,) = kept(person)
    assert (search.name, search.q) == ("药渣 设备", "药渣干燥")
    assert search.filters == {"chain": ["medicine"], "kind": ["achievement"], "trl": ["pilot"]}
    listed = browser.get("/searches").text
    assert "药渣 设备" in listed
    assert "/achievements?chain=medicine&amp;trl=pilot&amp;q=" in listed
    assert "已保存为“药渣 设备”" in browser.get("/achievements?q=药渣干燥&chain=medicine&trl=pilot").text


def test_everything_is_no_search(settings: Settings, browser_of: Browsers) -> None:
    """Neither the page nor the action keeps what has no words and no filter."""
    person = make.enterprise()
    assert "保存这个查找" not in browser_of(person).get("/needs").text
    with pytest.raises(Invalid):
        keep(person, q="", kind=["need"])
    answer = submit(browser_of(person), "/searches", {"name": "全部", "page": "search.needs", "query": ""})
    assert answer.status_code == 422
    assert "请先输入要找的词句，或者选一个条件。" in answer.text
    assert not kept(person)


def test_a_visitor_is_asked_to_sign_in_and_comes_back(settings: Settings, client: FlaskClient) -> None:
    """The link is there for everybody."""
    assert "保存这个查找" in client.get("/search?q=干燥").text
    answer = client.get("/searches/new?q=干燥")
    assert answer.status_code == 302
    assert "next=/searches/new" in answer.headers["Location"]


def test_a_name_is_needed_and_said_at_the_field(settings: Settings, browser_of: Browsers) -> None:
    """Bad names are told at the field, when saving and when renaming; nothing changes."""
    person = make.enterprise()
    browser, number = browser_of(person), keep(person)
    for name, words in (("", "至少 1 个字。"), ("长" * 61, "最多 60 个字。"), ("a\x07b", "控制字符")):
        answer = submit(browser, "/searches", {"name": name, "query": "q=abc"})
        assert answer.status_code == 422
        assert words in answer.text
        answer = submit(browser, f"/searches/{number}/rename", {"name": name}, "/searches")
        assert answer.status_code == 422
        assert words in answer.text
    assert [search.name for search in kept(person)] == ["干燥"]
    assert submit(browser, f"/searches/{number}/rename", {"name": "新名"}, "/searches").status_code == 303
    assert [search.name for search in kept(person)] == ["新名"]


def test_watching_a_chain(settings: Settings, browser_of: Browsers) -> None:
    """A chain is watched once; one that does not exist is refused at the field."""
    person = make.enterprise()
    browser = browser_of(person)
    assert submit(browser, "/searches/chain", {"chain": "medicine"}, "/searches").status_code == 303
    assert submit(browser, "/searches/chain", {"chain": "medicine"}, "/searches").status_code == 303
    assert submit(browser, "/searches/chain", {"chain": "nothing"}, "/searches").status_code == 422
    assert [search.filters for search in kept(person)] == [{"chain": ["medicine"]}]


def test_at_most_twenty_also_at_once(database: Settings) -> None:
    """The bound holds for two clicks at the same moment, on either database; the same search is kept once."""
    person = make.enterprise()
    for number in range(searches.MOST - 1):
        keep(person, q=f"词{number}")
    with pytest.raises(AlreadyDone):
        keep(person, q="词1")

    def one(number: int) -> bool:
        try:
            return bool(keep(person, q=f"还有{number}"))
        except Invalid as error:
            assert "20" in str(error.errors["name"])  # noqa: PT017 - whichever comes second
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1
    assert len(kept(person)) == searches.MOST


def test_nobody_else_knows_of_it(settings: Settings, browser_of: Browsers) -> None:
    """Others, operators too, get the answer of a number that does not exist, and the trail holds no words."""
    person = make.enterprise()
    number = keep(person, q="绝密方向")
    for other in (make.enterprise(), make.operator(), make.administrator()):
        browser = browser_of(other)
        for act in ("rename", "pause", "delete"):
            data = {"name": "x", "rests": "1"}
            assert submit(browser, f"/searches/{number}/{act}", data, "/searches").status_code == 404
        assert "绝密方向" not in browser.get("/searches").text
        with pytest.raises(NotFound):
            searches.delete_search(other.actor, number)
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "saved_searches")).all()
    assert [event.action for event in events] == ["search.save"]
    assert "绝密" not in str([event.changes for event in events])


def test_pause_take_up_again_and_delete(settings: Settings, browser_of: Browsers) -> None:
    """Each is one click; taking it up again starts anew."""
    person = make.enterprise()
    browser, number = browser_of(person), keep(person)
    begun = kept(person)[0].active_from
    submit(browser, f"/searches/{number}/pause", {"rests": "1"}, "/searches")
    assert "已暂停" in browser.get("/searches").text
    assert kept(person)[0].paused_at is not None
    submit(browser, f"/searches/{number}/pause", {"rests": "0"}, "/searches")
    assert kept(person)[0].paused_at is None
    assert kept(person)[0].active_from > begun
    submit(browser, f"/searches/{number}/delete", {}, "/searches")
    assert kept(person) == []
    assert "还没有保存的查找" in browser.get("/searches").text


def test_the_link_of_a_mail_pauses_with_one_confirming_click(settings: Settings, client: FlaskClient) -> None:
    """Following it changes nothing, the click does, again is harmless; forged or of a deleted search: one page."""
    person = make.enterprise()
    number = keep(person)
    path = links.pause_search(settings, SearchLink(person.id, number)).removeprefix(settings.public_url)
    assert "暂停这个查找？" in client.get(path).text
    assert kept(person)[0].paused_at is None
    for _ in range(2):
        assert "已暂停这个查找" in submit(client, path, page="/login").text
        assert kept(person)[0].paused_at is not None
    assert client.get(path[:-2] + "xx").status_code == 404
    stranger = links.pause_search(settings, SearchLink(make.enterprise().id, number))
    assert client.get(stranger.removeprefix(settings.public_url)).status_code == 404
    searches.delete_search(person.actor, number)
    assert client.get(path).status_code == 404
    assert "/s/" in links.masked(f"https://x/s/{'a' * 30}")
    assert "a" * 30 not in links.masked(f"https://x/s/{'a' * 30}")


def test_closing_the_account_removes_them(settings: Settings) -> None:
    """What a person looked for goes with them."""
    person = make.enterprise()
    keep(person)
    accounts.close_account(person.actor, make.PASSWORD)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SavedSearch)) == 0
