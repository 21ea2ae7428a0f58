"""The match page: what each side sees and may do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions import records
from matcher.actions.matches import answer_match
from matcher.db import transaction
from matcher.models import User
from matcher.views import add_views
from matcher.vocabulary import AnswerKind
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, case_of, make_case, make_pair, match_of, statements, writes

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def pair(settings: Settings) -> Pair:
    """An open match; the need is anonymous."""
    return make_pair(make.enterprise(name="辽河秘密机械厂", phone="0431-1234567"), anonymous=True)


def test_two_yeses_lead_to_the_case(pair: Pair, browser_of: Browsers) -> None:
    """The first yes waits, the second opens the case and leads there."""
    page = f"/matches/{pair.match_id}"
    first = submit(browser_of(pair.firm), f"{page}/answer", {"answer": "interested"}, page)
    assert (first.status_code, first.location) == (303, page)
    second = submit(browser_of(pair.lab), f"{page}/answer", {"answer": "interested"}, page)
    assert second.location.startswith("/cases/")


def test_anonymous_owner_and_contacts_stay_hidden(pair: Pair, browser_of: Browsers) -> None:
    """Contacts are shown to the other side only after both said yes; so is an anonymous need's owner."""
    page = browser_of(pair.lab).get(f"/matches/{pair.match_id}").text
    for secret in ("辽河秘密机械厂", pair.firm.email, "0431-1234567"):
        assert secret not in page
    assert "某企业（通化市）" in page
    assert "辽河秘密机械厂" in browser_of(pair.firm).get(f"/matches/{pair.match_id}").text
    case = browser_of(pair.lab).get(f"/cases/{make_case(pair)}").text
    for shown in ("辽河秘密机械厂", pair.firm.email, "0431-1234567"):
        assert shown in case


def test_refusal_without_reason_keeps_what_was_typed(pair: Pair, browser_of: Browsers) -> None:
    """A message at the field, 422, and the comment still there."""
    page = f"/matches/{pair.match_id}"
    response = submit(browser_of(pair.firm), f"{page}/answer", {"answer": "refused", "comment": "<b>太贵</b>"}, page)
    assert response.status_code == 422
    assert "请选择原因" in response.text
    assert "&lt;b&gt;太贵&lt;/b&gt;" in response.text


@pytest.mark.parametrize("answer", ["", "maybe", "interested\x00", "x" * 5000])
def test_wrong_enumeration_is_refused(pair: Pair, browser_of: Browsers, answer: str) -> None:
    """Bad input: no answer that we know."""
    page = f"/matches/{pair.match_id}"
    assert submit(browser_of(pair.firm), f"{page}/answer", {"answer": answer}, page).status_code == 422
    wrong = submit(browser_of(pair.firm), f"{page}/answer", {"answer": "refused", "reason": "because"}, page)
    assert wrong.status_code == 422


def test_pressing_twice_is_harmless(pair: Pair, browser_of: Browsers) -> None:
    """The same answer twice is one answer; taking back twice is one taking back."""
    browser, page = browser_of(pair.firm), f"/matches/{pair.match_id}"
    for _ in range(2):
        assert submit(browser, f"{page}/answer", {"answer": "interested"}, page).status_code == 303
    for _ in range(2):
        assert submit(browser, f"{page}/retract", {}, page).status_code == 303


def test_answers_after_the_case_are_told_to_go_on_there(pair: Pair, browser_of: Browsers) -> None:
    """409 with a sentence and the way to the case."""
    browser, page = browser_of(pair.firm), f"/matches/{pair.match_id}"
    token = token_in(browser.get(page).text)
    case_id = make_case(pair)
    response = browser.post(f"{page}/answer", data={"answer": "later", "csrf_token": token})
    assert response.status_code == 409
    assert case_of(case_id).number in response.text


def test_matches_of_others_are_not_found(pair: Pair, browser_of: Browsers, client: FlaskClient) -> None:
    """52: foreign and unknown numbers, and matches whose record was withdrawn, get the same answer."""
    stranger = browser_of(make.enterprise())
    paths = (f"/matches/{pair.match_id}", "/matches/999", "/matches/99999999999999")
    assert {stranger.get(path).status_code for path in paths} == {404}
    assert client.get(paths[0]).status_code == 302
    records.withdraw_record(pair.lab.actor, "achievement", pair.offer_id, make.version("achievement", pair.offer_id))
    assert browser_of(pair.firm).get(paths[0]).status_code == 404


def test_reading_writes_nothing_and_is_counted(pair: Pair, app: Flask, browser_of: Browsers) -> None:
    """53: a GET leaves the database alone; the mark reaches it with the next batch, once per side."""
    with statements() as sent:
        browser_of(pair.lab).get(f"/matches/{pair.match_id}")
    assert not writes(sent)
    waiting = app.extensions["views_counter"].waiting
    assert [field.rpartition(":")[2] for field in waiting] == ["offer"]
    add_views("batch-1", waiting)
    read = match_of(pair.match_id).offer_read_at
    assert read is not None
    assert match_of(pair.match_id).need_read_at is None
    add_views("batch-2", waiting)
    assert match_of(pair.match_id).offer_read_at == read


def test_the_other_sides_yes_is_told_its_no_is_not(pair: Pair, browser_of: Browsers) -> None:
    """A yes waits for an answer; later and no stay with whoever said them."""
    answer_match(pair.lab.actor, pair.match_id, AnswerKind.LATER)
    page = f"/matches/{pair.match_id}"
    assert "对方有兴趣" not in browser_of(pair.firm).get(page).text
    answer_match(pair.lab.actor, pair.match_id, AnswerKind.INTERESTED)
    assert "对方有兴趣" in browser_of(pair.firm).get(page).text
    assert "对方有兴趣" in browser_of(pair.firm).get("/matches").text


def test_without_a_token_nothing_happens(pair: Pair, browser_of: Browsers) -> None:
    """53: an answer without the page's token is refused."""
    response = browser_of(pair.firm).post(f"/matches/{pair.match_id}/answer", data={"answer": "interested"})
    assert response.status_code == 400
    assert match_of(pair.match_id).state == "open"


def test_unverified_people_read_but_do_not_answer(pair: Pair, browser_of: Browsers) -> None:
    """The page says what is missing instead of offering buttons."""
    with transaction() as session:
        session.get_one(User, pair.firm.id).verified_at = None
    page = browser_of(pair.firm).get(f"/matches/{pair.match_id}").text
    assert "验证邮箱后可以答复" in page
    assert 'value="interested"' not in page
