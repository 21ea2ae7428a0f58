"""Pausing, continuing and bringing back a case in the browser, and the dates of its steps."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.workdays import local_day
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.work import case_of, make_case, make_pair

Browsers = Callable[[Person], FlaskClient]


def day(days: int) -> str:
    return (local_day(clock.now()) + timedelta(days=days)).isoformat()


@pytest.fixture
def case_id(settings: Settings) -> int:
    """A case at 双方同意."""
    return make_case(make_pair())


@pytest.fixture
def broker(case_id: int) -> Person:
    """Who serves it."""
    person = make.broker()
    cases.assign_broker(make.operator().actor, case_id, person.id)
    return person


def send(browser: FlaskClient, case_id: int, what: str, **data: object) -> tuple[int, str]:
    """What a form of the case's page answers."""
    fields = {"version": case_of(case_id).version, **data}
    answer = submit(browser, f"/cases/{case_id}/{what}", fields, f"/cases/{case_id}")
    return answer.status_code, answer.text


def test_pause_and_continue(case_id: int, broker: Person, browser_of: Browsers) -> None:
    """The page says that the case rests and offers nothing but to go on; twice is once."""
    browser = browser_of(broker)
    assert send(browser, case_id, "pause", until=day(20), reason="season")[0] == 303
    assert send(browser, case_id, "pause", until=day(20), reason="season")[0] == 303
    page = browser.get(f"/cases/{case_id}").text
    assert "已暂停：等待季节或生产窗口" in page
    assert "记录进展" not in page
    assert [send(browser, case_id, "continue")[0] for _ in range(2)] == [303, 303]
    page = browser.get(f"/cases/{case_id}").text
    assert "继续办理" in page and "记录进展" in page
    assert case_of(case_id).version == 4


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until": "", "reason": "season"}, "请填写日期"),
        ({"until": "2026-02-30", "reason": "season"}, "请填写日期"),
        ({"until": "2020-01-01", "reason": "season"}, "请填写今天以后的日期"),
        ({"until": "2999-01-01", "reason": "season"}, "最多暂停 180 天"),
        ({"until": "", "reason": ""}, "请填写日期"),
    ],
)
def test_bad_pauses_are_refused_at_the_field(
    case_id: int, broker: Person, browser_of: Browsers, fields: dict[str, str], sentence: str
) -> None:
    status, text = send(browser_of(broker), case_id, "pause", **fields)
    assert (status, sentence in text) == (422, True)
    assert case_of(case_id).paused_at is None


def test_an_unknown_reason_is_refused(case_id: int, broker: Person, browser_of: Browsers) -> None:
    status, text = send(browser_of(broker), case_id, "pause", until=day(3), reason="holiday")
    assert (status, "请选择暂停的原因" in text) == (422, True)


def test_the_broker_brings_an_ended_case_back(case_id: int, broker: Person, browser_of: Browsers) -> None:
    browser = browser_of(broker)
    assert send(browser, case_id, "resume")[0] == 409
    send(browser, case_id, "end", reason="funds")
    assert "恢复工单" in browser.get(f"/cases/{case_id}").text
    assert send(browser, case_id, "resume")[0] == 303
    assert (case_of(case_id).state, "恢复到“双方同意”" in browser.get(f"/cases/{case_id}").text) == ("agreed", True)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [(day(1), "日期不能晚于今天"), (day(-400), "不能早于上一步的日期"), ("2026-02-30", "请填写日期")],
)
def test_a_step_has_a_possible_date(
    case_id: int, broker: Person, browser_of: Browsers, on: str, sentence: str
) -> None:
    """Back-dated steps are refused at the field; what was typed is kept."""
    status, text = send(browser_of(broker), case_id, "move", target="connected", happened_on=on, note="见过面")
    assert (status, sentence in text, "见过面" in text) == (422, True, True)
    assert case_of(case_id).state == "agreed"
