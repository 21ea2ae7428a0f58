"""Which language a page is in."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.factories import Person, add_person

Browser = Callable[[Person], FlaskClient]


def _language(client: FlaskClient, accepts: str = "") -> str:
    html = client.get("/", headers={"Accept-Language": accepts} if accepts else {}).text
    return html.split('<html lang="')[1].split('"')[0]


def test_the_browser_is_asked_first_and_chinese_is_the_default(client: FlaskClient) -> None:
    """Accept-Language decides for a visitor; what we do not speak gets Chinese."""
    assert _language(client) == "zh-CN"
    assert _language(client, "en-GB,en;q=0.8") == "en"
    assert _language(client, "zh-TW") == "zh-CN"
    assert _language(client, "fi") == "zh-CN"


def test_the_switch_sets_a_cookie_and_comes_back(client: FlaskClient) -> None:
    """The link keeps the choice in the browser and returns to the page."""
    answer = client.get("/language/en?next=/needs/3")
    assert answer.headers["Location"] == "/needs/3"
    assert _language(client, "zh") == "en"
    assert client.get("/language/xx").status_code == 404


def test_a_persons_preference_overrides_the_cookie_until_they_switch(browser_of: Browser) -> None:
    """The preference of the account counts; the switch holds for the session."""
    browser = browser_of(add_person(locale="en"))
    browser.set_cookie("lang", "zh")
    assert _language(browser, "zh") == "en"
    browser.get("/language/zh")
    assert _language(browser) == "zh-CN"
