"""Rights, shares, claims, finance, statements and the decision file in the portal, over HTTP."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader

from config.settings import Settings
from matcher import clock, files
from matcher.actions import cases
from matcher.actions.shares import compute_shares
from matcher.db import reading
from matcher.models import AuditEvent, BenefitShare, Distribution, RightsTable
from matcher.money import yuan
from matcher.workdays import local_day
from tests import factories as make
from tests.factories import Person
from tests.unit.matcher.deals import Deal
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in

Browsers = Callable[[Person], FlaskClient]


@pytest.fixture
def deal(settings: Settings) -> Deal:
    return Deal()


def rights(**fields: Any) -> dict[str, Any]:
    """A rights table as the browser sends it."""
    sent = {
        "number": "1",
        "valid_from": "2026-01-01",
        "route": "transfer",
        "holders-0-name": "研究院",
        "holders-0-kind": "organisation",
        "holders-0-type": "unit",
        "holders-0-share": "70",
        "holders-2-name": "赵工",
        "holders-2-kind": "person",
        "holders-2-type": "ownership",
        "holders-2-share": "30",
        "team_percent": "60",
        "team-0-name": "钱工",
        "team-0-share": "100",
    }
    return {**sent, **fields}


def text_of(document: bytes) -> str:
    """Everything that a PDF says, without blanks."""
    pages = PdfReader(io.BytesIO(document)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_the_owner_enters_rights_with_blank_rows_between(deal: Deal, browser_of: Browsers) -> None:
    """M52: a blank row is left out, the version is shown, another version can follow."""
    lab, path = browser_of(deal.lab), f"/achievements/{deal.achievement_id}/rights"
    assert submit(lab, path, rights()).status_code == 303
    page = lab.get(path).text
    assert "第 1 版" in page
    assert "42" in page  # 70 % × 60 % for the team
    assert submit(lab, path, rights(number="1")).status_code == 409
    with reading() as session:
        assert session.query(RightsTable).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("holders-2-share", "29.99", "现在是 99.99 %"),
        ("holders-2-share", "-30", "不能小于"),
        ("holders-0-name", "研\x00院", "控制字符"),
        ("valid_from", "昨天", "请填写日期"),
        ("team_percent", "10", "不得低于 50 %"),
        ("route", "gift", "请从列表中选择"),
    ],
)
def test_bad_rights_are_refused_at_their_field(
    deal: Deal, browser_of: Browsers, field: str, value: str, says: str
) -> None:
    """Bad input: 99.99 %, a negative share, NUL, no date, below the minimum: 422, what was typed stays."""
    answer = submit(browser_of(deal.lab), f"/achievements/{deal.achievement_id}/rights", rights(**{field: value}))
    assert answer.status_code == 422
    assert says in answer.text
    assert "研" in answer.text
    with reading() as session:
        assert session.query(RightsTable).count() == 0


def test_more_rows_save_nothing(deal: Deal, browser_of: Browsers) -> None:
    """The button for more rows works without JavaScript and keeps what was typed."""
    answer = submit(browser_of(deal.lab), f"/achievements/{deal.achievement_id}/rights", rights(more="1"))
    assert answer.status_code == 200
    assert answer.text.count('class="row-item holder"') == 4
    with reading() as session:
        assert session.query(RightsTable).count() == 0


def test_a_payment_is_shared_from_the_page(deal: Deal, browser_of: Browsers) -> None:
    """M53: the achievement's side shares it, the other side sees nothing of it; a second press changes nothing."""
    deal.rights()
    payment = deal.payment(deal.contract(), "1000.01")
    lab, page = browser_of(deal.lab), f"/cases/{deal.case_id}/money"
    for _press in range(2):
        assert submit(lab, f"{page}/shares/{payment}", {}, page).status_code == 303
    assert "280.00" in lab.get(page).text
    assert "280.00" not in browser_of(deal.firm).get(page).text
    with reading() as session:
        assert session.query(Distribution).count() == 1


def test_without_a_table_the_page_says_so(deal: Deal, browser_of: Browsers) -> None:
    deal.payment(deal.contract())
    lab, page = browser_of(deal.lab), f"/cases/{deal.case_id}/money"
    assert "没有有效的权属表" in lab.get(page).text
    answer = lab.post(f"{page}/shares/1", data={"csrf_token": token_in(lab.get(page).text)})
    assert answer.status_code == 409


def test_statements_as_pdf_and_table(deal: Deal, browser_of: Browsers) -> None:
    """M53, M67: each recipient's own file names the sum and nobody else; only those who may can fetch it."""
    partner = make.institute(name="合作研究所")
    deal.rights(
        team=[{"name": "赵工", "share": "50"}, {"name": "孙工", "share": "50", "affiliation": "合作研究所"}]
    )
    compute_shares(deal.broker.actor, deal.case_id, deal.payment(deal.contract(), "1000.01"))
    with reading() as session:
        numbers = {(each.name, each.basis): each.id for each in session.query(BenefitShare)}
    zhao, sun = numbers["赵工", "right"], numbers["孙工", "team"]
    text = text_of(browser_of(deal.lab).get(f"/statements/{zhao}.pdf").data)
    assert "赵工" in text
    assert "510.01元" in text or "510.01" in text  # 300.00 by right and 210.01 of the team, or so to the fen
    assert "孙工" not in text
    sheet = load_workbook(io.BytesIO(browser_of(partner).get(f"/statements/{sun}.xlsx").data)).active
    assert [row[2] for row in sheet.iter_rows(values_only=True)][-1] == 210
    for person, share, code in (
        (partner, sun, 200),
        (partner, zhao, 404),
        (deal.broker, zhao, 200),
        (deal.staff, sun, 200),
        (deal.firm, zhao, 404),
        (make.broker(), zhao, 404),
    ):
        assert browser_of(person).get(f"/statements/{share}.pdf").status_code == code
    listed = browser_of(partner).get("/statements").text
    assert "孙工" in listed
    assert "赵工" not in listed
    rows = load_workbook(io.BytesIO(browser_of(partner).get("/statements/export.xlsx").data)).active
    assert rows.max_row == 2


def test_a_claim_from_the_page_to_the_payment(deal: Deal, browser_of: Browsers) -> None:
    """M05: offered with its figures once there is paid proof, decided and paid in the console."""
    firm, staff, page = browser_of(deal.firm), browser_of(deal.staff), f"/cases/{deal.case_id}/money"
    contract = deal.contract()
    assert "有凭证的到账记录" in firm.get(page).text
    answer = submit(firm, f"{page}/claims", {"rule": "changchun-2026-need"}, page)
    assert answer.status_code == 409
    assert "有凭证的到账记录" in answer.text
    deal.payment(contract)
    assert "15,000.00" in firm.get(page).text
    for _press in range(2):
        assert submit(firm, f"{page}/claims", {"rule": "changchun-2026-need"}, page).status_code == 303
    assert submit(firm, f"{page}/claims", {"rule": "changchun-2026-offer"}, page).status_code == 422
    for step, code in (("approve", 409), ("check", 303), ("refuse", 422), ("approve", 303), ("pay", 422)):
        assert submit(staff, "/console/claims/1", {"step": step}, "/console/claims").status_code == code
    given = {"step": "pay", "paid_on": "2026-06-30"}
    submit(staff, "/console/claims/1", given, "/console/claims")
    sheet = load_workbook(io.BytesIO(staff.get("/console/claims/export.xlsx").data)).active
    assert sheet.max_row == 2


def test_finance_in_the_portal(deal: Deal, browser_of: Browsers) -> None:
    """M57: the need stays between its side, the broker and the operator."""
    firm, broker, page = browser_of(deal.firm), browser_of(deal.broker), f"/cases/{deal.case_id}/money"
    given = {"kind": "loan", "amount": "2000000", "months": "24", "purpose": "中试线建设"}
    assert submit(firm, f"{page}/finance", {**given, "amount": "-5"}, page).status_code == 422
    assert submit(firm, f"{page}/finance", given, page).status_code == 303
    told = {"institution": "长春某银行", "referred_on": local_day(clock.now()).isoformat()}
    assert submit(broker, f"{page}/finance/1/referrals", {**told, "institution": ""}, page).status_code == 422
    assert submit(broker, f"{page}/finance/1/referrals", told, page).status_code == 303
    outcome = {"outcome": "granted", "note": "授信"}
    assert submit(broker, f"{page}/finance/1/referrals/1", outcome, page).status_code == 303
    assert "已达成" in firm.get(page).text
    assert "2,000,000.00" not in browser_of(deal.lab).get(page).text
    other = Deal()
    wrong = f"/cases/{other.case_id}/money/finance/1/referrals"
    assert submit(browser_of(deal.staff), wrong, told, f"/cases/{other.case_id}").status_code == 404


def test_the_decision_file_says_what_is_there_and_what_is_missing(
    settings: Settings, deal: Deal, browser_of: Browsers
) -> None:
    """N12: one PDF with every part, missing ones named, and the hash of each file; the ZIP verifies itself."""
    minutes = "首次对接会纪要".encode()
    cases.add_file(deal.broker.actor, deal.case_id, files.store(settings, "纪要.txt", minutes))
    cases.add_file(deal.lab.actor, deal.case_id, files.store(settings, "评估报告.txt", b"report"))
    lab, page = browser_of(deal.lab), f"/cases/{deal.case_id}/money"
    document = submit(lab, f"{page}/decision-file", {"as": "pdf"}, page).data
    text = text_of(document)
    assert "权属与收益分配约定平台上没有这一部分的记录" in text
    assert hashlib.sha256(minutes).hexdigest() in text
    deal.rights()
    deal.payment(deal.contract(), amount_tech=yuan("1"))
    archive = zipfile.ZipFile(io.BytesIO(submit(lab, f"{page}/decision-file", {"as": "zip"}, page).data))
    assert "赵工" in text_of(archive.read("decision-file.pdf"))
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
    there = set(archive.namelist()) - {"SHA256SUMS"}
    assert there == {"decision-file.pdf", "files/001-纪要.txt", "files/002-评估报告.txt"}
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == sums[name] for name in there)
    with reading() as session:
        assert session.query(AuditEvent).filter_by(action="case.diligence").count() == 2


def test_a_file_that_changed_on_disk_is_named(settings: Settings, deal: Deal, browser_of: Browsers) -> None:
    """What was stored and what lies there are compared by hash."""
    row = files.store(settings, "纪要.txt", b"before")
    path = files.path_of(settings, row)
    cases.add_file(deal.broker.actor, deal.case_id, row)
    path.write_bytes(b"after")
    page = f"/cases/{deal.case_id}/money"
    answer = submit(browser_of(deal.lab), f"{page}/decision-file", {"as": "pdf"}, page)
    assert "缺失或已变" in text_of(answer.data)


def test_the_need_side_gets_no_decision_file(deal: Deal, browser_of: Browsers) -> None:
    page = f"/cases/{deal.case_id}/money"
    assert submit(browser_of(deal.firm), f"{page}/decision-file", {"as": "pdf"}, page).status_code == 404
