"""Cases as a list, as a board and as a file: narrowed, counted, the same for each in what may be seen."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, pausing
from matcher.vocabulary import CaseState, EndReason, PauseReason
from matcher.workdays import local_day
from tests import factories as make
from tests.factories import Person
from tests.unit.web.work import case_of, make_case, make_pair, statements

Browsers = Callable[[Person], FlaskClient]


class Desk:
    """A broker with one case in three phases: asked for, in talks (late), paused in talks."""

    def __init__(self) -> None:
        self.broker, self.operator = make.broker(), make.operator()
        with clock.at(clock.now() - timedelta(days=60)):
            self.late = self._case("低温快充电芯", CaseState.CONNECTED)
            self.paused = self._case("参渣快速干燥", CaseState.CONNECTED, CaseState.TRIAL)
        until = local_day(clock.now()) + timedelta(days=9)
        pausing.pause_case(self.broker.actor, self.paused, case_of(self.paused).version, PauseReason.SEASON, until)
        self.new = self._case("=HYPERLINK(1)")

    def _case(self, title: str, *states: CaseState) -> int:
        case_id = make_case(make_pair(title=title))
        cases.assign_broker(self.operator.actor, case_id, self.broker.id)
        for state in states:
            cases.move_case(self.broker.actor, case_id, case_of(case_id).version, state)
        return case_id


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """Three cases."""
    return Desk()


def shown(browser: FlaskClient, path: str, desk: Desk) -> list[int]:
    """Which of the cases the page leads to."""
    text = browser.get(path).text
    return [number for number in (desk.late, desk.paused, desk.new) if f'href="/cases/{number}"' in text]


@pytest.mark.parametrize("view", ["/cases", "/cases/board"])
def test_both_views_narrow_alike(desk: Desk, browser_of: Browsers, view: str) -> None:
    """By state, phase, whose move, lateness, pause, broker, title and number."""
    browser, number = browser_of(desk.operator), case_of(desk.new).number.lower()
    wanted = {
        "": [desk.late, desk.paused, desk.new],
        "?state=connected": [desk.late],
        "?phase=working": [desk.late, desk.paused],
        "?party=broker": [desk.new],
        "?late=1": [desk.late],
        "?paused=1": [desk.paused],
        f"?broker={desk.broker.id}": [desk.late, desk.paused, desk.new],
        "?broker=0": [],
        "?q=%E5%8F%82%E6%B8%A3": [desk.paused],
        f"?q={number}": [desk.new],
        "?q=%25": [],
        "?state=nonsense&party=x&broker=-1&phase=%00": [desk.late, desk.paused, desk.new],
    }
    assert {query: shown(browser, view + query, desk) for query in wanted} == wanted


def test_counts_have_their_denominator(desk: Desk, browser_of: Browsers) -> None:
    """A paused case is not late, whatever its old date was."""
    text = browser_of(desk.broker).get("/cases/board").text
    assert "在办 3 件，其中 1 件已过期" in text
    assert "过期 1" in text


def test_an_end_moves_a_case_to_the_ended(desk: Desk, browser_of: Browsers) -> None:
    cases.end_case(desk.broker.actor, desk.late, case_of(desk.late).version, EndReason.PRICE)
    browser = browser_of(desk.broker)
    assert shown(browser, "/cases", desk) == [desk.paused, desk.new]
    assert shown(browser, "/cases?box=closed", desk) == [desk.late]


def test_nobody_sees_the_cases_of_others(desk: Desk, browser_of: Browsers) -> None:
    """51: neither in lists nor in counts nor in the file."""
    browser = browser_of(make.enterprise())
    assert [shown(browser, path, desk) for path in ("/cases", "/cases/board", f"/cases?broker={desk.broker.id}")] == [[], [], []]
    assert "在办 3" not in browser.get("/cases").text
    sheet = load_workbook(BytesIO(browser.get("/cases/export.xlsx").data)).active
    assert sheet is not None and sheet.max_row == 1


def test_the_file_holds_what_the_filter_leaves(desk: Desk, browser_of: Browsers) -> None:
    """Titles are text in the sheet: none becomes a formula."""
    answer = browser_of(desk.broker).get("/cases/export.xlsx?phase=opening")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][:2] == [case_of(desk.new).number, "=HYPERLINK(1)"]
    assert (len(rows), rows[1][1].data_type) == (2, "s")


@pytest.mark.parametrize("view", ["/cases", "/cases/board"])
def test_as_many_queries_for_many_cases(desk: Desk, browser_of: Browsers, view: str) -> None:
    """98: a constant number of queries, whatever there is."""
    browser = browser_of(desk.operator)
    browser.get(view)
    with statements() as few:
        browser.get(view)
    for _ in range(3):
        make_case(make_pair())
    with statements() as many:
        browser.get(view)
    assert len(few) == len(many)
