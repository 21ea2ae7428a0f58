"""The same form sent twice, as after a cut connection: it counts once, in the case and in the trail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.db import reading
from matcher.models import AuditEvent, CaseEvent
from matcher.vocabulary import CaseState
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, case_of, make_case, make_pair

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def pair(settings: Settings) -> Pair:
    return make_pair()


def counted(action: str) -> tuple[int, int]:
    """Events of the action in the trail, and lines of all cases."""
    with reading() as session:
        trail = session.scalar(select(func.count()).where(AuditEvent.action == action))
        return trail or 0, session.scalar(select(func.count()).select_from(CaseEvent)) or 0


def press_twice(browser: FlaskClient, page: str, address: str, values: dict[str, Any], action: str) -> None:
    """Send the form and send it again; the second time changes nothing."""
    values = {**values, "csrf_token": token_in(browser.get(page).text)}
    before = counted(action)
    assert browser.post(address, data=values).status_code == 303
    once = counted(action)
    assert once[0] == before[0] + 1
    assert browser.post(address, data=values).status_code == 303
    assert counted(action) == once


def test_an_answer(pair: Pair, browser_of: Browsers) -> None:
    """The first yes of a side."""
    page = f"/matches/{pair.match_id}"
    press_twice(browser_of(pair.firm), page, f"{page}/answer", {"answer": "interested"}, "match.answer")


def test_an_assignment(pair: Pair, browser_of: Browsers) -> None:
    """The operator's choice of a broker."""
    page, broker = f"/cases/{make_case(pair)}", make.broker()
    press_twice(browser_of(make.operator()), page, f"{page}/assign", {"broker_id": broker.id}, "case.assign")


def test_a_meeting_and_its_answer(pair: Pair, browser_of: Browsers) -> None:
    """One invitation; one answer."""
    page = f"/cases/{make_case(pair)}/meetings"
    meeting = {
        "title": "首次对接会", "day": (clock.now() + timedelta(days=3)).date().isoformat(), "begins": "10:00",
        "ends": "11:00", "place": "长春", "guests": [pair.firm.id, pair.lab.id],
    }  # fmt: skip
    press_twice(browser_of(pair.firm), page, page, meeting, "meeting.call")
    press_twice(browser_of(pair.lab), page, f"{page}/1/reply", {"reply": "accepted"}, "meeting.reply")


def test_a_sealed_range(pair: Pair, browser_of: Browsers) -> None:
    """The second side's range ends the round; sent again it does not open the next one."""
    number, broker = make_case(pair), make.broker()
    cases.assign_broker(make.operator().actor, number, broker.id)
    cases.move_case(broker.actor, number, case_of(number).version, CaseState.CONNECTED)
    page = f"/cases/{number}/price"
    given = {"round": 1, "low": "60", "high": "90"}
    firm, lab = browser_of(pair.firm), browser_of(pair.lab)
    assert submit(firm, f"{page}/range", given, page).status_code == 303
    assert 'name="round" value="1"' in lab.get(page).text
    press_twice(lab, page, f"{page}/range", given, "range.enter")
    assert "第 2 次，共 3 次" in lab.get(page).text
