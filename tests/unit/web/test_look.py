"""What a browser makes of the public pages: accessible, no wider than a small phone, light and dark, without errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.factories import enterprise, institute, matched, published

PAGES = (
    "/",
    "/styleguide",
    "/search?q=干燥",
    "/needs",
    "/needs/1",
    "/achievements/1",
    "/experts/1",
    "/organisations/1",
    "/nothing",
)
NewPage = Callable[..., Page]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The portal on a port of its own, with a record of each kind."""
    need, achievement = (
        published(enterprise(), "need", detail_restricted="图号"),
        published(institute(), "achievement", lang="ko"),
    )
    published(institute(), "expert")
    matched(need, achievement)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violation_on_any_page(address: str, new_page: NewPage, scheme: str) -> None:
    """99: axe finds nothing serious on the page types, in light and dark."""
    page = new_page(
        color_scheme=scheme, bypass_csp=True
    )  # axe is injected; the policy itself is tested elsewhere
    found = []
    for path in PAGES:
        page.goto(address + path)
        violations = Axe().run(page).response["violations"]
        found += [
            (path, each["id"], each["nodes"][0]["html"][:120])
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
    assert found == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_pages_fit_a_small_phone(address: str, new_page: NewPage, language: str) -> None:
    """99: at 320 px nothing scrolls sideways, in both languages."""
    page = new_page(viewport={"width": 320, "height": 640}, locale=language)
    too_wide = []
    for path in PAGES:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            too_wide.append(path)
    assert too_wide == []


def test_pages_load_without_a_word_in_the_console(address: str, new_page: NewPage) -> None:
    """64: the policy blocks nothing of ours, and no script fails."""
    page = new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES[:-1]:
        page.goto(address + path)
    assert said == []


def test_targets_are_large_enough_on_a_phone(address: str, new_page: NewPage) -> None:
    """99: buttons, fields and the header's links are at least 44 px high."""
    page = new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{address}/needs")
    small = page.evaluate(
        """[...document.querySelectorAll('button, select, input[type=search], .nav a, .bar-end a, summary, .tab')]
        .filter(e => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_keyboard_reaches_the_content_and_the_search(address: str, new_page: NewPage) -> None:
    """99: the first key press reaches the skip link, which leads to the content; searching needs no pointer."""
    page = new_page(locale="zh-CN")
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("干燥")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.input_value("#q") == "干燥"


def test_filters_work_without_javascript(address: str, new_page: NewPage) -> None:
    """The main job needs no script: filters are a form with a button."""
    page = new_page(java_script_enabled=False)
    page.goto(f"{address}/needs?chain=medicine")
    page.click("text=应用筛选")
    assert "chain=medicine" in page.url
