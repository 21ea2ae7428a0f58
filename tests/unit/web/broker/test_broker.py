"""A broker's day and the cases that they open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.actions.matches import answer_match
from matcher.vocabulary import AnswerKind
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.work import make_pair, statements

Browsers = Callable[[Person], FlaskClient]


def test_overdue_first_then_this_week(settings: Settings, browser_of: Browsers) -> None:
    """Which case burns first?"""
    broker = make.broker()
    for days, title in ((0, "七天内的需求"), (20, "逾期的需求")):
        pair = make_pair(title=title)
        with clock.at(clock.now() - timedelta(days=days)):
            cases.open_case(broker.actor, pair.need_id, pair.offer_id)
    page = browser_of(broker).get("/broker").text
    assert "先处理 1 件已逾期" in page
    assert page.index("逾期的需求") < page.index("七天内的需求")


def test_waiting_matches_name_who_waits(settings: Settings, browser_of: Browsers) -> None:
    """A yes without an answer comes first; old strong matches without any answer follow, fresh ones do not."""
    with clock.at(clock.now() - timedelta(days=9)):
        old, half = make_pair(title="老匹配"), make_pair(title="半边匹配")
    make_pair(title="新匹配")
    answer_match(half.lab.actor, half.match_id, AnswerKind.INTERESTED)
    page = browser_of(make.broker()).get("/broker").text
    assert page.index("半边匹配") < page.index("老匹配")
    assert "成果方今天有兴趣，对方未答复" in page
    assert "新匹配" not in page
    assert old.match_id


def test_waiting_list_takes_the_same_queries_for_one_and_three(settings: Settings, browser_of: Browsers) -> None:
    """98: the matches on the broker's page."""
    browser = browser_of(make.broker())
    counts = []
    for number in (1, 2):
        for _ in range(number):
            pair = make_pair()
            answer_match(pair.lab.actor, pair.match_id, AnswerKind.INTERESTED)
        with statements() as sent:
            browser.get("/broker")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_pair_is_shown_before_its_case_is_opened(settings: Settings, browser_of: Browsers) -> None:
    """Numbers or addresses; the second press leads to what is there; a pair has one case at a time."""
    pair, browser = make_pair(title="参渣干燥"), browser_of(make.broker())
    path = f"/broker/open?need=/needs/{pair.need_id}&achievement=achievement-{pair.offer_id}"
    assert "参渣干燥" in browser.get(path).text
    form = {"need": pair.need_id, "achievement": pair.offer_id}
    opened = submit(browser, "/broker/open", form, path)
    assert opened.status_code == 303
    assert opened.location.startswith("/cases/")
    assert "已有工单" in browser.get(path).text
    again = submit(browser, "/broker/open", form, "/broker")
    assert again.status_code == 409
    assert "这一对已有工单" in again.text


@pytest.mark.parametrize(("need", "achievement"), [("", ""), ("x", "y"), ("99999999999", "1"), ("-1", "1"), ("<b>", "\x00")])
def test_numbers_of_nothing_are_told(settings: Settings, browser_of: Browsers, need: str, achievement: str) -> None:
    """Bad input: empty, words, too large, markup."""
    browser = browser_of(make.broker())
    assert browser.get("/broker/open", query_string={"need": need, "achievement": achievement}).status_code == 200
    answer = submit(browser, "/broker/open", {"need": need, "achievement": achievement}, "/broker/open")
    assert answer.status_code == 422
    assert "<b>" not in answer.text


def test_drafts_cannot_be_brought_together(settings: Settings, browser_of: Browsers) -> None:
    """What is not published is as absent as an unknown number, in the preview and in the act."""
    firm = make.enterprise()
    draft, offer = make.draft(firm, "need", title="未公开的草稿"), make.published(make.institute(), "achievement")
    browser = browser_of(make.broker())
    page = browser.get(f"/broker/open?need={draft}&achievement={offer}").text
    assert "未公开的草稿" not in page
    assert "没有找到已发布的需求" in page
    assert submit(browser, "/broker/open", {"need": draft, "achievement": offer}, "/broker/open").status_code == 409


def test_only_brokers_and_operators_have_it(settings: Settings, browser_of: Browsers) -> None:
    """49: members are refused, visitors are asked to log in."""
    assert browser_of(make.enterprise()).get("/broker").status_code == 403
    assert browser_of(make.enterprise()).get("/broker/open").status_code == 403
    assert browser_of(make.operator()).get("/broker").status_code == 200
