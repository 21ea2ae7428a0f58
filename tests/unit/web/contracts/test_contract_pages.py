"""The contract's page: who sees what, filling in, registration, proofs, papers, the list."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from werkzeug.test import TestResponse

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.contracts.halves import half_of
from matcher.contracts.lists import RegistrationState
from matcher.db import reading
from matcher.models import CaseFile, Contract, Payment
from matcher.vocabulary import CaseState
from matcher.workdays import end_of
from tests import contracts_of as contracts
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, make_case, make_pair
from workers.contracts import plan_reports

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def pair(settings: Settings) -> Pair:
    """Two sides."""
    return make_pair(make.enterprise(name="通化参业股份有限公司"), make.institute(name="松江大学"))


@pytest.fixture
def case_id(pair: Pair) -> int:
    """Their case."""
    return make_case(pair)


def page_of(case_id: int, rest: str = "") -> str:
    """The address of the contract's page."""
    return f"/cases/{case_id}/contract{rest}"


def filled(client: FlaskClient, case_id: int, **changes: str) -> dict[str, str]:
    """What the browser would send from the form."""
    html = client.get(page_of(case_id, "/edit")).text
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', html))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option selected[^>]*value="([^"]*)"', body)
        found[name] = chosen.group(1) if chosen else ""
    areas = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', html, re.DOTALL))
    return {**found, **areas, **changes}


def test_a_contract_is_drafted_and_filled_in(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """From the empty page to the first saved amount; a second press drafts nothing more."""
    lab = browser_of(pair.lab)
    assert "还没有合同" in lab.get(page_of(case_id)).text
    for _ in range(2):
        assert submit(lab, page_of(case_id), {"kind": "licence"}).status_code == 303
    assert lab.post(page_of(case_id, "/edit"), data=filled(lab, case_id, amount_total="80,000.50")).status_code == 303
    contract = contracts.contract_of(case_id)
    assert (contract.type, str(contract.amount_total)) == ("licence", "80000.50")
    shown = browser_of(pair.firm).get(page_of(case_id)).text
    assert "80,000.50" in shown
    assert f"{page_of(case_id, '/edit')}#pay_mode" in shown  # each gap leads to its field
    assert "#clauses-scope" in shown


def test_mistakes_stand_at_their_fields_and_nothing_is_lost(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """422 with the sentence; what was typed is still there; nothing is stored."""
    contracts.draft(case_id)
    lab = browser_of(pair.lab)
    sent = filled(lab, case_id, amount_total="100", amount_tech="200", name="新名字")
    answer = lab.post(page_of(case_id, "/edit"), data=sent)
    assert answer.status_code == 422
    assert 'id="amount_tech-error"' in answer.text
    assert "新名字" in answer.text
    assert contracts.contract_of(case_id).name != "新名字"


def test_rows_of_owners_are_added_removed_and_checked(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Without a script: a button adds a row; shares of 99.99 % are refused at the row."""
    contracts.draft(case_id)
    lab = browser_of(pair.lab)
    more = lab.post(page_of(case_id, "/edit"), data=filled(lab, case_id, rows="owners:add")).text
    assert 'name="owners-0-name"' in more
    sent = filled(lab, case_id) | {"owners-0-name": "甲", "owners-0-share": "99.99", "owners-0-duties": ""}
    answer = lab.post(page_of(case_id, "/edit"), data=sent)
    assert answer.status_code == 422
    assert "份额合计须为 100 %" in answer.text
    less = lab.post(page_of(case_id, "/edit"), data=filled(lab, case_id, rows="clauses:remove:0")).text
    assert "标的内容" not in less
    assert lab.post(page_of(case_id, "/edit"), data=filled(lab, case_id, rows="owners:add:x")).status_code == 200


def test_two_people_fill_in_at_once(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """The second is told and keeps what they typed; the same content twice is once."""
    contracts.draft(case_id)
    lab, firm = browser_of(pair.lab), browser_of(pair.firm)
    first, second = filled(lab, case_id, name="甲的名字"), filled(firm, case_id, name="乙的名字")
    assert lab.post(page_of(case_id, "/edit"), data=first).status_code == 303
    assert lab.post(page_of(case_id, "/edit"), data=first).status_code == 303
    answer = firm.post(page_of(case_id, "/edit"), data=second)
    assert answer.status_code == 409
    assert "乙的名字" in answer.text
    assert contracts.contract_of(case_id).name == "甲的名字"


def test_the_proposed_type_shows_its_sentences_and_can_be_taken_up(
    pair: Pair, case_id: int, browser_of: Browsers
) -> None:
    """N13: the sentence, how sure it is, one button; people decide."""
    contracts.draft(case_id)
    text = "乙方许可甲方以普通许可方式实施其发明专利。"
    contracts.save(case_id, clauses=[{"code": "subject", "title": "标的", "text": text}])
    lab = browser_of(pair.lab)
    shown = lab.get(page_of(case_id)).text
    assert "技术许可" in shown
    assert "<mark>" in shown
    version = str(contracts.contract_of(case_id).version)
    data = {"version": version, "type": "licence", "subtype": "patent_licence"}
    assert submit(lab, page_of(case_id, "/type"), data, page_of(case_id)).status_code == 303
    assert contracts.contract_of(case_id).subtype == "patent_licence"
    for bad in ({**data, "type": "x"}, {**data, "version": "999", "subtype": ""}, {**data, "version": "3", "subtype": "training"}):
        assert submit(lab, page_of(case_id, "/type"), bad, page_of(case_id)).status_code in (409, 422)


def test_registration_with_one_correction(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """The seller submits, the broker enters the answers; 15 digits are refused with a sentence at the field."""
    contracts.walk(case_id, CaseState.SIGNED)
    lab, staff = browser_of(pair.lab), browser_of(make.operator())
    day = contracts.today().isoformat()

    def send(client: FlaskClient, where: str, **values: str) -> TestResponse:
        version = str(contracts.contract_of(case_id).version)
        return submit(client, page_of(case_id, where), {"version": version, "day": day, **values}, page_of(case_id))

    assert send(lab, "/registration").status_code == 303
    assert send(lab, "/decision", target="recognised").status_code == 403
    assert send(staff, "/decision").status_code == 422
    assert send(staff, "/decision", target="returned", remark="补附件").status_code == 303
    assert "补附件" in lab.get(page_of(case_id)).text
    assert send(lab, "/registration").status_code == 422
    assert send(lab, "/registration", remark="已补").status_code == 303
    answer = send(staff, "/decision", target="recognised", reg_no="202622010000012", approved_tech="1")
    assert answer.status_code == 422
    assert "现在是 15 位" in answer.text
    assert send(staff, "/decision", target="recognised", reg_no="2026220100000123", approved_tech="1").status_code == 303
    assert "2026220100000123" in lab.get(page_of(case_id)).text


def pay(client: FlaskClient, case_id: int, name: str, content: bytes, **changes: str) -> TestResponse:
    """Enter a payment with this file."""
    token = token_in(client.get(page_of(case_id)).text)
    values = {"payer": "通化参业", "paid_on": contracts.today().isoformat(), "amount": "500000", "amount_tech": "400000"}
    data = {"csrf_token": token, **values, **changes, "file": (io.BytesIO(content), name)}
    return client.post(page_of(case_id, "/payments"), data=data)


def stored(settings: Settings) -> list[Path]:
    """Every file in the data folder's store."""
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


def test_payments_bring_their_proof(settings: Settings, pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """The proof can be fetched by the other side; the same form twice is one payment and one file."""
    contracts.walk(case_id, CaseState.SIGNED)
    lab = browser_of(pair.lab)
    for _ in range(2):
        assert pay(lab, case_id, "回单.txt", "回单".encode()).status_code == 303
    with reading() as session:
        payment = session.query(Payment).one()
    assert len(stored(settings)) == 1
    firm = browser_of(pair.firm)
    assert "500,000.00" in firm.get(page_of(case_id)).text
    assert firm.get(f"/cases/{case_id}/files/{payment.proof_id}").data == "回单".encode()
    assert pay(firm, case_id, "b.txt", b"b").status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "changes"),
    [
        ("回单.pdf", b"MZ\x90\x00", {}),
        ("回单.html", b"<script>alert(1)</script>", {}),
        ("", b"", {}),
        ("回单.txt", b"ok", {"amount": "1200000.01"}),
        ("回单.txt", b"ok", {"paid_on": "2999-01-01"}),
        ("回单.txt", b"ok", {"paid_on": "很久以前"}),
        ("回单.txt", b"ok", {"payer": "a\x00b"}),
    ],
)
def test_bad_payments_leave_neither_row_nor_file(
    settings: Settings, pair: Pair, case_id: int, browser_of: Browsers, name: str, content: bytes, changes: dict[str, str]
) -> None:
    """A proof that is not what it says, none at all, an amount above the contract, the future, NUL."""
    contracts.walk(case_id, CaseState.SIGNED)
    answer = pay(browser_of(pair.lab), case_id, name, content, **changes)
    assert answer.status_code == 422
    with reading() as session:
        assert session.query(Payment).count() == session.query(CaseFile).count() == 0
    assert stored(settings) == []


def test_milestones_and_reports_on_the_page(settings: Settings, pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Added, handed over, accepted; the late report is on every page of the case until it is handed in."""
    contracts.walk(case_id, CaseState.SIGNED)
    lab, firm = browser_of(pair.lab), browser_of(pair.firm)
    here = page_of(case_id)
    due = contracts.today().isoformat()
    assert submit(lab, f"{here}/milestones", {"title": "样机", "due": due}, here).status_code == 303
    assert submit(lab, f"{here}/milestones", {"title": "", "due": "x"}, here).status_code == 422
    milestone = contracts.contract_with(case_id).milestones[0].id
    assert submit(lab, f"{here}/milestones/{milestone}/judge", {"accept": "yes"}, here).status_code == 403
    assert submit(lab, f"{here}/milestones/{milestone}/deliver", {"day": "2999-01-01"}, here).status_code == 422
    assert submit(lab, f"{here}/milestones/{milestone}/deliver", {"day": due}, here).status_code == 303
    assert submit(firm, f"{here}/milestones/{milestone}/judge", {"accept": "no"}, here).status_code == 422
    assert submit(firm, f"{here}/milestones/{milestone}/judge", {"accept": "yes"}, here).status_code == 303
    assert "已验收" in lab.get(here).text
    with clock.at(end_of(half_of(contracts.today()).due + timedelta(days=1))):
        plan_reports(settings)
        assert "份履约报告已逾期" in firm.get(f"/cases/{case_id}").text
        report = contracts.contract_with(case_id).reports[0].id
        assert submit(firm, f"{here}/reports/{report}", {"sales": "x"}, here).status_code == 422
        assert submit(firm, f"{here}/reports/{report}", {"sales": "900", "royalty": "9"}, here).status_code == 303
        assert "份履约报告已逾期" not in firm.get(f"/cases/{case_id}").text


def test_papers_open_and_say_what_the_contract_says(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Draft and 登记表 as PDF and Word; strangers get neither."""
    contracts.complete(case_id)
    contracts.milestone(case_id, "样机交付")
    firm = browser_of(pair.firm)
    for paper, says in (("contract", ("第一条", "药渣快速脱水装备进行研究开发", "样机交付", "甲方（买方）：通化参业股份有限公司")),
                        ("registration", ("技术合同登记表", "021 科研机构", "142 中国", "27 医药制造业", "1,200,000.00 元", "计划外"))):  # fmt: skip
        answer = firm.get(page_of(case_id, f"/{paper}.pdf"))
        assert answer.headers["Content-Disposition"].startswith("attachment")
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
        document = Document(io.BytesIO(firm.get(page_of(case_id, f"/{paper}.docx")).data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        words = "\n".join([*(each.text for each in document.paragraphs), *cells])
        for said in says:
            assert said.replace(" ", "") in re.sub(r"\s", "", text), said
            assert said in words, said
    assert browser_of(make.enterprise()).get(page_of(case_id, "/contract.pdf")).status_code == 404
    assert firm.get(page_of(case_id, "/contract.exe")).status_code == 404


def test_strangers_find_nothing_and_a_proposed_case_shows_no_contract(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Foreign ids are the same as unknown; before both agreed there is neither page nor tab."""
    contracts.draft(case_id)
    for person in (make.enterprise(), make.broker()):
        client = browser_of(person)
        assert {client.get(page_of(number, rest)).status_code for number in (case_id, 999) for rest in ("", "/edit")} == {404}
        token = {"csrf_token": token_in(client.get("/cases").text)}
        for rest in ("", "/edit", "/type", "/clauses", "/registration", "/decision", "/milestones", "/payments"):
            assert client.post(page_of(case_id, rest), data=token).status_code == 404, rest
    proposed = cases.open_case(make.broker().actor, make.published(pair.firm, "need", anonymous=True), pair.offer_id)
    lab = browser_of(pair.lab)
    assert lab.get(page_of(proposed)).status_code == 404
    assert f'href="{page_of(proposed)}"' not in lab.get(f"/cases/{proposed}").text


def test_the_list_and_its_table(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """Each sees their own contracts, by box; the table says the same in figures."""
    contracts.walk(case_id, CaseState.SIGNED)
    contracts.pay(case_id, "600000.50")
    lab = browser_of(pair.lab)
    assert "600,000.50" in lab.get("/contracts?box=registering").text
    assert "这里没有合同" in lab.get("/contracts?box=late").text
    contracts.register(case_id)
    assert "这里没有合同" in lab.get("/contracts?box=registering").text
    assert "这里没有合同" in browser_of(make.enterprise()).get("/contracts").text
    sheet = load_workbook(io.BytesIO(lab.get("/contracts.xlsx").data)).active
    rows = list(sheet.values)
    assert len(rows) == 2
    assert (rows[1][7], rows[1][9]) == (1200000, 600000.50)
    assert rows[1][10] == "已认定"


def test_the_pages_read_a_constant_number_of_times(
    pair: Pair, case_id: int, browser_of: Browsers, count_queries: Callable[[], object]
) -> None:
    """Ten payments, milestones and contracts cost no more queries than one; a GET writes nothing."""
    contracts.walk(case_id, CaseState.SIGNED)
    lab = browser_of(pair.lab)

    def counts() -> list[int]:
        found = []
        for path in (page_of(case_id), "/contracts"):
            with count_queries() as counted:  # type: ignore[attr-defined]
                lab.get(path)
            assert not counted.writes
            found.append(len(counted.statements))
        return found

    contracts.pay(case_id, "1")
    contracts.milestone(case_id)
    before = counts()
    for number in range(8):
        contracts.pay(case_id, str(number + 2))
        contracts.milestone(case_id, f"第 {number} 个")
        contracts.draft(make_case(make_pair(pair.firm, pair.lab)))
    assert counts() == before


def test_under_examination_nobody_edits(pair: Pair, case_id: int, browser_of: Browsers) -> None:
    """409 with the reason; what was typed stays on the page."""
    contracts.walk(case_id, CaseState.SIGNED)
    lab = browser_of(pair.lab)
    sent = filled(lab, case_id, name="改名")
    contracts.submit(case_id)
    answer = lab.post(page_of(case_id, "/edit"), data={**sent, "version": str(contracts.contract_of(case_id).version)})
    assert answer.status_code == 409
    assert "改名" in answer.text
    with reading() as session:
        assert session.query(Contract.reg_state).scalar() == RegistrationState.ACCEPTED
