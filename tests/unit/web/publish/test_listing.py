"""One record before and after it goes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from config.settings import Settings
from indexes.documents import build, passage, with_vector
from indexes.engine import Upsert
from indexes.opening import encoder_or_none, ensure_live, open_engine
from matcher import clock, db
from matcher.actions import matches, records
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.models import MODELS
from tests.factories import Person, again, draft, enterprise, institute, matched, published, version
from tests.unit.web.browsing import submit
from tests.unit.web.publish.sheets import load
from web.publish.similar import similar

Browser = Callable[[Person], FlaskClient]
ZH = {"Accept-Language": "zh"}


def press(client: FlaskClient, kind: str, number: int, what: str, sent_version: int | None = None) -> int:
    """Press one of the buttons of the record's page; the status."""
    path = f"/publish/{kind}/{number}"
    sent = {"version": str(sent_version or version(kind, number))}
    return submit(client, f"{path}/{what}", sent, page="/account").status_code


def submitted(person: Person, **fields: object) -> int:
    """A need that waits for its review."""
    number = draft(person, "need", **fields)
    records.submit_record(person.actor, "need", number, version("need", number))
    return number


def test_the_check_names_what_is_missing_and_where_to_fill_it_in(browser_of: Browser) -> None:
    """There is no submit button until everything is there; pressing one anyway changes nothing."""
    person = enterprise()
    number = draft(person, "need", problem="", deadline=None, budget_max=None, budget_min=None)
    client = browser_of(person)
    page = client.get(f"/publish/need/{number}").text
    for place in ("what#problem", "terms#deadline", "terms#budget_max"):
        assert f"/publish/need/{number}/step/{place}" in page
    assert f"/publish/need/{number}/submit" not in page
    assert press(client, "need", number, "submit") == 303
    assert load("need", number).state == "draft"


def test_submitting_twice_submits_once(browser_of: Browser) -> None:
    """Double submit is harmless; the page then says that it waits, and offers to take it back."""
    person = enterprise()
    number = draft(person, "need")
    client, first = browser_of(person), version("need", number)
    assert press(client, "need", number, "submit", first) == 303
    assert press(client, "need", number, "submit", first) == 303
    assert load("need", number).state == "submitted"
    page = client.get(f"/publish/need/{number}", headers=ZH).text
    assert "等待审核" in page
    assert f"/publish/need/{number}/withdraw" in page


def test_submitting_what_a_colleague_changed_asks_to_look_again(browser_of: Browser) -> None:
    """A version that the person has not seen is not submitted in their name."""
    person = enterprise()
    number = draft(person, "need")
    assert press(browser_of(person), "need", number, "submit", version("need", number) + 5) == 303
    assert load("need", number).state == "draft"


def test_withdrawing_and_confirming(browser_of: Browser) -> None:
    """Each is harmless when pressed twice or on a page that has grown old."""
    person = enterprise()
    number = published(person, "need")
    client = browser_of(person)
    confirmed = load("need", number).last_confirmed
    assert press(client, "need", number, "confirm") == 303
    assert load("need", number).last_confirmed > confirmed
    assert press(client, "need", number, "withdraw", 1) == 303
    assert load("need", number).state == "published"
    assert press(client, "need", number, "withdraw") == 303
    assert press(client, "need", number, "withdraw") == 303
    assert load("need", number).state == "withdrawn"
    assert press(client, "need", number, "confirm") == 409
    assert press(client, "need", draft(person, "need", title="草稿"), "withdraw") == 303


def test_the_preview_is_what_a_visitor_sees(app: Flask, browser_of: Browser) -> None:
    """The same body as the public page, word for word; an anonymous need gives nothing away."""
    person = enterprise(name="绝密参业有限公司")
    number = published(person, "need", anonymous=True, detail_restricted="受限的话")
    preview = browser_of(person).get(f"/publish/need/{number}/preview", headers=ZH).text
    public = app.test_client().get(f"/needs/{number}", headers=ZH).text

    def body(page: str) -> str:
        return page[page.index('<div class="record-head') : page.index("</aside>")].replace(
            f"/publish/need/{number}/preview", f"/needs/{number}"
        )

    assert body(preview).split() == body(public).split()
    assert "绝密参业" not in body(preview)
    assert "受限的话" not in preview


def test_who_will_see_what_is_said_before_submitting(browser_of: Browser) -> None:
    """By kind, anonymity, restricted detail and an expert's consent."""
    person, other = enterprise(), institute()
    client = browser_of(person)
    secret = client.get(
        f"/publish/need/{draft(person, 'need', anonymous=True, detail_restricted='x')}", headers=ZH
    ).text
    assert "单位名称、填写人的联系方式" in secret
    assert "受限详情，每次打开都留痕" in secret
    expert = draft(other, "expert", consent="brokers")
    assert "技术经纪人和运营人员" in browser_of(other).get(f"/publish/expert/{expert}", headers=ZH).text


@pytest.fixture
def filled_index(settings: Settings) -> Callable[[], None]:
    """Put everything published into the live index."""

    def fill() -> None:
        engine, encoder = open_engine(settings), encoder_or_none(settings)
        assert encoder is not None
        ensure_live(engine, encoder)
        with reading() as session:
            for kind, model in MODELS.items():
                for record in session.query(model):
                    document = build(record)
                    if document is not None:
                        encode = encoder.encode_queries if kind == "need" else encoder.encode_passages
                        engine.apply([Upsert(with_vector(document, encode([passage(record)])[0]))])
        engine.close()

    return fill


def test_a_similar_listing_is_shown_before_submitting(
    browser_of: Browser, filled_index: Callable[[], None]
) -> None:
    """F07: by words and by meaning, of the same kind, published ones only, not itself."""
    person, other = enterprise(), institute()
    published(enterprise(), "need", title="人参加工废渣的干燥和高值利用")
    published(
        person,
        "need",
        title="零下三十度锂电池快速充电",
        problem="低温电池升温慢。",
        keywords=["电池"],
        indicators=[],
    )
    published(other, "achievement", title="人参加工废渣的干燥和高值利用")
    draft(enterprise(), "need", title="人参加工废渣的干燥和高值利用之二")
    number = draft(person, "need")
    filled_index()
    page = browser_of(person).get(f"/publish/need/{number}", headers=ZH).text
    near = page[page.index('id="near"') : page.index("</section>", page.index('id="near"'))]
    assert "人参加工废渣的干燥和高值利用" in near
    assert near.count("<article") == 1
    assert f"/publish/need/{number}/submit" in page


def test_without_the_index_one_may_go_on(app: Flask, browser_of: Browser) -> None:
    """F07: the page says that the check is away, and the button is there."""
    person = enterprise()
    number = draft(person, "need")
    page = browser_of(person).get(f"/publish/need/{number}", headers=ZH).text
    assert "查重暂时不可用" in page
    assert f"/publish/need/{number}/submit" in page
    with app.test_request_context():
        assert similar(load("need", number)) is None


def test_the_list_says_what_became_of_each(browser_of: Browser) -> None:
    """F21, F22: matches, answers, refusals with their reasons as counts; never who refused."""
    person, other = enterprise(), institute(name="不愿透露的研究院")
    need, offer = published(person, "need"), published(other, "achievement")
    match_id = matched(need, offer)
    matches.answer_match(other.actor, match_id, "refused", reason="price")
    page = browser_of(person).get("/publish/mine", headers=ZH).text
    assert "匹配 1，答复 1：有兴趣 0，不合适 1" in page
    assert "价格过高 × 1" in page
    assert "不愿透露的研究院" not in page
    assert "价格过高 × 1" in browser_of(person).get(f"/publish/need/{need}", headers=ZH).text


def test_a_returned_record_comes_first_with_the_remark(browser_of: Browser) -> None:
    """The remark stands in the list, on the record's page and above each step."""
    person = enterprise()
    number = submitted(person)
    records.review_record(
        SYSTEM, "need", number, version("need", number), publish=False, remark="请写明测试条件"
    )
    published(person, "need", title="另一条")
    client = browser_of(person)
    page = client.get("/publish/mine", headers=ZH).text
    assert page.index("请写明测试条件") < page.index("另一条")
    for path in (f"/publish/need/{number}", f"/publish/need/{number}/step/indicators"):
        assert "请写明测试条件" in client.get(path).text


def test_the_list_has_boxes_and_pages(browser_of: Browser) -> None:
    """Nonsense in the address shows the first page of everything."""
    person = enterprise()
    for number in range(22):
        draft(person, "need", title=f"草稿第{number}号")
    published(person, "need", title="已经发布的")
    client = browser_of(person)
    assert client.get("/publish/mine?page=2").text.count("<article") == 3
    assert client.get("/publish/mine?box=live").text.count("<article") == 1
    assert client.get("/publish/mine?box=down").text.count("<article") == 0
    for query in ("page=0", "page=x", "page=99999", "box=nonsense", "page=²"):
        assert client.get(f"/publish/mine?{query}").status_code == 200


def test_an_old_listing_asks_to_be_confirmed(browser_of: Browser) -> None:
    """N5: after three months without a word, and before its time ends."""
    person = enterprise()
    with clock.at(clock.now() - timedelta(days=100)):
        number = published(person, "need", title="三个月前的")
    client = browser_of(again(person))
    path = f"/publish/need/{number}/confirm"
    assert path in client.get("/publish/mine").text
    assert submit(client, path, {"from": "mine"}, page="/publish/mine").headers["Location"] == "/publish/mine"
    assert path not in client.get("/publish/mine").text


def test_the_list_reads_the_database_equally_often(browser_of: Browser) -> None:
    """98: one record or ten: the same number of queries."""
    person = enterprise()
    client = browser_of(person)
    counted = []
    for number in (1, 9):
        for place in range(number):
            published(person, "need", title=f"第{number}批{place}")
        statements: list[str] = []

        def note(*args: object, seen: list[str] = statements) -> None:
            seen.append(str(args[2]))

        event.listen(db.engine(), "before_cursor_execute", note)
        assert client.get("/publish/mine").status_code == 200
        event.remove(db.engine(), "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_a_draft_is_deleted_from_ones_own_list(browser_of: Browser) -> None:
    """The button stands at drafts alone; afterwards the draft is neither listed nor found; a stale press keeps it."""
    person = enterprise()
    number, live = draft(person, "need", title="不要了"), published(person, "need", title="留下的")
    client = browser_of(person)
    page = client.get("/publish/mine").text
    assert f"/publish/need/{number}/delete" in page
    assert f"/publish/need/{live}/delete" not in page
    assert press(client, "need", number, "delete", 99) == 303
    assert load("need", number).title == "不要了"
    answer = submit(client, f"/publish/need/{number}/delete", {"version": "1"}, page="/account")
    assert (answer.status_code, answer.location) == (303, "/publish/mine")
    page = client.get("/publish/mine").text
    assert "已删除草稿：不要了" in page
    assert f"/publish/need/{number}" not in page
    assert client.get(f"/publish/need/{number}").status_code == 404
    assert press(client, "need", live, "delete") == 303
    assert load("need", live).state == "published"
