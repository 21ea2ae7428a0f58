"""What stands lower says so, and one press takes it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from matcher.actions.matches import answer_match
from matcher.actor import actor_of
from matcher.db import reading, transaction
from matcher.models import Achievement, Match, Membership, User
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make
from tests.factories import Person
from tests.unit.web.api.test_records import Caller
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


def match_with(title: str) -> int:
    """The match with the achievement of that title."""
    with reading() as session:
        found = session.scalars(select(Match.id).join(Match.achievement).where(Achievement.title == title))
        return found.one()


def test_the_matchs_page_says_it_in_both_languages(firm: Person, browser_of: Browsers) -> None:
    """The reasons given, the confidence that stays and the one that puts it in order: 0.81 less 0.4 logits is 0.74."""
    browser, path = browser_of(firm), f"/matches/{match_with('不成熟的装备')}"
    page = browser.get(path).text
    assert "靠后：您说过“成熟度不足”" in page
    assert "可信度不变，只在您单位自己的列表和周报里按 0.74（较强相关）排" in page
    assert "可信度 0.81" in page
    with browser.session_transaction() as cookie:
        cookie["lang"] = "en"
    english = browser.get(path).text
    assert "Lower down: you said “Not mature enough”" in english
    assert "is it placed as 0.74" in english
    submit(browser, "/matches/lowering", {"side": "need", "reason": "maturity"}, page="/matches")
    assert "Lower down" not in browser.get(path).text


def test_who_else_reads_a_match_reads_nothing_of_it(firm: Person, browser_of: Browsers) -> None:
    """Neither the other side nor a broker; nor the firm about what is riper, or about what it has answered."""
    lower = match_with("不成熟的装备")
    for other in (lab_of("不成熟的装备"), make.broker(), make.operator()):
        page = browser_of(other).get(f"/matches/{lower}")
        assert (page.status_code, "靠后" in page.text) == (200, False)
    for title in ("成熟的装备", "回绝的装备"):
        assert "靠后" not in browser_of(firm).get(f"/matches/{match_with(title)}").text


def lab_of(title: str) -> Person:
    """A member of the institute that offers it."""
    with reading() as session:
        member = select(User).join(Membership).join(Achievement, Achievement.organisation_id == Membership.organisation_id)
        user = session.scalars(member.where(Achievement.title == title)).one()
        return Person(user.id, user.email, actor_of(session, user))


def test_a_records_matches_stand_as_they_do_in_the_list(firm: Person, browser_of: Browsers) -> None:
    """On the page of all matches of one's own need."""
    page = browser_of(firm).get("/needs/1/matches").text
    assert page.index("成熟的装备") < page.index("不成熟的装备")
    assert page.count("靠后：您说过“成熟度不足”") == 1


def test_the_api_says_the_same(app: Flask, firm: Person) -> None:
    """In the match and in the list of the need's matches; null for the other side; the language is the request's."""
    lower, ripe, refused = (match_with(title) for title in ("不成熟的装备", "成熟的装备", "回绝的装备"))
    caller = Caller(app, firm, "read")
    one = caller.send("GET", f"/matches/{lower}").json
    assert (one["level"], one["probability"]) == ("strong", 0.81)
    assert one["lowered"] == {
        "level": "fair",
        "probability": pytest.approx(0.7407, abs=2e-3),
        "reasons": ["maturity"],
        "sentence": "靠后：您说过“成熟度不足”。可信度不变，只在您单位自己的列表和周报里按 0.74（较强相关）排，随时间减弱。",
    }
    english = caller.send("GET", f"/matches/{lower}", Accept_Language="en").json["lowered"]["sentence"]
    assert english.startswith("Lower down: you said “Not mature enough”. Its confidence is unchanged;")
    items = caller.send("GET", "/needs/1/matches").json["items"]
    assert [(item["id"], item["lowered"] is None) for item in items] == [(ripe, True), (refused, True), (lower, False)]
    assert items[2]["lowered"] == one["lowered"]
    assert Caller(app, lab_of("不成熟的装备"), "read").send("GET", f"/matches/{lower}").json["lowered"] is None
