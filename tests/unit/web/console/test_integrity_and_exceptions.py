"""The console's pages for integrity records and exceptions, and what those concerned see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher.db import reading
from matcher.integrity.blocks import today
from matcher.models import CaseException, IntegrityRecord
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.work import make_case, make_pair

Browsers = Callable[[Person], FlaskClient]
CONSOLE, MINE = "/console/integrity", "/account/integrity"


def form(**fields: str) -> dict[str, str]:
    day = today()
    return {
        "subject": "失信机械厂",
        "scope": "all",
        "source": "省科技厅 2026-17 号",
        "reason": "材料造假。",
        "starts_on": day.isoformat(),
        "ends_on": (day + timedelta(days=9)).isoformat(),
    } | fields


def test_from_entering_to_a_granted_appeal(settings: Settings, browser_of: Browsers) -> None:
    """M59: entered in the console, seen and appealed against by those whom it bars, decided by another operator."""
    firm, staff = make.enterprise(name="失信机械厂"), make.operator()
    first, owner, second = browser_of(staff), browser_of(firm), browser_of(make.administrator())
    assert submit(first, CONSOLE, form()).status_code == 303
    assert "有生效中的科研诚信记录" in owner.get("/account/organisation").text
    page = owner.get(MINE).text
    assert "材料造假。" in page
    assert "生效中" in page
    number = _record().id
    assert submit(owner, f"{MINE}/{number}/appeal", {"appeal": "认定已撤销"}, MINE).status_code == 303
    assert submit(owner, f"{MINE}/{number}/appeal", {"appeal": "认定已撤销"}, MINE).status_code == 409
    assert "认定已撤销" in first.get(CONSOLE).text
    decided = {"decision": "grant", "reason": "属实"}
    assert submit(first, f"{CONSOLE}/{number}/appeal", decided, CONSOLE).status_code == 403
    assert submit(second, f"{CONSOLE}/{number}/appeal", decided, CONSOLE).status_code == 303
    assert submit(second, f"{CONSOLE}/{number}/appeal", decided, CONSOLE).status_code == 409
    assert "有生效中的科研诚信记录" not in owner.get("/account/organisation").text
    assert "申诉成立" in owner.get(MINE).text


def _record() -> IntegrityRecord:
    with reading() as session:
        return session.query(IntegrityRecord).one()


def test_submitting_under_a_bar_says_why(settings: Settings, browser_of: Browsers) -> None:
    """The check page of a draft tells until when and where to appeal; the draft stays a draft."""
    firm = make.enterprise(name="失信机械厂")
    draft = make.draft(firm, "need")
    submit(browser_of(make.operator()), CONSOLE, form())
    page = f"/publish/need/{draft}/check"
    answer = submit(browser_of(firm), f"/publish/need/{draft}/submit", {"version": make.version("need", draft)}, page)
    assert answer.status_code == 409
    assert "科研诚信记录（到" in answer.text
    assert make.load("need", draft).state == "draft"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"subject": "没有这家"}, "没有这个名称或代码的单位"),
        ({"subject": ""}, "至少 1 个字"),
        ({"ends_on": "2001-01-01"}, "结束日期不能早于开始日期"),
        ({"ends_on": "soon"}, "请填写日期"),
        ({"scope": "x"}, "请从列表中选择"),
        ({"reason": "a\x00b"}, "控制字符"),
        ({"reason": "字" * 2001}, "最多 2000 个字"),
    ],
)
def test_bad_records_say_why_at_their_field(
    settings: Settings, browser_of: Browsers, fields: dict[str, str], words: str
) -> None:
    """Bad input: what was typed stays, nothing is entered."""
    make.enterprise(name="失信机械厂")
    answer = submit(browser_of(make.operator()), CONSOLE, form(**fields))
    assert answer.status_code == 422
    assert words in answer.text
    assert "省科技厅 2026-17 号" in answer.text
    with reading() as session:
        assert session.query(IntegrityRecord).count() == 0


@pytest.mark.parametrize("path", ["1/lift", "1/appeal", "99999999999/lift"])
def test_unknown_records(settings: Settings, browser_of: Browsers, path: str) -> None:
    """Bad input: numbers that no record has."""
    assert submit(browser_of(make.operator()), f"{CONSOLE}/{path}", {"reason": "x", "decision": "grant"}, CONSOLE).status_code == 404


def test_lifting_needs_a_reason_and_happens_once(settings: Settings, browser_of: Browsers) -> None:
    """Bad input: no reason, NUL, a double submit."""
    make.enterprise(name="失信机械厂")
    staff = browser_of(make.operator())
    submit(staff, CONSOLE, form())
    path = f"{CONSOLE}/{_record().id}/lift"
    codes = [submit(staff, path, {"reason": reason}, CONSOLE).status_code for reason in ("", "a\x00", "整改完成", "整改完成")]
    assert codes == [422, 422, 303, 409]


def test_a_request_is_decided_in_the_console(settings: Settings, browser_of: Browsers) -> None:
    """M51: asked for on the case's tab, decided in the console, read by both sides; one's own waits for another."""
    pair = make_pair()
    case_id = make_case(pair)
    tab, console = f"/cases/{case_id}/exceptions", "/console/exceptions"
    firm, staff_person = browser_of(pair.firm), make.operator()
    staff = browser_of(staff_person)
    assert submit(firm, tab, {"waives": "broker", "reason": "重大专项"}).status_code == 303
    assert submit(firm, tab, {"waives": "broker", "reason": "重大专项"}).status_code == 409
    assert submit(staff, tab, {"waives": "price", "reason": "上级批示"}).status_code == 303
    page = staff.get(console).text
    assert "重大专项" in page
    assert "这是您自己的申请" in page
    with reading() as session:
        asked, own = (each.id for each in session.query(CaseException).order_by(CaseException.id))
    verdict = {"verdict": "approve", "decision": "同意"}
    assert submit(staff, f"{console}/{own}", verdict, console).status_code == 403
    for data, code in (({}, 422), ({"verdict": "approve"}, 422), (verdict, 303), (verdict, 409)):
        assert submit(staff, f"{console}/{asked}", data, console).status_code == code, data
    assert submit(staff, f"{console}/999", verdict, console).status_code == 404
    for person in (pair.firm, pair.lab):
        page = browser_of(person).get(tab).text
        assert "已批准" in page
        assert "同意" in page
    assert "一事一议已批准：须先指定经纪人" in firm.get(f"/cases/{case_id}").text
    assert browser_of(make.enterprise()).get(tab).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"waives": "", "reason": "理由"}, "请从列表中选择"),
        ({"waives": "integrity", "reason": "理由"}, "请从列表中选择"),
        ({"waives": "broker", "reason": ""}, "请填写"),
        ({"waives": "broker", "reason": "a\x00b"}, "控制字符"),
        ({"waives": "broker", "reason": "字" * 2001}, "最多 2000 个字"),
    ],
)
def test_bad_requests_say_why_at_their_field(
    settings: Settings, browser_of: Browsers, fields: dict[str, str], words: str
) -> None:
    """Bad input: no rule, one that cannot be lifted, no reason, NUL, too long."""
    pair = make_pair()
    answer = submit(browser_of(pair.firm), f"/cases/{make_case(pair)}/exceptions", fields)
    assert answer.status_code == 422
    assert words in answer.text
