"""My matches: boxes, order, counts, constant queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from indexes import statistics
from matcher.actions.matches import answer_match
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make
from tests.factories import Person
from tests.unit.web.work import make_pair, statements, writes

Browsers = Callable[[Person], FlaskClient]


def test_boxes_follow_the_answers(settings: Settings, browser_of: Browsers) -> None:
    """Each answer moves the match to its own box; the count stands at the tab."""
    firm = make.enterprise()
    pairs = [make_pair(firm, title=f"第{n}条需求的题目") for n in range(4)]
    answer_match(firm.actor, pairs[1].match_id, AnswerKind.INTERESTED)
    answer_match(firm.actor, pairs[2].match_id, AnswerKind.LATER)
    answer_match(firm.actor, pairs[3].match_id, AnswerKind.REFUSED, Refusal.PRICE)
    browser = browser_of(firm)
    for number, box in enumerate(("open", "waiting", "later", "refused")):
        page = browser.get(f"/matches?box={box}").text
        assert [f"第{n}条需求" in page for n in range(4)] == [n == number for n in range(4)]


def test_empty_boxes_say_why_and_what_helps(settings: Settings, browser_of: Browsers) -> None:
    """Every empty box has its own sentence."""
    browser = browser_of(make.enterprise())
    pages = [browser.get(f"/matches?box={box}").text for box in ("open", "waiting", "later", "refused")]
    for page, words in zip(pages, ("还没有匹配", "没有在等对方", "14 天", "没有回绝过"), strict=True):
        assert words in page
    assert "加入或登记一家单位" in browser_of(make.add_person()).get("/matches").text


@pytest.mark.parametrize("path", ["/matches?box=nonsense", "/matches?page=0", "/matches?page=99999", "/matches?page=x"])
def test_nonsense_in_the_address_is_the_first_page(settings: Settings, browser_of: Browsers, path: str) -> None:
    """Bad input: unknown boxes and pages."""
    assert browser_of(make.enterprise()).get(path).status_code == 200


def test_visitors_are_asked_to_log_in(client: FlaskClient) -> None:
    """And come back to where they wanted to go."""
    response = client.get("/matches?box=later")
    assert response.status_code == 302
    assert "next=/matches?box%3Dlater" in response.location


def test_one_and_three_items_take_the_same_queries(settings: Settings, browser_of: Browsers) -> None:
    """98: the number of queries of the inbox does not grow with its items."""
    one, three = make.enterprise(), make.enterprise()
    make_pair(one)
    for _ in range(3):
        make_pair(three)
    counts = []
    for person in (one, three):
        browser = browser_of(person)
        with statements() as sent:
            assert browser.get("/matches").status_code == 200
        counts.append(len(sent))
        assert not writes(sent)
    assert counts[0] == counts[1]


def test_matches_of_a_record_are_its_owners(settings: Settings, browser_of: Browsers) -> None:
    """52: the other side, strangers and unknown numbers get the same answer."""
    pair = make_pair(title="参渣干燥")
    assert "参渣干燥" in browser_of(pair.firm).get(f"/needs/{pair.need_id}/matches").text
    other = browser_of(pair.lab)
    answers = {other.get(path).status_code for path in (f"/needs/{pair.need_id}/matches", "/needs/999/matches",
                                                         "/needs/99999999999/matches")}
    assert answers == {404}


def test_matches_of_a_record_take_the_same_queries(settings: Settings, browser_of: Browsers) -> None:
    """98: the matches of one record with 1 and 3 of them."""
    firm, labs = make.enterprise(), [make.institute() for _ in range(3)]
    counts = []
    statistics.current()  # the page of a need looks for the newest snapshot once a minute
    for number in (1, 3):
        need_id = make.published(firm, "need")
        for lab in labs[:number]:
            make.matched(need_id, make.published(lab, "achievement"))
        with statements() as sent:
            assert browser_of(firm).get(f"/needs/{need_id}/matches").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
