"""Tasks in the portal: on the case, on their own page, in one's day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.db import transaction
from matcher.models import Case
from matcher.tasks.terms import Duty
from tests import factories as make
from tests.factories import Person
from tests.unit.matcher.tasks.conftest import Watched
from tests.unit.web.browsing import submit
from tests.unit.web.work import make_pair, statements

Browsers = Callable[[Person], FlaskClient]
TASK = {"title": "寄送样品", "duty": "need", "due_on": "2099-01-05"}


def test_a_task_is_set_done_and_told(settings: Settings, browser_of: Browsers) -> None:
    """From the case's page into the owner's day and back: done once, with its outcome in the history."""
    watched = Watched()
    case = f"/cases/{watched.case_id}"
    assert submit(browser_of(watched.broker), f"{case}/tasks", TASK, case).status_code == 303
    firm = browser_of(watched.firm)
    assert "寄送样品" in firm.get("/today").text
    assert submit(firm, "/tasks/1/complete", {"outcome": "已寄出"}, "/tasks/1").status_code == 303
    page = firm.get(case).text
    assert "待办已完成" in page
    assert "已寄出" in page
    again = submit(firm, "/tasks/1/complete", {}, case)
    assert again.status_code == 303
    assert "已经处理" in firm.get(case).text


def test_a_bad_task_comes_back_with_what_was_typed(settings: Settings, browser_of: Browsers) -> None:
    """A date that has passed is told at its field; the words are still there."""
    watched = Watched()
    case = f"/cases/{watched.case_id}"
    for changed, words in (({"due_on": "2020-01-05"}, "日期已过"), ({"due_on": "soon"}, "请填写日期"), ({"title": "a\x00"}, "控制字符"), ({"duty": "x"}, "请从列表中选择")):
        answer = submit(browser_of(watched.broker), f"{case}/tasks", {**TASK, **changed}, case)
        assert answer.status_code == 422
        assert words in answer.text
    assert "寄送样品" in answer.text


def test_the_wrong_side_cannot_close_it(settings: Settings, browser_of: Browsers) -> None:
    """The institute sees the enterprise's task without a button, and is refused when it tries all the same."""
    watched = Watched()
    task = watched.add(watched.broker.actor, Duty.NEED)
    lab = browser_of(watched.lab)
    assert "标为完成" not in lab.get(f"/tasks/{task}").text
    assert submit(lab, f"/tasks/{task}/complete", {}, f"/cases/{watched.case_id}").status_code == 403
    assert browser_of(make.enterprise()).get(f"/tasks/{task}").status_code == 404


def test_an_officer_accompanies_the_case(settings: Settings, browser_of: Browsers) -> None:
    """They read the case, write a note and hand a task on; an officer of another region finds nothing."""
    watched = Watched()
    case = f"/cases/{watched.case_id}"
    envoy = browser_of(watched.officers[Duty.ENVOY])
    assert submit(envoy, f"{case}/notes", {"body": "现场看过"}, case).status_code == 303
    assert submit(envoy, f"{case}/notes", {"body": "a\x00"}, case).status_code == 422
    page = browser_of(watched.firm).get(case).text
    assert "科技特派员记录" in page
    task = watched.add(watched.staff.actor, Duty.ENVOY)
    assert submit(envoy, f"/tasks/{task}/reassign", {"duty": "mentor"}, f"/tasks/{task}").status_code == 303
    assert submit(envoy, f"/tasks/{task}/reassign", {"duty": "king"}, f"/tasks/{task}").status_code == 422
    elsewhere = browser_of(make.officers(None, Duty.ENVOY, region="210000")[Duty.ENVOY])
    for path in (case, f"/tasks/{task}"):
        assert elsewhere.get(path).status_code == 404
    assert watched.case.number not in elsewhere.get("/cases").text


def test_the_earliest_first_and_the_larger_sum_on_the_same_day(settings: Settings, browser_of: Browsers) -> None:
    """N17: what burns first stands on top and is named as the next thing to do."""
    broker = make.broker()
    for title, low, high, days in (("小额", "10", "20", 3), ("大额", "300", "500", 3), ("逾期", "1", "2", 30)):
        pair = make_pair(title=title, budget_min=low, budget_max=high)
        with clock.at(clock.now() - timedelta(days=days)):
            cases.open_case(broker.actor, pair.need_id, pair.offer_id)
    page = browser_of(broker).get("/broker").text
    assert page.index("逾期") < page.index("大额") < page.index("小额")
    first = page[page.index("先做这一件") :]
    assert "逾期" in first[:600]


def test_sixty_cases_on_one_screen_and_none_lost(settings: Settings, browser_of: Browsers) -> None:
    """A broker's day lists every open case, the paused ones too, by a fixed number of queries."""
    broker = make.broker()
    pair = make_pair()
    numbers, counts = [], []
    for wanted in (1, 61):
        while len(numbers) < wanted:
            with transaction() as session:
                numbers.append(f"DQ-2026-9{len(numbers):05d}")
                session.add(_case(pair.need_id, pair.offer_id, numbers[-1], broker, len(numbers)))
        with statements() as sent:
            page = browser_of(broker).get("/broker").text
        counts.append(len(sent))
        assert all(number in page for number in numbers)
    assert counts[0] == counts[1]


def _case(need: int, offer: int, number: str, broker: Person, days: int) -> Case:
    moment = clock.now()
    records = make.load("need", need), make.load("achievement", offer)
    return Case(
        number=number, need_id=need, achievement_id=offer, need_org_id=records[0].organisation_id,
        offer_org_id=records[1].organisation_id, broker_id=broker.id, state="trial", next_step="确认方案",
        next_party="need", due_at=moment + timedelta(days=days - 20), created_at=moment, updated_at=moment,
        paused_at=moment if days % 7 == 0 else None, pause_reason="trial" if days % 7 == 0 else None,
    )  # fmt: skip


def test_a_day_takes_the_same_queries_for_one_and_ten(settings: Settings, browser_of: Browsers) -> None:
    """98: an enterprise's day with tasks and steps."""
    watched = Watched()
    browser, counts = browser_of(watched.firm), []
    for number in (1, 9):
        for _ in range(number):
            watched.add(watched.broker.actor, Duty.NEED)
        with statements() as sent:
            browser.get("/today")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_one_s_own_contact_mark(settings: Settings, browser_of: Browsers) -> None:
    """M33: a member becomes the 企业科技专员 on the organisation's page, and stops."""
    firm = browser_of(make.enterprise())
    page = "/account/organisation"
    assert submit(firm, "/account/contact", {"wanted": "yes"}, page).status_code == 303
    assert "不再担任" in firm.get(page).text
    submit(firm, "/account/contact", {}, page)
    assert "由我担任" in firm.get(page).text
