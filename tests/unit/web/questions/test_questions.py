"""From a need's matches or an achievement's page to the answer about a pair: entries, bad input, honest words, and again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from indexes import statistics, sync
from indexes.engine import EngineUnavailableError
from indexes.opening import ensure_live, open_engine
from matcher.db import reading, transaction
from matcher.models import Question
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.work import Pair, make_pair, statements, writes
from tests.unit.workers.test_matching import UNRELATED
from web.index import Index

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def pair(app: Flask, settings: Settings) -> Pair:
    """A firm and a lab with a match, and a second achievement, all in a real index by words alone."""
    pair = make_pair(make.enterprise(name="辽河秘密机械厂"), anonymous=True, min_trl=8)
    make.published(pair.lab, "achievement", **UNRELATED)
    index(app, settings)
    return pair


def index(app: Flask, settings: Settings) -> None:
    engine = open_engine(settings)
    ensure_live(engine, None)
    while sync.step(engine, None).handled:
        pass
    statistics.take(None)
    app.extensions["index"] = Index(engine, None)


def only_question() -> Question:
    with reading() as session:
        return session.query(Question).one()


def test_from_the_matches_to_the_answer(pair: Pair, browser_of: Browsers) -> None:
    """The owner of a need asks by an address, and reads level, cause, reasons, versions and path."""
    firm, lead = browser_of(pair.firm), f"/needs/{pair.need_id}/why"
    for page in (f"/needs/{pair.need_id}/matches", f"/needs/{pair.need_id}"):
        assert f'href="{lead}"' in firm.get(page).text
    other = pair.offer_id + 1
    asked = submit(firm, lead, {"other": f"https://daqiao.example/achievements/{other}?from=mail"})
    assert asked.status_code == 303
    page = firm.get(asked.location).text
    question = only_question()
    for shown in ("没有推荐，因为", "0.15（弱相关）", "无相关", "Cataloguing old books", "需求第", "号快照", question.need_hash[:6]):
        assert shown in page, shown
    assert "开展中试" in page or "开展产业化验证" in page
    assert "完全一致" in firm.get(f"{asked.location}?again=1").text
    assert submit(firm, lead, {"other": str(other)}).location == asked.location


def test_from_an_achievements_page_for_the_owner_of_a_need(pair: Pair, browser_of: Browsers) -> None:
    """与我的需求对照: one's own published needs with a button each, no draft and nobody else's."""
    draft, foreign = make.draft(pair.firm, "need", title="还没写完"), make.published(make.enterprise(), "need", title="别家的需求")
    firm, lead = browser_of(pair.firm), f"/achievements/{pair.offer_id}/why"
    assert "与我的需求对照" in firm.get(f"/achievements/{pair.offer_id}").text
    page = firm.get(lead).text
    assert f'name="other" value="{pair.need_id}"' in page
    assert f'value="{draft}"' not in page
    assert "别家的需求" not in page
    assert submit(firm, lead, {"other": str(foreign)}).status_code == 403
    told = firm.get(submit(firm, lead, {"other": str(pair.need_id)}).location).text
    assert "已经推荐" in told
    assert f'href="/matches/{pair.match_id}"' in told


def test_search_finds_what_to_ask_about(pair: Pair, browser_of: Browsers) -> None:
    """Owners, brokers and operators search on the page; only achievements are offered for a need."""
    for person in (pair.firm, make.broker(), make.operator()):
        page = browser_of(person).get(f"/needs/{pair.need_id}/why?q=Cataloguing").text
        assert "old books" in page
        assert f'name="other" value="{pair.offer_id + 1}"' in page
    assert "没有找到" in browser_of(pair.firm).get(f"/needs/{pair.need_id}/why?q=zzzz").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请填写编号"),
        ("那一项", "请填写编号"),
        ("0", "请填写编号"),
        ("9" * 300, "请填写编号"),
        ("1\x00", "请填写编号"),
        ("999999", "没有找到这个编号"),
        ("/needs/1", "这里要填成果"),
        ("experts/1", "这里要填成果"),
    ],
)
def test_bad_input_gets_a_sentence_at_the_field(pair: Pair, browser_of: Browsers, typed: str, sentence: str) -> None:
    """422, the sentence, what was typed, and nothing kept."""
    response = submit(browser_of(pair.firm), f"/needs/{pair.need_id}/why", {"other": typed})
    assert response.status_code == 422
    assert sentence in response.text
    with reading() as session:
        assert session.query(Question).count() == 0


def test_what_cannot_be_answered_now_is_said(
    pair: Pair, app: Flask, browser_of: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft, a record that is not indexed yet, an index that is away: a sentence each, nothing kept."""
    firm = browser_of(pair.firm)
    draft = make.draft(pair.firm, "need")
    told = submit(firm, f"/needs/{draft}/why", {"other": str(pair.offer_id)})
    assert (told.status_code, "没有发布，不参与匹配" in told.text) == (409, True)
    fresh = make.published(pair.lab, "achievement")
    told = submit(firm, f"/needs/{pair.need_id}/why", {"other": str(fresh)})
    assert (told.status_code, "正在编入索引" in told.text) == (409, True)

    def away(_ids: object) -> None:
        raise EngineUnavailableError("gone")

    monkeypatch.setattr(app.extensions["index"].engine, "stored", away)
    told = submit(firm, f"/needs/{pair.need_id}/why", {"other": str(pair.offer_id)})
    assert (told.status_code, "查找服务暂时不可用" in told.text) == (503, True)
    with reading() as session:
        assert session.query(Question).count() == 0


def test_the_answer_is_for_who_asked(pair: Pair, browser_of: Browsers) -> None:
    """The lab that asks about an anonymous need does not learn whose it is; nobody else reads the answer."""
    lab = browser_of(pair.lab)
    asked = submit(lab, f"/needs/{pair.need_id}/why", {"other": str(pair.offer_id)})
    page = lab.get(asked.location).text
    assert "辽河秘密机械厂" not in page
    assert "某企业" in page
    for person, status in ((pair.firm, 404), (make.enterprise(), 404), (make.broker(), 200), (make.operator(), 200)):
        assert browser_of(person).get(asked.location).status_code == status
    stranger = browser_of(make.enterprise())
    assert "没有可以对照的需求" in stranger.get(f"/achievements/{pair.offer_id}/why").text
    assert submit(stranger, f"/needs/{pair.need_id}/why", {"other": str(pair.offer_id)}, "/account/organisation").status_code == 403


def test_asking_again_when_something_differs_is_told(pair: Pair, browser_of: Browsers) -> None:
    """A digit that does not come out again is named; an answer of an older ranking is said to be so. Reading writes nothing."""
    firm = browser_of(pair.firm)
    page = submit(firm, f"/needs/{pair.need_id}/why", {"other": str(pair.offer_id)}).location
    with statements() as sent:
        firm.get(f"{page}?again=1")
    assert not writes(sent)
    change(probability=0.5)
    assert "重算结果与当时不同，请告诉运营人员：probability" in firm.get(f"{page}?again=1").text
    change(ranking_version="0")
    assert "旧版本不能再算" in firm.get(f"{page}?again=1").text


def change(**values: object) -> None:
    with transaction() as session:
        for name, value in values.items():
            setattr(session.query(Question).one(), name, value)


def test_near_misses_are_offered(app: Flask, settings: Settings, browser_of: Browsers) -> None:
    """What comes nearest without a match, nearest first, of other organisations; what is matched or far is not there."""
    pair = make_pair()
    firm = pair.firm
    near = make.published(pair.lab, "achievement", title="参渣低能耗脱水干燥机")
    make.published(pair.lab, "achievement", **UNRELATED)
    index(app, settings)
    for person in (firm, make.broker()):
        page = browser_of(person).get(f"/needs/{pair.need_id}/why").text
        assert "没有推荐、但最接近的" in page
        assert f'name="other" value="{near}"' in page
        assert f'name="other" value="{pair.offer_id}"' not in page
        assert "Cataloguing" not in page
    assert "没有推荐、但最接近的" not in browser_of(pair.lab).get(f"/needs/{pair.need_id}/why").text
