"""What stands lower says so, and one press takes it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions.matches import answer_match
from matcher.db import transaction
from matcher.models import Match
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def firm(settings: Settings) -> Person:
    """It refused an unripe achievement; another unripe one and a ripe one wait."""
    firm, lab = make.enterprise(), make.institute()
    need = make.published(firm, "need")
    others = (("成熟的装备", 8, "微波穿透"), ("不成熟的装备", 4, "真空冷冻"), ("回绝的装备", 4, "热泵循环"))
    for title, trl, word in others:
        offer = make.published(lab, "achievement", title=title, trl=trl, abstract=word * 12)
        last = make.matched(need, offer, 0.81)
    answer_match(firm.actor, last, AnswerKind.REFUSED, Refusal.MATURITY)
    return firm


def test_the_list_says_why_and_lets_it_be_taken_back(firm: Person, browser_of: Browsers) -> None:
    browser = browser_of(firm)
    page = browser.get("/matches").text
    assert page.index("成熟的装备") < page.index("不成熟的装备")
    assert page.count("靠后：您说过“成熟度不足”") == 1
    assert "回绝 1 次" in page
    answer = submit(browser, "/matches/lowering", {"side": "need", "reason": "maturity"}, page="/matches")
    assert answer.status_code == 303
    page = browser.get("/matches").text
    assert "靠后：" not in page
    assert "以前的这类回绝不再影响您的列表" in page


@pytest.mark.parametrize("given", [{}, {"side": "need"}, {"side": "x", "reason": "maturity"}, {"side": "need", "reason": "other"}])
def test_bad_forms_change_nothing(firm: Person, browser_of: Browsers, given: dict[str, str]) -> None:
    browser = browser_of(firm)
    assert submit(browser, "/matches/lowering", given, page="/matches").status_code == 422
    assert "靠后：" in browser.get("/matches").text


def test_others_see_nothing_of_it(firm: Person, browser_of: Browsers) -> None:
    """Neither another enterprise, nor somebody without an organisation."""
    assert "靠后" not in browser_of(make.enterprise()).get("/matches").text
    visitor = browser_of(make.add_person())
    assert submit(visitor, "/matches/lowering", {"side": "need", "reason": "maturity"}, page="/matches").status_code == 403


def test_a_corrected_match_says_what_it_was_before(settings: Settings, browser_of: Browsers) -> None:
    """The match's page tells the correction beside the other figures."""
    firm = make.enterprise()
    match_id = make.matched(make.published(firm, "need"), make.published(make.institute(), "achievement"), 0.8)
    browser = browser_of(firm)
    assert "答复的修正" not in browser.get(f"/matches/{match_id}").text
    with transaction() as session:
        session.get_one(Match, match_id).parts = {"words": 0.1, "before": 0.7, "shift": 0.54}
    page = browser.get(f"/matches/{match_id}").text
    assert "+0.10" in page
    assert "修正前 0.70" in page
