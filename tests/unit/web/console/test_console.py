"""The operator's console: who may, what waits, what is decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from config.settings import Settings
from matcher.actions import organisations, records
from matcher.db import reading, transaction
from matcher.inputs.records import plain_values
from matcher.models import MODELS, AuditEvent, Need, Organisation, OutboxItem, Stage, User
from matcher.vocabulary import OrgKind, OrgState, RecordState, Role
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import case_of, make_case, make_pair, statements, writes

Browsers = Callable[[Person], FlaskClient]


def console_paths(app: Flask) -> list[str]:
    """All pages of the console without arguments."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ()) and not rule.arguments
    )


def submitted(title: str = "参渣干燥") -> tuple[Person, int]:
    """A need in the review queue."""
    firm = make.enterprise()
    need_id = make.draft(firm, "need", title=title)
    records.submit_record(firm.actor, "need", need_id, 1)
    return firm, need_id


def need_of(need_id: int) -> Need:
    """The need as it is."""
    with reading() as session:
        return session.get_one(Need, need_id)


def test_only_those_who_run_the_platform(app: Flask, settings: Settings, browser_of: Browsers, client: FlaskClient) -> None:
    """49: members and brokers are refused on every page, visitors are asked to log in; roles are the administrator's."""
    operator, administrator = browser_of(make.operator()), browser_of(make.administrator())
    others = [browser_of(person) for person in (make.enterprise(), make.broker())]
    paths = console_paths(app)
    assert len(paths) == 24
    for path in paths:
        assert {other.get(path).status_code for other in others} == {403}, path
        assert client.get(path).status_code == 302
        assert operator.get(path).status_code == (403 if path == "/console/users" else 200), path
        assert administrator.get(path).status_code == 200


def test_pages_write_nothing(app: Flask, settings: Settings, browser_of: Browsers) -> None:
    """53: no page of the console changes the database."""
    submitted()
    make_case(make_pair())
    browser = browser_of(make.administrator())
    with statements() as sent:
        for path in console_paths(app):
            browser.get(path)
    assert not writes(sent)


def test_lists_take_the_same_queries_for_one_and_three(app: Flask, settings: Settings, browser_of: Browsers) -> None:
    """98: every page of the console with 1 and 3 of everything."""
    browser = browser_of(make.administrator())

    def counted() -> dict[str, int]:
        found = {}
        for path in console_paths(app):
            with statements() as sent:
                assert browser.get(path).status_code == 200
            found[path] = len(sent)
        return found

    def add() -> None:
        submitted()
        make.add_member(OrgKind.ENTERPRISE, checked=False)
        firm = make.enterprise()
        assert firm.actor.org_id is not None
        organisations.join_organisation(make.add_person().actor, firm.actor.org_id)
        make_case(make_pair())
        make.broker()

    add()
    first = counted()
    add()
    add()
    assert counted() == first


def test_publish_from_the_queue(settings: Settings, browser_of: Browsers) -> None:
    """The page shows what the public will see; publishing empties the queue."""
    _firm, need_id = submitted()
    browser, path = browser_of(make.operator()), f"/console/review/need/{need_id}"
    assert "参渣干燥" in browser.get("/console/review").text
    assert "首次发布" in browser.get(path).text
    answer = submit(browser, path, {"decision": "publish", "version": need_of(need_id).version})
    assert answer.status_code == 303
    assert need_of(need_id).state == RecordState.PUBLISHED
    assert "没有待审核的记录" in browser.get("/console/review").text


def test_return_needs_a_remark(settings: Settings, browser_of: Browsers) -> None:
    """Without one: 422 at the field; with one the author reads it."""
    _firm, need_id = submitted()
    browser, path = browser_of(make.operator()), f"/console/review/need/{need_id}"
    form = {"decision": "return", "version": need_of(need_id).version}
    assert submit(browser, path, form).status_code == 422
    assert submit(browser, path, {**form, "remark": "请写明含水率"}).status_code == 303
    assert (need_of(need_id).state, need_of(need_id).review_remark) == (RecordState.RETURNED, "请写明含水率")


def test_two_operators_at_once(settings: Settings, browser_of: Browsers) -> None:
    """The second decision is told, keeps the typed remark, and changes nothing."""
    _firm, need_id = submitted()
    version = need_of(need_id).version
    browser, path = browser_of(make.operator()), f"/console/review/need/{need_id}"
    token = token_in(browser.get(path).text)
    records.review_record(make.operator().actor, "need", need_id, version, publish=True)
    data = {"decision": "return", "remark": "再补充", "version": version, "csrf_token": token}
    assert browser.post(path, data=data).status_code == 409
    assert need_of(need_id).state == RecordState.PUBLISHED


def changed_rows(page: str) -> dict[str, list[str]]:
    """Label → texts before and after, from the table of changes."""
    found = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page.partition('id="changes"')[2].partition("</table>")[0], re.DOTALL)
    return {label: re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL) for label, cells in found}


def test_a_changed_record_shows_old_beside_new(settings: Settings, browser_of: Browsers) -> None:
    """Every field that differs from what was published, in words; what is as before is not listed."""
    firm = make.enterprise()
    need_id = make.published(firm, "need", detail_restricted="旧的秘密", deadline=date(2030, 1, 31))
    changed = make.given(
        "need", title="<b>改了名称", budget_max="200.0", budget_min="80.00", coop_modes=["joint"], min_trl=7,
        deadline=date(2030, 2, 28), anonymous=True, region="220100", detail_restricted="新的秘密", valid_until=need_of(need_id).valid_until,
        indicators=[{"name": "含水率", "relation": "<=", "value": "8", "unit": "%"}],
    )
    records.save_record(firm.actor, "need", need_id, make.version("need", need_id), changed)
    page = browser_of(make.operator()).get(f"/console/review/need/{need_id}").text
    rows = changed_rows(page)
    assert rows.pop("受限详情") == ["有改动。打开受限详情后对照。"]
    assert "秘密" not in page
    assert rows == {
        "需求名称": ["人参提取废渣高值利用与快速干燥", "&lt;b&gt;改了名称"],
        "技术指标": ["含水率 ≤ 12\u2009%", "含水率 ≤ 8\u2009%"],
        "合作方式": ["合作开发、技术转让", "合作开发"],
        "拟投入资金 · 最高": ["150\u2009万元", "200\u2009万元"],
        "期望完成日期": ["2030-01-31", "2030-02-28"],
        "对成熟度的最低要求": ["成熟度 6 · 中试", "成熟度 7 · 中试"],
        "所在地区": ["通化市", "长春市"],
        "匿名发布，不显示单位": ["否", "是"],
    }


def test_every_field_of_every_kind_can_be_compared(settings: Settings, browser_of: Browsers) -> None:
    """A record whose published values were all empty: each field of its form has a row and a text."""
    lab = make.institute()
    rights = [{"type": "invention", "number": "ZL1", "name": "一种装置", "holder": "某所"}]
    more = {"achievement": {"ip": rights, "people": ["李"], "price_mode": "fixed", "price_min": "5"},
            "expert": {"service_regions": ["220100"]}}
    for kind, fields in more.items():
        record_id = make.published(lab, kind, **fields)
        with transaction() as session:
            record = session.get_one(MODELS[kind], record_id)
            record.state, record.published_values = RecordState.SUBMITTED, {}
            filled = [name for name, value in plain_values(record).items() if value]
        rows = changed_rows(browser_of(make.operator()).get(f"/console/review/{kind}/{record_id}").text)
        assert len(rows) == len(filled), kind
        assert all(before == "（空）" and after != "（空）" for before, after in rows.values()), rows


def test_a_record_published_before_values_were_kept(settings: Settings, browser_of: Browsers) -> None:
    """The page says that it cannot compare instead of saying that nothing changed."""
    need_id = make.published(make.enterprise(), "need")
    with transaction() as session:
        record = session.get_one(Need, need_id)
        record.state, record.published_values = RecordState.SUBMITTED, None
    assert "不能逐项对照" in browser_of(make.operator()).get(f"/console/review/need/{need_id}").text


def test_operators_open_the_restricted_detail_with_a_trace(settings: Settings, browser_of: Browsers) -> None:
    """The page alone neither shows nor records it; the button does both, and the owner sees who it was."""
    firm = make.enterprise()
    need_id = make.draft(firm, "need", detail_restricted="配方在此")
    records.submit_record(firm.actor, "need", need_id, 1)
    browser, path = browser_of(make.operator()), f"/console/review/need/{need_id}"
    assert "配方在此" not in browser.get(path).text
    opened = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "record.open_detail")
    with reading() as session:
        assert session.scalar(opened) == 0
    answer = submit(browser, f"{path}/detail", page=path)
    assert (answer.status_code, "配方在此" in answer.text) == (200, True)
    with reading() as session:
        assert session.scalar(opened) == 1


@pytest.mark.parametrize("path", ["need/999", "need/99999999999", "person/1"])
def test_unknown_records_are_not_found(settings: Settings, browser_of: Browsers, path: str) -> None:
    """Bad input: unknown ids and kinds."""
    assert browser_of(make.operator()).get(f"/console/review/{path}").status_code == 404


def test_organisations_and_members_are_checked(settings: Settings, browser_of: Browsers) -> None:
    """Accepted; refused with a reason; members let in once, a second press is told."""
    founder = make.add_member(OrgKind.ENTERPRISE, checked=False, name="新单位")
    org_id = founder.actor.member_of
    browser = browser_of(make.operator())
    page = "/console/organisations"
    assert "新单位" in browser.get(page).text
    version = {"version": "1"}
    assert submit(browser, f"{page}/{org_id}", {"decision": "refuse", **version}, page).status_code == 422
    assert submit(browser, f"{page}/{org_id}", {"decision": "praise", **version}, page).status_code == 422
    assert submit(browser, f"{page}/{org_id}", {"decision": "accept"}, page).status_code == 409
    assert submit(browser, f"{page}/{org_id}", {"decision": "accept", **version}, page).status_code == 303
    with reading() as session:
        assert session.get_one(Organisation, org_id).state == OrgState.CHECKED
    assert org_id is not None
    organisations.join_organisation(make.add_person(name="孙敏").actor, org_id)
    text = browser.get(page).text
    assert "孙敏" in text
    number = text.split("/console/memberships/")[1].split('"')[0]
    token = {"csrf_token": token_in(text), "decision": "accept"}
    assert browser.post(f"/console/memberships/{number}", data=token).status_code == 303
    assert browser.post(f"/console/memberships/{number}", data=token).status_code == 409
    assert browser.post("/console/memberships/99999999999", data=token).status_code == 404


def test_a_new_name_is_checked_beside_the_present_one(settings: Settings, browser_of: Browsers) -> None:
    """Both names stand on the page; revoking needs a reason and takes the listings off the public pages."""
    firm = make.enterprise(name="旧名机械厂")
    need_id, org_id = make.published(firm, "need"), firm.actor.org_id or 0
    with reading() as session:
        now = session.get_one(Organisation, org_id)
    sent = {"kind": now.kind, "name": "新名机械厂", "credit_code": now.credit_code, "region": now.region}
    edit = "/account/organisation/edit"
    assert submit(browser_of(firm), edit, {**sent, "version": str(now.version)}).status_code == 303
    browser, page, public = browser_of(make.operator()), "/console/organisations", f"/needs/{need_id}"
    shown = browser.get(page).text
    assert "旧名机械厂" in shown
    assert "新名机械厂" in shown
    visitor = browser_of(make.enterprise())
    assert "新名机械厂" not in visitor.get(public).text + visitor.get(f"/organisations/{org_id}").text
    assert submit(browser, f"{page}/{org_id}", {"decision": "revoke"}, page).status_code == 422
    done = submit(browser, f"{page}/{org_id}", {"decision": "revoke", "remark": "已注销"}, page)
    assert done.status_code == 303
    assert {visitor.get(path).status_code for path in (public, f"/organisations/{org_id}")} == {404}


def test_brokers_are_assigned(settings: Settings, browser_of: Browsers) -> None:
    """The case gets its broker and the page comes back; nobody and somebody else are refused."""
    case_id, broker = make_case(make_pair()), make.broker()
    browser = browser_of(make.operator())
    form = {"broker_id": broker.id, "next": "/console/cases?page=1"}
    answer = submit(browser, f"/cases/{case_id}/assign", form, "/console/cases")
    assert answer.location == "/console/cases?page=1"
    assert case_of(case_id).broker_id == broker.id
    for wrong in ("", "x", "99999999999", str(make.enterprise().id)):
        form = {"broker_id": wrong, "next": "//elsewhere.example"}
        assert submit(browser, f"/cases/{case_id}/assign", form, "/console/cases").status_code == 422


def test_parked_items_are_tried_again(settings: Settings, browser_of: Browsers) -> None:
    """9: a parked item stands in the console with its error; pressing twice is harmless."""
    make.published(make.enterprise(), "need")
    with transaction() as session:
        item = session.query(OutboxItem).first()
        assert item is not None
        item.stage, item.last_error = Stage.DEAD, "mapping error <b>"
    browser = browser_of(make.operator())
    text = browser.get("/console/outbox").text
    assert "mapping error &lt;b&gt;" in text
    token = {"csrf_token": token_in(text)}
    assert browser.post(f"/console/outbox/{item.id}/retry", data=token).status_code == 303
    assert browser.post(f"/console/outbox/{item.id}/retry", data=token).status_code == 409
    with reading() as session:
        assert session.get_one(OutboxItem, item.id).stage == Stage.INDEX


def test_audit_search(settings: Settings, browser_of: Browsers) -> None:
    """By person, action, object and day; no value of a field is ever shown."""
    firm, need_id = submitted("秘密的题目")
    browser = browser_of(make.operator())
    page = browser.get(f"/console/audit?who={firm.email}&action=record.submit&object=needs+{need_id}").text
    assert f"needs {need_id}" in page
    assert "共 1 条" in page
    assert "秘密的题目" not in page
    assert "没有符合的记录" in browser.get("/console/audit?until=2001-01-01").text
    for query in ("since=nonsense", "until=9999-12-31", "object=%00", "who=%25", "action=x" * 500, "object=needs+" + "9" * 40):
        assert browser.get(f"/console/audit?{query}").status_code == 200


def test_roles_are_given_by_administrators_alone(settings: Settings, browser_of: Browsers) -> None:
    """56: a new role ends the person's sessions; one's own stays; unknown roles and people are refused."""
    person, chief = make.enterprise(), make.administrator()
    browser = browser_of(chief)
    page = "/console/users"
    theirs = browser_of(person)
    assert submit(browser, f"{page}/{person.id}/role", {"role": "broker"}, page).status_code == 303
    with reading() as session:
        assert session.get_one(User, person.id).role == Role.BROKER
    assert theirs.get("/matches").status_code == 302
    assert submit(browser, f"{page}/{person.id}/role", {"role": "emperor"}, page).status_code == 422
    assert submit(browser, f"{page}/{chief.id}/role", {"role": "member"}, page).status_code == 409
    assert submit(browser, f"{page}/999/role", {"role": "member"}, page).status_code == 404
    operator = browser_of(make.operator())
    assert submit(operator, f"{page}/{person.id}/role", {"role": "administrator"}, "/console").status_code == 403


def test_matches_of_the_week_have_denominators(settings: Settings, browser_of: Browsers) -> None:
    """Counts by level and answers with their share; other weeks by link; nonsense is this week."""
    make_case(make_pair())
    make_pair(level="fair")
    browser = browser_of(make.operator())
    page = browser.get("/console/matches").text
    assert "50\u2009%" in page
    assert "这一周没有新的匹配" in browser.get("/console/matches?week=2020-W01").text
    for week in ("2026-W99", "9999-W01", "nonsense", "0001-W01"):
        assert browser.get(f"/console/matches?week={week}").status_code == 200


def test_index_page_says_what_is_wrong(settings: Settings, browser_of: Browsers) -> None:
    """Without a live index the page stands and says so."""
    assert "索引现在不能回答" in browser_of(make.operator()).get("/console/index").text


def test_every_decision_is_in_the_audit_trail(settings: Settings, browser_of: Browsers) -> None:
    """71: what an operator does in the console names them."""
    _firm, need_id = submitted()
    operator = make.operator()
    submit(browser_of(operator), f"/console/review/need/{need_id}",
           {"decision": "publish", "version": need_of(need_id).version})
    with reading() as session:
        event = session.query(AuditEvent).filter_by(action="record.review").one()
    assert (event.actor_id, event.object_id) == (operator.id, need_id)
