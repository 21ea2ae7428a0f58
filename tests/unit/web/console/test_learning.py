"""The console's page of what is learnt: versions, figures, the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import learned
from matcher.actions.learning import adopt
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.vocabulary import Role
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.workers.test_learning import better

Browsers = Callable[[Person], FlaskClient]


def used() -> int:
    with reading() as session:
        return learned.in_use(session).version


def test_empty_page_says_what_is_needed(settings: Settings, browser_of: Browsers) -> None:
    page = browser_of(make.operator()).get("/console/learning").text
    assert "现在使用：不修正" in page
    assert "80 个答复" in page


def test_versions_are_told_and_rolled_back(settings: Settings, browser_of: Browsers) -> None:
    """Data, figures and who; back one version, held; then the nights choose again."""
    browser = browser_of(make.add_person(Role.OPERATOR, name="钱运营"))
    first = adopt(SYSTEM, better(chain_same=0.2), 0)
    second = adopt(SYSTEM, better(chain_same=0.4), first)
    page = browser.get("/console/learning").text
    for words in (f"第 {second} 版", "90 个答复 · 13 家单位 · 21 条需求", "70.0% → 80.0%", "同一产业链", "+0.40", "系统"):
        assert words in page
    answer = submit(browser, "/console/learning/choose", {"version": str(first)}, page="/console/learning")
    assert answer.status_code == 303
    assert used() == first
    page = browser.get("/console/learning").text
    assert "由人固定" in page
    assert "钱运营" in page
    again = submit(browser, "/console/learning/choose", {"version": str(first)}, page="/console/learning")
    assert again.status_code == 409
    assert submit(browser, "/console/learning/release", page="/console/learning").status_code == 303
    assert "由人固定" not in browser.get("/console/learning").text
    assert submit(browser, "/console/learning/release", page="/console/learning").status_code == 409


@pytest.mark.parametrize(("given", "status"), [("", 422), ("x", 422), ("99999999999", 422), ("77", 404)])
def test_bad_versions(settings: Settings, browser_of: Browsers, given: str, status: int) -> None:
    browser = browser_of(make.operator())
    adopt(SYSTEM, better(chain_same=0.2), 0)
    answer = submit(browser, "/console/learning/choose", {"version": given}, page="/console/learning")
    assert answer.status_code == status
    assert used() == 1


def test_it_is_for_operators(settings: Settings, browser_of: Browsers) -> None:
    assert browser_of(make.enterprise()).get("/console/learning").status_code in {403, 404}
