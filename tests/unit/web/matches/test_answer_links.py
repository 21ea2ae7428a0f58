"""Answers by mail: signed, confirmed by one click, bound to one person, one match and one answer."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock, links
from matcher.actions import records
from matcher.actions.organisations import leave_organisation
from matcher.db import reading
from matcher.models import Answer
from matcher.signing import sign
from matcher.vocabulary import AnswerKind
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, make_case, make_pair, statements, writes

Browsers = Callable[[Person], FlaskClient]
DAYS = 24 * 3600


@pytest.fixture
def pair(settings: Settings) -> Pair:
    """An open match."""
    return make_pair()


def link(settings: Settings, person: Person, pair: Pair, answer: AnswerKind = AnswerKind.INTERESTED) -> str:
    """The path that the mail carries."""
    return urlsplit(links.answer(settings, links.AnswerLink(person.id, pair.match_id, answer))).path


def answers() -> list[tuple[str, int, str]]:
    """Everything that was answered: side, person, answer."""
    with reading() as session:
        return [(row.side, row.user_id, row.answer) for row in session.query(Answer)]


def test_opening_changes_nothing_and_one_click_answers(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """44: works without logging in; mail scanners that follow links, even twice, answer nothing."""
    path = link(settings, pair.firm, pair)
    with statements() as sent:
        assert client.get(path).status_code == client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert not writes(sent)
    assert submit(client, path).status_code == 200
    assert answers() == [("need", pair.firm.id, "interested")]
    assert submit(client, path).status_code == 200
    assert len(answers()) == 1


def test_second_yes_by_link_opens_the_case(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """Both sides may answer by mail alone."""
    submit(client, link(settings, pair.firm, pair))
    assert "工单已开启" in submit(client, link(settings, pair.lab, pair)).text


def test_a_refusal_asks_for_its_reason(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """The link says no, the page asks why."""
    path = link(settings, pair.firm, pair, AnswerKind.REFUSED)
    assert submit(client, path).status_code == 422
    assert submit(client, path, {"reason": "price"}).status_code == 200
    assert answers() == [("need", pair.firm.id, "refused")]


def test_the_form_cannot_turn_the_link_into_another_answer(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """44: what the link names counts, whatever else is sent."""
    path = link(settings, pair.firm, pair, AnswerKind.LATER)
    submit(client, path, {"answer": "interested", "user": str(pair.lab.id), "match": "1"})
    assert answers() == [("need", pair.firm.id, "later")]


def test_forged_links_are_refused(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """44: changed, cut, made for another purpose or with another key: one answer for all, nothing stored."""
    path = link(settings, pair.firm, pair)
    data = {"user": pair.firm.id, "match": pair.match_id, "answer": "interested"}
    other = settings.model_copy(update={"secret_key": "other-" + "x" * 40})
    forged = [
        path[:-3],
        path[:6] + ("A" if path[6] != "A" else "B") + path[7:],
        "/a/" + sign(settings, "unsubscribe", data),
        "/a/" + sign(other, "answer", data),
        "/a/" + sign(settings, "answer", {**data, "answer": "perhaps"}),
        "/a/" + sign(settings, "answer", {"user": pair.firm.id}),
        "/a/" + "x" * 5000,
        "/a/%00%ff",
    ]
    pages = {client.get(each).status_code for each in forged}
    assert pages == {404}
    assert answers() == []


def test_links_expire_and_end_with_the_membership(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """44: after 60 days, after leaving the organisation, and after the record is gone, the link is dead."""
    path = link(settings, pair.firm, pair)
    records.withdraw_record(pair.lab.actor, "achievement", pair.offer_id, make.version("achievement", pair.offer_id))
    assert client.get(path).status_code == 404
    second = make_pair()
    path = link(settings, second.firm, second)
    leave_organisation(second.firm.actor)
    assert client.get(path).status_code == 404
    third = make_pair()
    old = sign_at(settings, third, -61 * DAYS)
    assert client.get(old).status_code == 404


def sign_at(settings: Settings, pair: Pair, seconds: int) -> str:
    """A link as it was signed that many seconds from now."""
    with time_machine.travel(clock.now().timestamp() + seconds, tick=False):
        return link(settings, pair.firm, pair)


def test_a_link_of_a_stranger_answers_nothing(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """44: a valid signature for a person who is on neither side is no way in."""
    stranger = make.enterprise()
    assert client.get(link(settings, stranger, pair)).status_code == 404


def test_after_the_case_the_link_says_so(settings: Settings, pair: Pair, client: FlaskClient) -> None:
    """No second opening; the page shows what became of the match."""
    path = link(settings, pair.firm, pair, AnswerKind.REFUSED)
    token = token_in(client.get(path).text)
    make_case(pair)
    response = client.post(path, data={"reason": "price", "csrf_token": token})
    assert response.status_code == 409
    assert "请在工单中继续" in response.text
