"""限时转化 in the portal: the public list and its file, the countdown, what the owner reports, marked matches."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.clock import add_months
from matcher.db import reading
from matcher.models import ConversionPlan, IpDisclosure
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.work import statements
from workers.conversion import offer_overdue

Browsers = Callable[[Person], FlaskClient]
ZH = {"Accept-Language": "zh"}


@pytest.fixture
def lab(settings: Settings) -> Person:
    return make.institute(name="长春精密研究所")


def today(settings: Settings) -> date:
    return clock.today(settings.zone)


def funded(lab: Person, completed: date, **fields: object) -> int:
    values = {"funding": "national", "project_ref": "2023YFD0400123", "completed_on": f"{completed}", **fields}
    return make.published(lab, "achievement", **values)


def test_everybody_sees_what_is_overdue(settings: Settings, client: FlaskClient, lab: Person) -> None:
    """M44: the longest overdue first, by duty, field and region; what is in time is not on it."""
    day = today(settings)
    funded(lab, add_months(day, -7), title="只差披露的成果", region="110000")
    funded(lab, add_months(day, -25), title="两年未转化的成果", tech_field="materials", region="220200")
    funded(lab, add_months(day, -2), title="还有时间的成果")
    page = client.get("/conversion", headers=ZH).text
    assert page.index("两年未转化的成果") < page.index("只差披露的成果")
    assert "还有时间的成果" not in page
    assert "长春精密研究所" in page
    assert "披露知识产权信息 · 逾期" in page
    narrowed = client.get("/conversion?duty=convert", headers=ZH).text
    assert "只差披露的成果" not in narrowed
    assert "两年未转化的成果" in client.get("/conversion?region=220000&domain=materials", headers=ZH).text
    assert "没有逾期的成果" in client.get("/conversion?region=310000", headers=ZH).text


@pytest.mark.parametrize("query", ["duty=%00", "domain=x&region=%27", "page=99999999", "duty=convert&page=-1", "region=22"])
def test_nonsense_in_the_address_is_left_out(settings: Settings, client: FlaskClient, lab: Person, query: str) -> None:
    funded(lab, add_months(today(settings), -30))
    assert client.get(f"/conversion?{query}", headers=ZH).status_code == 200
    assert client.get(f"/conversion.xlsx?{query}").status_code == 200


def test_the_list_is_a_file_too(settings: Settings, client: FlaskClient, lab: Person) -> None:
    """What begins with `=` stays text."""
    funded(lab, add_months(today(settings), -25), title="=HYPERLINK(1)")
    response = client.get("/conversion.xlsx", headers=ZH)
    rows = list(load_workbook(io.BytesIO(response.data)).active.values)  # type: ignore[union-attr]
    assert rows[0][1] == "成果"
    assert rows[1][1] == "=HYPERLINK(1)"
    assert rows[1][5] == "2023YFD0400123"
    assert "形成转化 · 逾期" in str(rows[1][7])


def test_the_list_reads_the_database_equally_often(settings: Settings, client: FlaskClient, lab: Person) -> None:
    counts = []
    for number in (1, 4):
        for each in range(number):
            funded(lab, add_months(today(settings), -25), title=f"成果{number}{each}")
        with statements() as sent:
            client.get("/conversion")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_record_counts_down(settings: Settings, client: FlaskClient, lab: Person) -> None:
    """N20: the remaining time and the next duty, for everybody; only the owner gets links to report."""
    number = funded(lab, add_months(today(settings), -6) + timedelta(days=85))
    page = client.get(f"/achievements/{number}", headers=ZH).text
    assert "还剩 85 天：披露知识产权信息" in page
    assert "/disclosure" not in page
    assert "国家 · 财政资金资助" in page
    plain = make.published(lab, "achievement", title="自选课题")
    assert 'id="countdown"' not in client.get(f"/achievements/{plain}", headers=ZH).text


def test_disclosing(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    """M45: prefilled from the listing, rows added without JavaScript, saved twice leaves one form."""
    number = funded(lab, add_months(today(settings), -7), ip=[{"type": "invention", "number": "ZL2021"}])
    client, path = browser_of(lab), f"/conversion/{number}/disclosure"
    page = client.get(path, headers=ZH).text
    assert "ZL2021" in page
    assert "2023YFD0400123" in page
    data = {"project_ref": "2023YFD0400123", "disclosed_on": f"{today(settings)}", "ip-0-type": "invention", "ip-0-number": "ZL2021"}
    added = submit(client, path, {**data, "rows": "ip:add"})
    assert 'name="ip-1-type"' in added.text
    for _ in range(2):
        assert submit(client, path, data).status_code == 303
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IpDisclosure)) == 1
    assert "已完成" in client.get("/conversion/mine", headers=ZH).text


def test_bad_reports_are_refused_at_their_fields(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    """A day to come, a control character, no way chosen: 422, nothing stored, everything typed still there."""
    number = funded(lab, add_months(today(settings), -7))
    client = browser_of(lab)
    later = today(settings) + timedelta(days=1)
    bad = submit(client, f"/conversion/{number}/disclosure",
                 {"project_ref": "A\x00B", "disclosed_on": f"{later}", "remark": "尚无知识产权"})  # fmt: skip
    assert bad.status_code == 422
    assert "控制字符" in bad.text
    future = submit(client, f"/conversion/{number}/disclosure",
                    {"project_ref": "AB", "disclosed_on": f"{later}", "remark": "尚无知识产权"})  # fmt: skip
    assert future.status_code == 422
    assert "日期不能晚于今天" in future.text
    assert "尚无知识产权" in future.text
    empty = submit(client, f"/conversion/{number}/plan", {"started_on": "明天", "mode": "", "text": ""})
    assert empty.status_code == 422
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IpDisclosure)) == 0
        assert session.scalar(select(func.count()).select_from(ConversionPlan)) == 0


def test_starting(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    number = funded(lab, add_months(today(settings), -13))
    client = browser_of(lab)
    data = {"started_on": f"{today(settings)}", "mode": "licence", "text": "与两家企业洽谈。"}
    assert submit(client, f"/conversion/{number}/plan", data).status_code == 303
    assert "与两家企业洽谈。" in client.get(f"/conversion/{number}/plan", headers=ZH).text


def test_of_others_nothing_can_be_reported(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    """Foreign ids are the same as unknown ones; what has no clock is a conflict in words."""
    number = funded(lab, add_months(today(settings), -7))
    stranger = browser_of(make.institute())
    for path in (f"/conversion/{number}/disclosure", "/conversion/999999/disclosure", f"/conversion/{number}/plan"):
        assert stranger.get(path).status_code == 404
    own = make.published(lab, "achievement")
    data = {"project_ref": "AB", "disclosed_on": f"{today(settings)}", "remark": "无"}
    assert submit(browser_of(lab), f"/conversion/{own}/disclosure", data).status_code == 409


def test_an_offered_match_is_marked(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    """N20: in the enterprise's list and on the match's page."""
    firm = make.enterprise()
    match = make.matched(make.published(firm, "need"), funded(lab, add_months(today(settings), -25)))
    client = browser_of(firm)
    assert "正在公开寻找承接企业" not in client.get(f"/matches/{match}", headers=ZH).text
    offer_overdue(settings)
    assert "正在公开寻找承接企业" in client.get(f"/matches/{match}", headers=ZH).text
    assert "限时转化" in client.get("/matches", headers=ZH).text.split("<footer")[0]


def test_my_listings_show_the_countdown(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    funded(lab, add_months(today(settings), -6) - timedelta(days=3))
    assert "逾期 3 天：披露知识产权信息" in browser_of(lab).get("/publish/mine", headers=ZH).text


def test_the_annual_report_is_for_its_own(settings: Settings, browser_of: Browsers, lab: Person) -> None:
    """M47: a page and a file for members and operators; strangers find nothing; nonsense years mean this one."""
    offer = funded(lab, add_months(today(settings), -3), title="=今年发布的成果")
    make.matched(make.published(make.enterprise(), "need"), offer)
    funded(lab, add_months(today(settings), -3), title="还没有进展的成果")
    path = f"/organisations/{lab.actor.org_id}/conversion-report"
    for reader in (lab, make.operator()):
        client = browser_of(reader)
        page = client.get(path, headers=ZH).text
        assert "今年发布的成果" in page
        assert "另有 1 项成果" in page
        assert f"{today(settings).year} 年度" in client.get(f"{path}?year=9x99", headers=ZH).text
        rows = list(load_workbook(io.BytesIO(client.get(f"{path}.xlsx", headers=ZH).data)).active.values)  # type: ignore[union-attr]
        assert rows[1][:2] == ("成果 · 新发布", "2")
        assert [row[0] for row in rows[-2:]] == ["=今年发布的成果", "还没有进展的成果"]
    assert "这一年没有记录" in browser_of(lab).get(f"{path}?year=2019", headers=ZH).text
    for stranger in (make.institute(), make.enterprise()):
        assert browser_of(stranger).get(path).status_code == 404
        assert browser_of(stranger).get(f"{path}.xlsx").status_code == 404
    assert path in browser_of(lab).get("/conversion/mine", headers=ZH).text
