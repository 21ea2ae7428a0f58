"""仍有效? by mail: signed, one confirming click, bound to one person, one record, one question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from config.settings import Settings
from matcher import clock, links
from matcher.actions import records
from matcher.actions.organisations import leave_organisation
from matcher.db import reading
from matcher.freshness.terms import round_of
from matcher.links import FreshnessAct, FreshnessLink
from matcher.models import AuditEvent
from matcher.signing import sign
from matcher.vocabulary import Kind
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import statements, writes
from workers.freshness import keep_fresh

Browsers = Callable[[Person], FlaskClient]
DAY = timedelta(days=1)


@pytest.fixture
def firm(settings: Settings) -> Person:
    return make.enterprise()


@pytest.fixture
def need(firm: Person) -> int:
    return make.published(firm, "need")


def link(settings: Settings, person: Person, need: int, act: FreshnessAct = FreshnessAct.VALID) -> str:
    """The path that the mail carries."""
    asked = FreshnessLink(person.id, Kind.NEED, need, act, round_of(make.load("need", need)))
    return urlsplit(links.freshness(settings, asked)).path


def actions_of(need: int) -> list[str]:
    """What was done to the record, in order."""
    with reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.object_kind == "needs", AuditEvent.object_id == need)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def silence(settings: Settings, *days: int) -> None:
    for count in days:
        with clock.at(clock.now() + count * DAY):
            keep_fresh(settings)


def test_opening_changes_nothing_and_one_click_confirms(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    """Works without logging in; mail scanners that follow links, even twice, confirm nothing."""
    before, path = make.load("need", need).last_confirmed, link(settings, firm, need)
    with statements() as sent:
        assert client.get(path).status_code == client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert not writes(sent)
    assert submit(client, path).status_code == 200
    after = make.load("need", need).last_confirmed
    assert before is not None
    assert after is not None
    assert after > before


def test_a_double_click_confirms_once(settings: Settings, client: FlaskClient, firm: Person, need: int) -> None:
    """The second press finds the question answered and says so."""
    path = link(settings, firm, need)
    token = token_in(client.get(path).text)
    pages = [client.post(path, data={"csrf_token": token}) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert "已有答复" in pages[1].text
    assert actions_of(need).count("record.confirm") == 1


def test_withdrawing_by_link(settings: Settings, client: FlaskClient, firm: Person, need: int) -> None:
    path = link(settings, firm, need, FreshnessAct.WITHDRAW)
    assert "已撤下" in submit(client, path).text
    assert make.load("need", need).state == "withdrawn"
    assert "已有答复" in client.get(path).text


def test_a_link_of_an_answered_question_withdraws_nothing(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    """A colleague confirmed meanwhile: the older mail's link to withdraw is spent."""
    path = link(settings, firm, need, FreshnessAct.WITHDRAW)
    records.confirm_record(firm.actor, "need", need)
    with clock.at(clock.now() + DAY):
        records.confirm_record(firm.actor, "need", need)
    assert "已有答复" in client.get(path).text
    assert make.load("need", need).state == "published"


def test_an_archived_record_comes_back_by_one_click(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    """The link of the first question brings it back as well as that of the last mail."""
    path = link(settings, firm, need)
    silence(settings, 60, 74, 104)
    assert "恢复展示" in client.get(path).text
    assert submit(client, path).status_code == 200
    assert make.load("need", need).state == "published"
    assert actions_of(need)[-1] == "record.revive"


def test_forged_links_are_refused(settings: Settings, client: FlaskClient, firm: Person, need: int) -> None:
    """Changed, cut, of another purpose, key, person or record: one answer for all, nothing done."""
    stranger = make.enterprise()
    other_need = make.published(stranger, "need")
    path = link(settings, firm, need)
    data = {"user": firm.id, "kind": "need", "record": need, "act": "valid", "round": 1}
    other = settings.model_copy(update={"secret_key": "other-" + "x" * 40})
    forged = [
        path[:-3],
        path[:6] + ("A" if path[6] != "A" else "B") + path[7:],
        "/f/" + sign(settings, "answer", data),
        "/f/" + sign(other, "freshness", data),
        "/f/" + sign(settings, "freshness", {**data, "act": "publish"}),
        "/f/" + sign(settings, "freshness", {**data, "kind": "user"}),
        "/f/" + sign(settings, "freshness", {**data, "user": 10**6}),
        "/f/" + sign(settings, "freshness", {**data, "record": other_need}),
        "/f/" + sign(settings, "freshness", {"user": firm.id}),
        link(settings, stranger, need),
        "/f/" + "x" * 5000,
        "/f/%00%ff",
    ]
    assert [client.get(each).status_code for each in forged] == [404] * len(forged)
    assert actions_of(need)[-1] == "record.review"


def test_links_expire_and_end_with_the_membership(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    with time_machine.travel(clock.now().timestamp() - 61 * 24 * 3600, tick=False):
        old = link(settings, firm, need)
    assert client.get(old).status_code == 404
    path = link(settings, firm, need)
    leave_organisation(firm.actor)
    assert client.get(path).status_code == 404


def test_the_form_cannot_turn_the_link_into_another_act(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    submit(client, link(settings, firm, need), {"act": "withdraw", "record": "1"})
    assert make.load("need", need).state == "published"


def test_the_list_offers_what_was_archived(settings: Settings, browser_of: Browsers, firm: Person, need: int) -> None:
    """Without the mail: a button in 我的发布, harmless when pressed twice."""
    silence(settings, 60, 74, 104)
    client = browser_of(firm)
    path = f"/publish/need/{need}/revive"
    assert path in client.get("/publish/mine").text
    assert submit(client, path, {"from": "mine"}, page="/publish/mine").status_code == 303
    assert make.load("need", need).state == "published"
    assert path not in client.get("/publish/mine").text


def test_cards_and_pages_say_when_it_was_confirmed(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    """N5: 最近确认 12 天前; of a silent record, that nobody answered."""
    zh = {"Accept-Language": "zh"}
    with time_machine.travel(clock.now() + 12 * DAY, tick=False):
        assert "最近确认 12 天前" in client.get(f"/needs/{need}", headers=zh).text
    silence(settings, 60, 74)
    with time_machine.travel(clock.now() + 75 * DAY, tick=False):
        page = client.get(f"/needs/{need}", headers=zh).text
    assert "未确认，上次是 2 个月前" in page
    assert "询问后没有答复" in page


def test_the_landing_page_shows_what_somebody_answers_for(
    settings: Settings, client: FlaskClient, firm: Person, need: int
) -> None:
    """M43: a silent record is not among the newest; once confirmed it is again."""
    assert f'/needs/{need}"' in client.get("/").text
    silence(settings, 60, 74)
    assert f'/needs/{need}"' not in client.get("/").text
    records.confirm_record(firm.actor, "need", need)
    assert f'/needs/{need}"' in client.get("/").text
