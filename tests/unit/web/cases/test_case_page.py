"""The case's page: who sees what, whose move it is, what may be done, what two people at once see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.db import reading, transaction
from matcher.models import AuditEvent, Case, CaseEvent, Delivery, User
from matcher.vocabulary import CaseParty, CaseState, EndReason
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, case_of, make_case, make_pair, statements, writes

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def pair(settings: Settings) -> Pair:
    """Two sides with telephones."""
    return make_pair(make.enterprise(name="辽河机械厂", phone="0431-111"), make.institute(name="松江研究院", phone="0431-222"))


@pytest.fixture
def case_id(pair: Pair) -> int:
    """Their case, at 双方同意."""
    return make_case(pair)


def assigned(case_id: int) -> Person:
    """A broker who has the case."""
    broker = make.broker()
    cases.assign_broker(make.operator().actor, case_id, broker.id)
    return broker


def test_sides_see_each_other_and_whose_move_it_is(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Path, next step with its owner and date, both contacts."""
    page = browser_of(pair.firm).get(f"/cases/{case_id}").text
    for words in (case_of(case_id).number, "等待经纪人", "安排首次对接", "0431-111", "0431-222", pair.lab.email, "双方同意"):
        assert words in page


def test_strangers_find_nothing(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """52: another firm, another broker and unknown numbers: the same answer for pages, moves and files."""
    for person in (make.enterprise(), make.broker()):
        browser = browser_of(person)
        paths = [f"/cases/{case_id}", "/cases/999", "/cases/99999999999", f"/cases/{case_id}/files/1"]
        assert {browser.get(path).status_code for path in paths} == {404}
        token = {"csrf_token": token_in(browser.get("/cases").text)}
        for name in ("move", "plan", "end", "messages", "consent", "files", "contacts", "assign"):
            answers = [browser.post(f"/cases/{number}/{name}", data=token) for number in (case_id, 999)]
            assert {answer.status_code for answer in answers} == {404}, name


def test_proposed_case_hides_contacts_until_both_agree(settings: Settings, browser_of: Browsers) -> None:
    """A broker's proposal: anonymous owner and contacts appear with the second yes, not before."""
    pair = make_pair(make.enterprise(name="隐名机械厂", phone="0431-333"), anonymous=True)
    broker = make.broker()
    case_id = cases.open_case(broker.actor, pair.need_id, pair.offer_id)
    lab = browser_of(pair.lab)
    before = lab.get(f"/cases/{case_id}").text + lab.get("/cases").text
    assert submit(lab, f"/cases/{case_id}/consent", {"agree": "yes"}, f"/cases/{case_id}").status_code == 303
    before += lab.get(f"/cases/{case_id}").text
    for secret in ("隐名机械厂", "0431-333", pair.firm.email, make_name(pair.firm)):
        assert secret not in before
    submit(browser_of(pair.firm), f"/cases/{case_id}/consent", {"agree": "yes"}, f"/cases/{case_id}")
    after = lab.get(f"/cases/{case_id}").text
    assert all(shown in after for shown in ("隐名机械厂", "0431-333", pair.firm.email))


def make_name(person: Person) -> str:
    """The person's name."""
    with reading() as session:
        return session.get_one(User, person.id).name


def test_broker_and_operator_open_contacts_with_a_trace(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """They see contacts by a POST that leaves an audit event each time; the page alone does not show them."""
    for person in (assigned(case_id), make.operator()):
        browser = browser_of(person)
        assert "0431-111" not in browser.get(f"/cases/{case_id}").text
        assert "0431-111" in submit(browser, f"/cases/{case_id}/contacts", {}, f"/cases/{case_id}").text
    with reading() as session:
        assert session.query(AuditEvent).filter_by(action="case.open_contacts").count() == 2


def test_moves_come_from_the_table(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """A step without its condition names what is missing; with it, it is made and stands in the timeline."""
    page = f"/cases/{case_id}"
    browser = browser_of(pair.firm)
    assert "还缺少：指定经纪人" in browser.get(page).text
    refused = submit(browser, f"{page}/move", {"target": "connected", "version": case_of(case_id).version, "note": "见过面"}, page)
    assert refused.status_code == 409
    assert "还缺少以下条件：指定经纪人" in refused.text
    assert "见过面" in refused.text
    assigned(case_id)
    good = submit(browser, f"{page}/move", {"target": "connected", "version": case_of(case_id).version, "note": "见过面"}, page)
    assert good.status_code == 303
    assert case_of(case_id).state == CaseState.CONNECTED
    assert "见过面" in browser.get(page).text


@pytest.mark.parametrize("target", ["", "signed!", "converted", "ended"])
def test_illegal_moves_are_refused(pair: Pair, case_id: int, browser_of: Browsers, target: str) -> None:
    """Bad input: no such state, and a jump over the path."""
    page = f"/cases/{case_id}"
    answer = submit(browser_of(pair.firm), f"{page}/move", {"target": target, "version": case_of(case_id).version}, page)
    assert answer.status_code in (409, 422)
    assert case_of(case_id).state == CaseState.AGREED


def test_steps_of_the_broker_are_not_the_sides(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Notice and contract are the broker's: 403 with the sentence, on the page."""
    assigned(case_id)
    with transaction() as session:
        session.get_one(Case, case_id).state = CaseState.PRICING
    page = f"/cases/{case_id}"
    answer = submit(browser_of(pair.firm), f"{page}/move", {"target": "signed", "version": case_of(case_id).version}, page)
    assert answer.status_code == 403
    assert "这一步由经纪人推进" in answer.text


def test_two_people_at_once(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """A stale form gets 409, the newest content, what was typed, and the new version to send again."""
    page, old = f"/cases/{case_id}", case_of(case_id).version
    due = (clock.now() + timedelta(days=9)).date().isoformat()
    browser = browser_of(pair.firm)
    token = token_in(browser.get(page).text)
    cases.plan_step(pair.lab.actor, case_id, old, "先看样品", CaseParty.OFFER, clock.now() + timedelta(days=3))
    answer = browser.post(f"{page}/plan", data={"csrf_token": token, "version": old, "step": "我方另有安排", "party": "need", "due_at": due})
    assert answer.status_code == 409
    assert "先看样品" in answer.text
    assert "我方另有安排" in answer.text
    assert f'name="version" type="hidden" value="{case_of(case_id).version}"' in answer.text
    again = browser.post(f"{page}/plan", data={"csrf_token": token, "version": case_of(case_id).version, "step": "我方另有安排", "party": "need", "due_at": due})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"step": ""}, "请填写"),
        ({"due_at": "2001-01-01"}, "日期已过"),
        ({"due_at": "tomorrow"}, "请填写日期"),
        ({"party": "boss"}, "请选择由谁完成"),
    ],
)
def test_next_step_messages_stand_at_their_field(
    pair: Pair, case_id: int, browser_of: Browsers, fields: dict[str, str], words: str
) -> None:
    """Bad input: empty, past, no date, nobody."""
    page = f"/cases/{case_id}"
    good = {"version": str(case_of(case_id).version), "step": "试制", "party": "offer", "due_at": "2099-01-01"}
    answer = submit(browser_of(pair.firm), f"{page}/plan", good | fields, page)
    assert answer.status_code == 422
    assert words in answer.text


def test_double_submits_are_harmless(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """The same form twice: one message, one step, one end, and no error page."""
    assigned(case_id)
    page, version = f"/cases/{case_id}", case_of(case_id).version
    browser = browser_of(pair.firm)
    token = {"csrf_token": token_in(browser.get(page).text)}
    forms = [
        ("messages", {"body": "您好", "once": "abc"}),
        ("move", {"target": "connected", "version": version}),
        ("plan", {"version": version + 1, "step": "试制", "party": "offer", "due_at": "2099-01-01"}),
        ("end", {"version": version + 2, "reason": "price"}),
    ]
    for name, data in forms:
        answers = [browser.post(f"{page}/{name}", data={**data, **token}).status_code for _ in range(2)]
        assert answers == [303, 303], name
    with reading() as session:
        kinds = [event.kind for event in session.query(CaseEvent).filter_by(case_id=case_id)]
    assert [kinds.count(kind) for kind in ("message", "moved", "planned", "ended")] == [1, 1, 1, 1]


@pytest.mark.parametrize("body", ["", "   ", "x" * 5001, "a\x00b"])
def test_bad_messages_are_refused_and_kept(pair: Pair, case_id: int, browser_of: Browsers, body: str) -> None:
    """Bad input: empty, too long, control characters."""
    page = f"/cases/{case_id}"
    assert submit(browser_of(pair.firm), f"{page}/messages", {"body": body}, page).status_code == 422


def test_messages_show_markup_emoji_and_rare_characters_as_text(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Bad input: HTML, script, emoji, rare characters come out as they went in; the other side gets a mail."""
    page, text = f"/cases/{case_id}", "<script>alert(1)</script> 🌉 𠮷 ＡＢＣ"
    assert submit(browser_of(pair.firm), f"{page}/messages", {"body": text}, page).status_code == 303
    shown = browser_of(pair.lab).get(page).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🌉 𠮷 ＡＢＣ" in shown
    assert "<script>alert" not in shown
    with reading() as session:
        assert session.query(Delivery).filter_by(kind="case_message", user_id=pair.lab.id).count() == 1


def test_list_takes_the_same_queries_for_one_and_three(settings: Settings, browser_of: Browsers) -> None:
    """98: the list of cases and the broker's day."""
    counts: dict[str, list[int]] = {"/cases": [], "/broker": []}
    for number in (1, 3):
        broker = make.broker()
        for _ in range(number):
            pair = make_pair()
            cases.open_case(broker.actor, pair.need_id, pair.offer_id)
        for path, seen in counts.items():
            browser = browser_of(broker)
            with statements() as sent:
                assert browser.get(path).status_code == 200
            seen.append(len(sent))
            assert not writes(sent)
    assert all(one == three for one, three in counts.values()), counts


def test_a_number_leads_to_its_case(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """The number on paper is an address; strangers learn nothing from it."""
    number = case_of(case_id).number
    assert browser_of(pair.firm).get(f"/cases/by-number/{number}").location == f"/cases/{case_id}"
    assert browser_of(make.enterprise()).get(f"/cases/by-number/{number}").status_code == 404
    assert browser_of(pair.firm).get("/cases/by-number/DQ-1999-000001").status_code == 404


def test_a_closed_case_says_so(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """A message written while somebody ended the case: 409 with the sentence, nothing is added."""
    browser, page = browser_of(pair.firm), f"/cases/{case_id}"
    token = token_in(browser.get(page).text)
    cases.end_case(assigned(case_id).actor, case_id, case_of(case_id).version, EndReason.PRICE)
    answer = browser.post(f"{page}/messages", data={"csrf_token": token, "body": "还在吗？", "once": "a"})
    assert answer.status_code == 409
    assert "工单已结束。" in answer.text
    with reading() as session:
        assert session.query(CaseEvent).filter_by(kind="message").count() == 0


def test_control_characters_in_a_note_are_refused_at_their_field(
    pair: Pair, case_id: int, browser_of: Browsers
) -> None:
    """Bad input: NUL in the note of a step; what was typed stays, the case does not move."""
    browser, page = browser_of(assigned(case_id)), f"/cases/{case_id}"
    sent = {"target": "connected", "note": "第一次\x00会面", "version": str(case_of(case_id).version)}
    answer = submit(browser, f"{page}/move", sent, page)
    assert answer.status_code == 422
    assert "含有不能使用的控制字符" in answer.text
    assert case_of(case_id).state == CaseState.AGREED


@pytest.mark.parametrize("days", [500, 36_000])
def test_a_step_far_away_is_told_in_days(pair: Pair, case_id: int, browser_of: Browsers, days: int) -> None:
    """Attack: a step for the next century. Its working days are not counted for everybody who opens a list."""
    moment = clock.now() + timedelta(days=days)
    cases.plan_step(pair.firm.actor, case_id, case_of(case_id).version, "试制", CaseParty.OFFER, moment)
    shown = browser_of(pair.lab).get(f"/cases/{case_id}").text
    assert f"剩 {days} 天" in shown
    assert "个工作日" not in shown
