"""What a browser makes of the pages of work: matches, cases, the broker's day, the digest, the console."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page
from werkzeug.serving import make_server

from matcher.actions import cases, records
from matcher.actions.matches import answer_match
from matcher.corpus import collect
from matcher.db import reading, transaction
from matcher.explanation import explain
from matcher.facts import achievement_facts, need_facts
from matcher.models import Match, User
from matcher.text import tokens
from matcher.vocabulary import AnswerKind, OrgKind
from tests import factories as make
from tests.factories import Person
from tests.unit.web.work import case_of, make_case, make_pair

NewPage = Callable[..., Page]


@dataclass(frozen=True)
class World:
    """A portal with work in it: who opens which pages."""

    address: str
    pages: list[tuple[Person, str]]
    app: Flask


def explained(match_id: int) -> None:
    """Give a match the reasons that matching would store."""
    with transaction() as session:
        match = session.get_one(Match, match_id)
        both = [(tokens(match.need.problem), None), (tokens(match.achievement.abstract), None)]
        match.reasons = explain(need_facts(match.need), achievement_facts(match.achievement), collect(both)).data()


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """One of everything that these pages show."""
    firm, lab, broker, chief = make.enterprise(), make.institute(), make.broker(), make.administrator()
    opened, waiting, other = make_pair(firm, lab), make_pair(firm, lab), make_pair(firm, lab)
    for pair in (opened, waiting, other):
        explained(pair.match_id)
    answer_match(lab.actor, waiting.match_id, AnswerKind.INTERESTED)
    case_id = make_case(opened)
    cases.assign_broker(chief.actor, case_id, broker.id)
    cases.write_message(firm.actor, case_id, "您好。")
    proposed = cases.open_case(broker.actor, other.need_id, other.offer_id)
    make.add_member(OrgKind.ENTERPRISE, checked=False)
    draft = make.draft(firm, "need")
    records.submit_record(firm.actor, "need", draft, 1)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    console = ["", "/review", f"/review/need/{draft}", "/organisations", "/cases", "/stalled", "/officers", "/matches", "/mails", "/mails/1",
               "/outbox", "/index", "/audit", "/users", "/health"]
    pages = [
        (firm, "/matches"),
        (firm, "/matches?box=refused"),
        (firm, f"/matches/{waiting.match_id}"),
        (firm, f"/needs/{waiting.need_id}/matches"),
        (firm, "/cases"),
        (firm, f"/cases/{case_id}"),
        (firm, f"/cases/{proposed}"),
        (firm, "/digest"),
        (firm, "/today"),
        (broker, "/broker"),
        (broker, "/broker/profile"),
        (broker, f"/broker/open?need={other.need_id}&achievement={other.offer_id}"),
        *((chief, f"/console{path}") for path in console),
    ]
    yield World(f"http://127.0.0.1:{server.server_port}", pages, app)
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(world: World, page: Page, person: Person) -> None:
    """Put that person's session into the browser."""
    with reading() as session:
        epoch = session.get_one(User, person.id).session_epoch
    signer = SecureCookieSessionInterface().get_signing_serializer(world.app)
    assert signer is not None
    value = signer.dumps({"_user_id": f"{person.id}:{epoch}", "_fresh": True})
    page.context.add_cookies([{"name": "daqiao", "value": str(value), "url": world.address}])


def each_page(world: World, new_page: NewPage, **options: Any) -> Iterator[tuple[str, Page]]:
    """Every page, each opened by whoever it is for."""
    browsers: dict[int, Page] = {}
    for person, path in world.pages:
        if person.id not in browsers:
            browsers[person.id] = new_page(**options)
            sign_in(world, browsers[person.id], person)
        answer = browsers[person.id].goto(world.address + path)
        assert answer is not None
        assert answer.status == 200, path
        yield path, browsers[person.id]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violation_on_any_page(world: World, new_page: NewPage, scheme: str) -> None:
    """99: axe finds nothing serious, with everything that folds unfolded."""
    found = []
    for path, page in each_page(world, new_page, color_scheme=scheme, bypass_csp=True):
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        violations = Axe().run(page).response["violations"]
        found += [
            (path, each["id"], each["nodes"][0]["html"][:160])
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
    assert found == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_pages_fit_a_small_phone(world: World, new_page: NewPage, language: str) -> None:
    """99: at 320 px nothing scrolls sideways, in both languages."""
    options: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "locale": language}
    too_wide = [
        path
        for path, page in each_page(world, new_page, **options)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    ]
    assert too_wide == []


def test_pages_load_without_a_word_in_the_console(world: World, new_page: NewPage) -> None:
    """64: the policy blocks nothing of ours, and no script fails."""
    said: list[str] = []
    seen: set[int] = set()
    for path, page in each_page(world, new_page):
        if id(page) not in seen:
            seen.add(id(page))
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(world.address + path)
    assert said == []


def test_answering_and_moving_need_no_javascript(world: World, new_page: NewPage) -> None:
    """The main job without a script and without a pointer: refuse with a reason, then record progress in a case."""
    firm, path = world.pages[2]
    page = new_page(java_script_enabled=False)
    sign_in(world, page, firm)
    page.goto(world.address + path)
    page.locator("summary", has_text="不合适").press("Enter")
    page.locator("input[name=reason][value=price]").press("Space")
    page.locator("button", has_text="告诉平台不合适").press("Enter")
    page.wait_for_url("**/matches/*")
    assert "您单位认为不合适：价格过高" in page.inner_text("main")
    case = next(each for _person, each in world.pages if each.startswith("/cases/"))
    page.goto(world.address + case)
    page.locator("summary", has_text="记录进展").press("Enter")
    page.locator("input[name=target][value=connected]").press("Space")
    page.locator(".panel button", has_text="记录").first.press("Enter")
    page.wait_for_url("**/cases/*")
    assert case_of(int(case.rpartition("/")[2])).state == "connected"


def test_a_case_prints_whole_and_without_buttons(world: World, new_page: NewPage) -> None:
    """The print of a case: history, both sides and reasons, no form and no navigation."""
    firm = world.pages[0][0]
    page = new_page()
    sign_in(world, page, firm)
    case = next(each for _person, each in world.pages if each.startswith("/cases/"))
    page.goto(world.address + case)
    page.emulate_media(media="print")
    text = page.inner_text("body")
    assert all(part in text for part in ("经过", "双方", "为什么是这两家", "您好。"))
    assert page.locator("textarea:visible, button:visible, nav:visible, .btn:visible").count() == 0
