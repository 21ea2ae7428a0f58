"""A whole case through the API: from two yeses to shared money, with what each step refuses."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from matcher import clock
from matcher.actions import accounts
from matcher.workdays import local_day
from tests import contracts_of
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks, agree_price, private_lab
from tests.unit.web.work import make_pair


class Caller:
    """A program with one person's token."""

    def __init__(self, client: FlaskClient, person: Person, *scopes: str) -> None:
        self.client = client
        self.token = accounts.create_token(person.actor, "脚本", list(scopes or ("cases",)))

    def __call__(self, method: str, path: str, body: Any = None, tag: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"If-Match": tag} if tag else {})
        given = {"json": body} if body is not None else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **given, **more)

    def tag(self, path: str) -> str:
        """The ETag of what is there now."""
        return str(self("GET", path).headers["ETag"])

    def step(self, method: str, path: str, body: Any = None, at: str = "") -> Any:
        """A change at the version of now."""
        return self(method, path, body, self.tag(at or path.rsplit("/", 1)[0]))


@pytest.fixture
def people(settings: Settings) -> tuple[Person, Person, Person, Person]:
    """Firm, lab, broker, operator."""
    pair = make_pair()
    return pair.firm, pair.lab, make.broker(), make.operator()


def test_from_a_proposal_to_talks(people: tuple[Person, ...], client: FlaskClient) -> None:
    """Opened, agreed on by both, moved, planned, rested, ended and brought back; each answer is the case as it is then."""
    firm, lab, broker, staff = (Caller(client, person, "cases", "read") for person in people)
    need, offer = make.published(people[0], "need"), make.published(people[1], "achievement")
    opened = broker("POST", "/cases", {"need_id": need, "achievement_id": offer})
    assert (opened.status_code, opened.json["state"]) == (201, "proposed")
    case = f"/cases/{opened.json['id']}"
    assert broker("POST", "/cases", {"need_id": need, "achievement_id": offer}).status_code == 409
    assert firm("PUT", f"{case}/consent", {"agree": True}).status_code == 200
    agreed = lab("PUT", f"{case}/consent", {"agree": True})
    assert agreed.json["state"] == "agreed"
    assert staff("PUT", f"{case}/broker", {"broker_id": people[2].id}).status_code == 200
    moved = broker.step("POST", f"{case}/moves", {"target": "connected", "note": "开过会"})
    assert (moved.status_code, moved.json["state"], moved.headers["ETag"]) == (200, "connected", broker.tag(case))
    due = local_day(clock.now()) + timedelta(days=9)
    planned = broker.step("PUT", f"{case}/next-step", {"step": "寄样品", "party": "offer", "due_on": due.isoformat()})
    assert (planned.json["next_step"], planned.json["next_party"]) == ("寄样品", "offer")
    rest = {"reason": "trial", "until": due.isoformat()}
    assert broker.step("PUT", f"{case}/pause", rest).json["pause_reason"] == "trial"
    assert broker("DELETE", f"{case}/pause").json["paused_at"] is None
    assert broker.step("PUT", f"{case}/end", {"reason": "price"}).json["state"] == "ended"
    assert broker.step("DELETE", f"{case}/end").json["state"] == "connected"


def test_what_steps_refuse(people: tuple[Person, ...], client: FlaskClient) -> None:
    """No version, an old one, a step that is not next, what is missing, another's case, a token without the scope."""
    talks = Talks()
    case = f"/cases/{talks.id}"
    broker, firm = Caller(client, talks.broker), Caller(client, talks.firm)
    old = broker.tag(case)
    assert broker("POST", f"{case}/moves", {"target": "signed"}).status_code == 428
    assert broker("POST", f"{case}/moves", {"target": "signed"}, '"999"').status_code == 412
    lacking = broker("POST", f"{case}/moves", {"target": "signed"}, old)
    assert lacking.status_code == 409
    assert lacking.json["missing"]
    assert broker("POST", f"{case}/moves", {"target": "converted"}, old).status_code == 409
    assert firm("POST", f"{case}/moves", {"target": "signed"}, old).status_code in {403, 409}
    bad = broker("PUT", f"{case}/next-step", {"step": "", "party": "x", "due_on": "soon"}, old)
    assert bad.status_code == 422
    assert set(bad.json["errors"]) == {"step", "party", "due_on"}
    stranger = Caller(client, make.enterprise())
    for method, path, body in (
        ("POST", "/moves", {"target": "signed"}),
        ("POST", "/messages", {"body": "x"}),
        ("POST", "/price", {"route": "agreement", "amount": "1"}),
        ("POST", "/contract", {}),
        ("POST", "/tasks", {"title": "x", "duty": "need", "due_on": "2099-01-05"}),
    ):
        assert stranger(method, case + path, body, old).status_code == 404, path
        assert Caller(client, talks.broker, "answer")(method, case + path, body, old).status_code == 404, path
        assert client.open(f"/api/v1{case}{path}", method=method, json=body).status_code == 401
    reader = Caller(client, talks.broker, "read")
    assert reader("GET", case).status_code == 200
    assert reader("POST", f"{case}/messages", {"body": "x"}).status_code == 403


def test_talks_meetings_and_tasks(people: tuple[Person, ...], client: FlaskClient) -> None:
    """A message once, a meeting answered and changed, a task done; each as on the page."""
    talks = Talks()
    case = f"/cases/{talks.id}"
    broker, firm = Caller(client, talks.broker, "cases", "read"), Caller(client, talks.firm, "cases", "read")
    message = {"body": "周四可以。", "once": "m1"}
    assert firm("POST", f"{case}/messages", message).status_code == 201
    assert firm("POST", f"{case}/messages", message).status_code == 409
    day = (local_day(clock.now()) + timedelta(days=2)).isoformat()
    meeting = {"title": "首次对接会", "day": day, "begins": "10:00", "ends": "11:00", "place": "线上", "guests": [talks.firm.id, talks.lab.id]}
    called = broker("POST", f"{case}/meetings", meeting)
    assert called.status_code == 201
    at = f"{case}/meetings/{called.json['id']}"
    assert firm("PUT", f"{at}/reply", {"sequence": 0, "reply": "accepted"}).status_code == 204
    assert firm("GET", f"{case}/meetings").json["items"][0]["accepted"] == 1
    assert broker("PUT", at, {**meeting, "begins": "10:30"}).status_code == 204
    assert firm("PUT", f"{at}/reply", {"sequence": 0, "reply": "accepted"}).status_code == 409
    assert broker("POST", f"{at}/minutes", {"minutes": "还没开"}).status_code == 409
    assert broker("DELETE", at).status_code == 204
    task = {"title": "寄样品", "duty": "need", "due_on": "2099-01-05"}
    made = broker("POST", f"{case}/tasks", task).json["id"]
    assert broker("POST", f"/tasks/{made}/hand-on", {"duty": "offer"}).status_code == 204
    assert Caller(client, talks.lab)("POST", f"/tasks/{made}/complete", {"outcome": "已寄"}).status_code == 204
    assert broker("POST", f"/tasks/{made}/cancel", {}).status_code == 409
    assert broker("POST", f"{case}/tasks", {**task, "due_on": "2020-01-05"}).json["errors"].keys() == {"due_on"}
    assert firm("POST", f"{case}/notes", {"body": "x"}).status_code == 403


def test_price_and_sealed_ranges(people: tuple[Person, ...], client: FlaskClient) -> None:
    """Two ranges tell one word; a price is confirmed, taken back and proposed anew."""
    talks = Talks()
    case = f"/cases/{talks.id}"
    firm, lab = Caller(client, talks.firm, "cases", "read"), Caller(client, talks.lab, "cases", "read")
    assert firm("POST", f"{case}/ranges", {"low": "93", "high": "71"}).status_code == 422
    assert firm("POST", f"{case}/ranges", {"low": "71", "high": "93"}).status_code == 201
    assert lab("POST", f"{case}/ranges", {"low": "104", "high": "137"}).status_code == 201
    assert firm("GET", f"{case}/price").json["sealed"]["gap"] == "near"
    price = {"route": "agreement", "amount": "100", "terms": "一次付清"}
    number = lab("POST", f"{case}/price", price).json["id"]
    assert firm("POST", f"{case}/price/{number}/confirm").status_code == 204
    assert lab("POST", f"{case}/price/{number}/withdraw", {"reason": "重新谈"}).status_code in {204, 409}
    assert lab("POST", f"{case}/price", {"route": "agreement", "amount": "-1"}).json["errors"].keys() == {"amount"}


def test_contract_registration_and_money(people: tuple[Person, ...], client: FlaskClient) -> None:
    """Filled in, signed, returned once, recognised, delivered, paid with proof, shared; numbers and sums are checked."""
    talks = Talks(private_lab())
    case, contract = f"/cases/{talks.id}", f"/cases/{talks.id}/contract"
    broker, lab, firm = (Caller(client, each, "cases", "read") for each in (talks.broker, talks.lab, talks.firm))
    agree_price(talks.id, talks.firm, talks.lab, "120")
    day = contracts_of.today().isoformat()
    assert broker("PUT", contract, {"name": "x"}, '"1"').status_code == 404  # there is none yet
    assert broker("POST", contract, {"kind": "development"}).status_code == 201
    assert broker("POST", contract, {}).status_code == 409
    filled = filled_contract(talks.id)
    assert broker("PUT", contract, filled, '"999"').status_code == 412
    wrong = broker("PUT", contract, {**filled, "amount_total": "x"}, broker.tag(contract))
    assert wrong.json["errors"].keys() == {"amount_total"}
    assert pay(lab, case, day).status_code == 409  # before it is signed
    assert broker.step("PUT", contract, filled, contract).status_code == 200
    assert broker.step("POST", f"{case}/moves", {"target": "signed"}).status_code == 200
    registration = f"{contract}/registration"
    assert lab.step("POST", registration, {"day": day}).json["registration"][-1]["state"] == "accepted"
    decision = f"{contract}/decision"
    assert broker.step("POST", decision, {"target": "returned", "day": day, "remark": "补充检测方法"}).status_code == 200
    assert lab.step("POST", registration, {"day": day, "remark": "已补充"}).status_code == 200
    answer = {"target": "recognised", "day": day, "reg_no": "202622010000012", "approved_tech": "1000000"}
    assert broker.step("POST", decision, answer).json["errors"].keys() == {"reg_no"}  # 15 digits
    recognised = broker.step("POST", decision, {**answer, "reg_no": "2026220100000123"})
    assert recognised.json["registration"][-1]["state"] == "recognised"
    milestone = broker("POST", f"{case}/milestones", {"title": "样机交付", "due": "2099-01-05"}).json["id"]
    assert lab("POST", f"{case}/milestones/{milestone}/deliver", {"day": day}).status_code == 204
    assert firm("POST", f"{case}/milestones/{milestone}/judge", {"accept": False}).json["errors"].keys() == {"remark"}
    assert firm("POST", f"{case}/milestones/{milestone}/judge", {"accept": True}).status_code == 204
    assert pay(lab, case, day, amount="9999999", amount_tech="1").status_code == 422  # more than the contract
    assert pay(firm, case, day).status_code == 403
    payment = pay(lab, case, day)
    assert payment.status_code == 201
    number = payment.json["id"]
    assert lab("POST", f"{case}/payments/{number}/shares").status_code == 409  # no rights table of that day
    assert lab("POST", f"{case}/payments/{number}/cancel", {"reason": "录错"}).status_code == 403
    assert broker("POST", f"{case}/payments/{number}/cancel", {"reason": "录错"}).status_code == 204
    assert firm("POST", f"{case}/claims", {"rule": "x"}).json["errors"].keys() == {"rule"}


def pay(caller: Caller, case: str, day: str, **fields: str) -> Any:
    """A payment of that day with a proof."""
    given = {"payer": "通化参业", "paid_on": day, "amount": "600000", "amount_tech": "600000", **fields}
    slip = {"file": (io.BytesIO("回单".encode()), "回单.txt")}
    return caller("POST", f"{case}/payments", None, data={**given, **slip}, content_type="multipart/form-data")


def filled_contract(case_id: int) -> dict[str, Any]:
    """The contract's fields as JSON, filled in and signed today."""
    contract = contracts_of.contract_of(case_id)
    day = contracts_of.today()
    days = {"signed": day, "valid_from": day, "valid_to": day + timedelta(days=3 * 365)}
    clauses = [{**each, "text": contracts_of.TEXTS.get(each["code"], each["text"])} for each in contract.clauses]
    values = contracts_of.values_of(contract) | contracts_of.FILLED | {"subtype": "commissioned", "clauses": clauses} | days
    return {name: str(value) if isinstance(value, date | Decimal) else value for name, value in values.items()}


def test_files_come_and_go_by_the_api(people: tuple[Person, ...], client: FlaskClient) -> None:
    """A second file of a name is its next version; one for the own side is not the other's; a program is refused."""
    talks = Talks()
    case = f"/cases/{talks.id}/files"
    firm, lab = Caller(client, talks.firm, "cases", "read"), Caller(client, talks.lab, "cases", "read")

    def bring(content: bytes, name: str = "方案.txt", **fields: str) -> Any:
        return firm("POST", case, None, data={**fields, "file": (io.BytesIO(content), name)}, content_type="multipart/form-data")

    first = bring("第一版".encode())
    assert first.status_code == 201
    assert bring("第二版".encode(), audience="both").status_code == 201
    assert bring("自己看".encode(), "内部.txt", audience="side").status_code == 201
    assert [(each["name"], each["version"]) for each in lab("GET", case).json["items"]] == [("方案.txt", 1), ("方案.txt", 2)]
    assert len(firm("GET", case).json["items"]) == 3
    fetched = lab("GET", f"{case}/{first.json['id']}")
    assert fetched.data.decode() == "第一版"
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert bring(b"MZ\x90\x00", "a.exe").status_code == 422
    assert bring(b"x", audience="x").json["errors"].keys() == {"audience"}
    assert firm("POST", case, None, data={"audience": "both"}, content_type="multipart/form-data").json["errors"].keys() == {"file"}
    assert Caller(client, make.enterprise())("GET", f"{case}/{first.json['id']}").status_code == 404
