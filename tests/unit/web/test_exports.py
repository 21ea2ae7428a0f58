"""Lists as XLSX files: what stands on the page, only what the reader may see, read back from the file."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from openpyxl import load_workbook

from config.settings import Settings
from matcher.actions import visits
from matcher.inputs.base import parse
from matcher.inputs.tasks import VisitInput
from matcher.tasks.terms import Duty
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks, agree_price
from tests.unit.matcher.tasks.conftest import Watched
from tests.unit.web.browsing import submit
from tests.unit.web.meetings.test_meetings import Table
from tests.unit.web.receptions.test_reception_pages import form

Browsers = Callable[[Person], FlaskClient]


def rows(browser: FlaskClient, address: str) -> list[list[object]]:
    """The cells of a downloaded sheet, row by row, the head first."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_one_day_and_one_history(settings: Settings, browser_of: Browsers) -> None:
    """The day holds the task with its owner; the history what the page's timeline says, a formula only as text."""
    watched = Watched()
    case = f"/cases/{watched.case_id}"
    task = {"title": "=寄送样品", "duty": "need", "due_on": "2099-01-05"}
    assert submit(browser_of(watched.broker), f"{case}/tasks", task, case).status_code == 303
    firm = browser_of(watched.firm)
    assert 'href="/today/export.xlsx"' in firm.get("/today").text
    day = rows(firm, "/today/export.xlsx")
    assert ["2099-01-05", "=寄送样品"] in [line[:2] for line in day]
    history = rows(firm, f"{case}/timeline.xlsx")
    assert f'href="{case}/timeline.xlsx"' in firm.get(case).text
    assert "=寄送样品" in [line[2] for line in history]
    assert history[1][0] <= history[-1][0]  # type: ignore[operator]  # the oldest first
    assert browser_of(make.enterprise()).get(f"{case}/timeline.xlsx").status_code == 404


def test_meetings_with_who_comes(settings: Settings, browser_of: Browsers) -> None:
    """The organiser comes, the others have not answered."""
    table = Table()
    broker = browser_of(table.broker)
    head, meeting = rows(broker, f"/cases/{table.case}/meetings.xlsx")
    told = dict(zip(head, meeting, strict=True))
    assert told["会面"] == "首次对接会"
    assert "、" not in str(told["参加"])
    assert str(told["未答复"]).count("、") == 1
    assert browser_of(make.enterprise()).get(f"/cases/{table.case}/meetings.xlsx").status_code == 404


def test_receptions_of_ones_own_station(settings: Settings, browser_of: Browsers) -> None:
    """A clerk gets those of their station, another station's clerk none, a member nothing at all."""
    clerk, station = make.clerk()
    other, _ = make.clerk()
    browser = browser_of(clerk)
    assert submit(browser, "/receptions/new", form(station), "/receptions/new").status_code == 303
    assert 'href="/receptions/export.xlsx"' in browser.get("/receptions").text
    _, line = rows(browser, "/receptions/export.xlsx")
    assert line[1:3] == ["集安堰泽参业有限公司", "潘先生"]
    assert len(rows(browser_of(other), "/receptions/export.xlsx")) == 1
    assert browser_of(make.enterprise()).get("/receptions/export.xlsx").status_code == 403


def test_visits_of_ones_own_enterprises(settings: Settings, browser_of: Browsers) -> None:
    """The envoy's visit with the need that came of it."""
    watched = Watched()
    envoy = watched.officers[Duty.ENVOY]
    given = {"organisation_id": watched.firm.actor.org_id, "visited_on": "2026-01-05", "met": "生产部", "title": "烘干节能", "note": "能耗高"}
    visits.write_visit(envoy.actor, parse(VisitInput, given))
    _, line = rows(browser_of(envoy), "/visits/export.xlsx")
    assert line[0] == "2026-01-05"
    assert line[4:6] == ["能耗高", "烘干节能"]
    assert browser_of(watched.firm).get("/visits/export.xlsx").status_code == 403


def test_public_and_console_lists(settings: Settings, browser_of: Browsers) -> None:
    """Notices and sales are everybody's; integrity and exceptions the operators' alone."""
    operator, firm = browser_of(make.operator()), browser_of(make.enterprise())
    for address in ("/notices/export.xlsx", "/sales/export.xlsx"):
        assert rows(firm, address)[0][0] == "成果"
    for address in ("/console/integrity/export.xlsx", "/console/exceptions/export.xlsx"):
        assert len(rows(operator, address)) == 1
        assert firm.get(address).status_code in {403, 404}


def test_whoever_accompanies_a_case_does_not_see_its_business(settings: Settings, browser_of: Browsers) -> None:
    """An officer reads path, tasks and history; price and money, their events and their API are not theirs."""
    talks = Talks()
    officers = make.officers(talks.firm.actor.org_id)
    case = f"/cases/{talks.id}"
    agree_price(talks.id, talks.firm, talks.lab, "105.37")
    lab, envoy = browser_of(talks.lab), browser_of(officers[Duty.ENVOY])
    assert "提出价格：105.37" in lab.get(case).text
    page = envoy.get(case).text
    assert "105.37" not in page
    assert f'href="{case}/price"' not in page
    assert f'href="{case}/money"' not in page
    assert not [line for line in rows(envoy, f"{case}/timeline.xlsx") if "价格" in str(line[1])]
    for part in ("price", "money"):
        assert envoy.get(f"{case}/{part}").status_code == 404
        assert lab.get(f"{case}/{part}").status_code == 200
