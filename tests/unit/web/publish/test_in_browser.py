"""The pages of accounts and publishing in a real browser: they save themselves, and everybody can use them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.factories import PASSWORD, Person, add_person, draft, enterprise, published
from tests.unit.web.publish.sheets import load, records

NewPage = Callable[..., Page]
VISITOR = ("/login", "/register", "/forgot", "/privacy", "/verify/forged")
MEMBER = (
    "/account",
    "/account/organisation",
    "/account/organisation/edit",
    "/account/tokens",
    "/account/close",
    "/publish/mine",
    "/publish/need/new",
    "/publish/need/1/step/terms",
    "/publish/need/1/step/indicators",
    "/publish/need/1",
    "/publish/need/1/preview",
    "/publish/need/2",
    "/publish/need/2/edit",
)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The portal on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def enter(page: Page, address: str, person: Person) -> Page:
    """Log in as that person."""
    page.goto(f"{address}/login")
    page.locator("form.form [name=email]").fill(person.email)
    page.locator("form.form [name=password]").fill(PASSWORD)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/publish/mine")
    return page


def test_a_new_record_saves_itself_and_keeps_its_address(address: str, new_page: NewPage) -> None:
    """The first saving makes the draft, the next ones change it; a reload shows what was typed; one record only."""
    page = enter(new_page(), address, enterprise())
    page.goto(f"{address}/publish/need/new")
    page.get_by_label("需求名称").fill("会自己保存的需求")
    page.wait_for_url("**/step/what")
    page.get_by_label("要解决的问题").fill("接着又写了一段")
    expect(page.locator("[data-autosave-state]")).to_contain_text("已保存")
    for _ in range(40):
        if load("need", records("need")[0].id).problem:
            break
        page.wait_for_timeout(200)
    page.reload()
    expect(page.get_by_label("要解决的问题")).to_have_value("接着又写了一段")
    page.get_by_role("button", name="保存并继续").last.click()
    page.wait_for_url("**/step/indicators")
    assert len(records("need")) == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_rows_come_and_go(address: str, new_page: NewPage, javascript: bool) -> None:
    """With a script in place, without one by a page of its own; what was typed stays in both."""
    person = enterprise()
    number = draft(person, "need", indicators=[])
    page = enter(new_page(java_script_enabled=javascript), address, person)
    page.goto(f"{address}/publish/need/{number}/step/indicators")
    page.locator("[name=indicators-0-name]").fill("含水率")
    page.locator("[name=indicators-0-value]").fill("12")
    page.get_by_role("button", name="再加一项指标").click()
    expect(page.locator(".row-item")).to_have_count(2)
    expect(page.locator("[name=indicators-0-name]")).to_have_value("含水率")
    page.locator("[name=indicators-1-name]").fill("多余的")
    page.get_by_role("button", name="删除这一行").last.click()
    expect(page.locator(".row-item")).to_have_count(1)
    page.get_by_role("button", name="保存并继续").last.click()
    page.wait_for_url("**/step/terms")
    assert [row["name"] for row in load("need", number).indicators] == ["含水率"]


def test_what_is_saved_while_typing_and_elsewhere_is_not_lost(address: str, new_page: NewPage) -> None:
    """Two windows: the second says so at the button and on the page, and keeps its text."""
    person = enterprise()
    number = draft(person, "need")
    first, second = enter(new_page(), address, person), enter(new_page(), address, person)
    for page in (first, second):
        page.goto(f"{address}/publish/need/{number}/step/what")
    first.get_by_label("现有基础").fill("第一个窗口")
    expect(first.locator("[data-autosave-state]")).to_contain_text("已保存")
    second.get_by_label("现有基础").fill("第二个窗口")
    expect(second.locator("[data-autosave-state]")).to_contain_text("别人已修改")
    second.get_by_role("button", name="保存并继续").last.click()
    expect(second.locator("main")).to_contain_text("对方保存的是：第一个窗口")
    expect(second.get_by_label("现有基础")).to_have_value("第二个窗口")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_every_page(address: str, new_page: NewPage, scheme: str) -> None:
    """99: axe finds nothing serious, nothing is wider than a small phone, and the console stays silent."""
    person = enterprise()
    draft(person, "need", problem="")
    published(person, "need")
    found: list[object] = []

    def look(page: Page, paths: tuple[str, ...]) -> None:
        page.on("pageerror", lambda error: found.append(str(error)))
        for path in paths:
            page.goto(address + path)
            violations = Axe().run(page).response["violations"]
            found.extend(
                (path, each["id"]) for each in violations if each["impact"] in ("serious", "critical")
            )
            page.set_viewport_size({"width": 320, "height": 640})
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append((path, "too wide"))
            page.set_viewport_size({"width": 1280, "height": 900})

    shared = {"color_scheme": scheme, "bypass_csp": True}
    look(new_page(**shared), VISITOR)
    look(enter(new_page(**shared, locale="en-GB"), address, person), MEMBER)
    alone = enter(new_page(**shared), address, add_person())
    look(alone, ("/account/organisation", "/account/organisation/new", "/publish/need/new", "/publish/mine"))
    assert found == []
