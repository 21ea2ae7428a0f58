"""The tab 价格: who sees and may do what, what a refusal shows, and that no sealed figure comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.actions.cases import end_case
from matcher.actions.notices import file_objection, start_notice
from matcher.actions.pricing import withdraw_price
from matcher.actor import VISITOR
from matcher.db import reading
from matcher.inputs.pricing import ObjectionInput
from matcher.models import Notice, Pricing, SealedRange
from matcher.vocabulary import EndReason
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks, agree_price
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def talks(settings: Settings) -> Talks:
    """A case at 议价."""
    return Talks()


def address(talks: Talks, *more: object) -> str:
    """An address below the tab."""
    return "/".join([f"/cases/{talks.id}/price", *map(str, more)])


def test_propose_confirm_give_notice(talks: Talks, browser_of: Browsers) -> None:
    """The lab proposes, the firm confirms, the lab begins the notice; the page says each time what comes next."""
    lab, firm, page = browser_of(talks.lab), browser_of(talks.firm), address(talks)
    sent = {"route": "agreement", "amount": "88.5", "terms": "签约付三成"}
    assert submit(lab, page, sent).status_code == 303
    shown = firm.get(page).text
    assert "88.5" in shown
    assert "确认这个价格" in shown
    assert "确认这个价格" not in lab.get(page).text
    with reading() as session:
        number = session.query(Pricing.id).scalar()
    assert submit(firm, address(talks, "confirm"), {"pricing_id": number}, page).status_code == 303
    assert "开始公示" in lab.get(page).text
    assert submit(lab, address(talks, "notice"), {}, page).status_code == 303
    with reading() as session:
        notice = session.query(Notice.id).scalar()
    assert f"/notices/{notice}" in firm.get(page).text
    assert "公示到" in firm.get(f"/cases/{talks.id}").text


def test_what_was_typed_stays(talks: Talks, browser_of: Browsers) -> None:
    """Bad input: the sentence at its field, the rest kept, 422; nothing is stored."""
    answer = submit(browser_of(talks.lab), address(talks), {"route": "agreement", "amount": "-3", "terms": "付款条件甲"})
    assert answer.status_code == 422
    assert "必须大于 0" in answer.text
    assert "付款条件甲" in answer.text
    assert talks.pricing is None


def test_a_changed_offer_and_a_double_submit(talks: Talks, browser_of: Browsers) -> None:
    """Bad input: the same proposal twice, a yes to an old one: 409 with the newest, one row."""
    lab, page = browser_of(talks.lab), address(talks)
    sent = {"route": "agreement", "amount": "88"}
    assert [submit(lab, page, sent).status_code for _ in range(2)] == [303, 409]
    answer = submit(browser_of(talks.firm), address(talks, "confirm"), {"pricing_id": 999}, page)
    assert answer.status_code == 409
    assert "已经改变" in answer.text


def test_other_organisations_find_nothing(talks: Talks, browser_of: Browsers) -> None:
    """Bad input: another organisation's case, as page and as form."""
    for person in (make.enterprise(), make.institute(), make.broker()):
        browser = browser_of(person)
        assert browser.get(address(talks)).status_code == 404
        token = {"csrf_token": token_in(browser.get("/cases").text)}
        for name in ("", "/confirm", "/withdraw", "/notice", "/range", "/listing", "/auction", "/taker", "/sale/withdraw"):
            assert browser.post(address(talks) + name, data=token).status_code == 404, name


def test_a_closed_case_takes_nothing(talks: Talks, browser_of: Browsers) -> None:
    """Bad input: an ended case offers no form, and refuses the ones that were open."""
    lab, page = browser_of(talks.lab), address(talks)
    token = token_in(lab.get(page).text)
    end_case(talks.broker.actor, talks.id, talks.case.version, EndReason.PRICE)
    assert 'name="amount"' not in lab.get(page).text
    for name, data in (("", {"route": "agreement", "amount": "9"}), ("/range", {"low": "1", "high": "2"}), ("/listing", {"price": "1", "days": "20"})):
        assert lab.post(page + name, data={**data, "csrf_token": token}).status_code == 409, name


def test_sealed_ranges_show_one_word(talks: Talks, browser_of: Browsers) -> None:
    """Nobody sees a figure: not the other side, the broker or the operator, and not one's own again."""
    firm, lab, page = browser_of(talks.firm), browser_of(talks.lab), address(talks)
    assert submit(firm, address(talks, "range"), {"low": "71.1357", "high": "81.2468"}, page).status_code == 303
    assert "等待成果方填写" in browser_of(talks.broker).get(page).text
    assert submit(lab, address(talks, "range"), {"low": "91.3579", "high": "120"}, page).status_code == 303
    for person in (talks.firm, talks.lab, talks.broker, talks.staff):
        for path in (page, f"/cases/{talks.id}"):
            text = browser_of(person).get(path).text
            assert "差距 20 % 以内" in text
            assert "可考虑入门费加提成或分期付款" in text
            assert not any(figure in text for figure in ("71.1357", "81.2468", "91.3579"))
    firm.get("/language/en")
    assert "Within 20" in firm.get(page).text


@pytest.mark.parametrize(("low", "high"), [("90", "60"), ("60", "60"), ("-1", "5"), ("1", "9999999")])
def test_bad_ranges_on_the_page(talks: Talks, browser_of: Browsers, low: str, high: str) -> None:
    """Bad input: 422 and nothing stored; the answer is kept by no cache."""
    answer = submit(browser_of(talks.firm), address(talks, "range"), {"low": low, "high": high}, address(talks))
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    with reading() as session:
        assert session.query(SealedRange).count() == 0


def test_only_deciders_read_an_objection(talks: Talks, browser_of: Browsers) -> None:
    """The lab and operators see what it says and who made it and decide; the firm and the broker see that there is one."""
    agree_price(talks.id, talks.firm, talks.lab)
    notice = start_notice(talks.lab.actor, talks.id)
    found = file_objection(VISITOR, notice, ObjectionInput(name="王五", contact="wang@example.org", reason="第三单位对这项成果也有份额。"))
    page = address(talks)
    for person, sees in ((talks.firm, False), (talks.broker, False), (talks.lab, True), (talks.staff, True)):
        text = browser_of(person).get(page).text
        assert ("wang@example.org" in text) is sees
        assert "异议处理中" in text
    lab, path = browser_of(talks.lab), address(talks, "objections", found)
    assert submit(lab, path, {"verdict": "maybe"}, page).status_code == 422
    empty = submit(lab, path, {"verdict": "rejected"}, page)
    assert (empty.status_code, "请写明理由" in empty.text) == (422, True)
    sent = {"verdict": "rejected", f"objection-{found}-decision": "已核实"}
    assert submit(lab, path, sent, page).status_code == 303
    assert "已核实" in browser_of(talks.firm).get(page).text


def test_the_operator_says_what_the_owner_is(talks: Talks, browser_of: Browsers) -> None:
    """Only operators see and use it."""
    page = address(talks)
    assert "成果方的性质" not in browser_of(talks.lab).get(page).text
    staff = browser_of(talks.staff)
    assert "公立机构，协议定价须公示" in staff.get(page).text
    submit(staff, address(talks, "owner"), {"public": "no"}, page)
    assert "不是公立机构" in staff.get(page).text


def test_a_page_reads_a_constant_number_of_times(talks: Talks, browser_of: Browsers, count_queries: Callable[..., object]) -> None:
    """98: more objections and earlier prices cost no further queries."""
    browser, counts = browser_of(talks.lab), []
    for round_ in range(2):
        agree_price(talks.id, talks.firm, talks.lab, f"{10 + round_}")
        notice = start_notice(talks.lab.actor, talks.id)
        for number in range(1 + 2 * round_):
            file_objection(VISITOR, notice, ObjectionInput(name="王五", contact="wang@example.org", reason=f"理由之{number}，请予核实。"))
        with count_queries() as counted:  # type: ignore[attr-defined]
            browser.get(address(talks))
        counts.append(counted.total)
        assert talks.pricing is not None
        withdraw_price(talks.lab.actor, talks.id, talks.pricing.id, "重来")
    assert counts[0] == counts[1]
