"""Vouchers in the portal: what an enterprise, a provider and the operator see and do, over HTTP."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from config.settings import Settings
from matcher.db import reading
from matcher.models import Voucher, VoucherEvidence, VoucherOrder
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in

Browsers = Callable[[Person], FlaskClient]
ASKED = {"service": "testing", "asked": "50,000", "purpose": "样机检测"}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Scene:
    """Who takes part, each in a browser of their own."""

    def __init__(self, browser_of: Browsers) -> None:
        self.people = {
            "firm": make.enterprise(),
            "lab": make.institute(),
            "staff": make.operator(),
            "other": make.enterprise(),
        }
        for name, person in self.people.items():
            setattr(self, name, browser_of(person))

    firm: FlaskClient
    lab: FlaskClient
    staff: FlaskClient
    other: FlaskClient

    def issued(self) -> None:
        """A voucher of 50 000."""
        assert submit(self.firm, "/vouchers", ASKED).status_code == 303
        given = {"decision": "issue", "granted": "50000", "valid_until": "2027-06-30"}
        assert submit(self.staff, "/console/vouchers/1", given, "/console/vouchers").status_code == 303

    def reserved(self, amount: str = "20000") -> None:
        """An order with the lab."""
        given = {"provider_id": str(self.people["lab"].actor.org_id), "title": "振动试验", "amount": amount}
        assert submit(self.firm, "/vouchers/1/orders", given, "/vouchers/1").status_code == 303


@pytest.fixture
def scene(settings: Settings, browser_of: Browsers) -> Scene:
    return Scene(browser_of)


def upload(client: FlaskClient, name: str = "发票.pdf", content: bytes = PDF) -> int:
    """Hand in evidence for order 1."""
    token = token_in(client.get("/vouchers/orders/1").text)
    data = {"csrf_token": token, "file": (io.BytesIO(content), name)}
    return client.post("/vouchers/orders/1/evidence", data=data).status_code


def test_the_whole_way_in_the_portal(scene: Scene) -> None:
    """M55: apply, issue, reserve, use, evidence, settle; the page shows the balance at the end."""
    scene.issued()
    scene.reserved()
    assert "振动试验" in scene.lab.get("/vouchers").text
    assert (
        submit(scene.firm, "/vouchers/orders/1/use", {"amount": "18000.55"}, "/vouchers/orders/1").status_code == 303
    )
    assert upload(scene.lab) == 303
    assert "发票.pdf" in scene.staff.get("/console/vouchers").text
    given = {"decision": "settle", "amount": "18000.55"}
    assert submit(scene.staff, "/console/voucher-orders/1", given, "/console/vouchers").status_code == 303
    page = scene.firm.get("/vouchers/1").text
    assert "31,999.45" in page
    assert "已兑付" in page


def test_what_was_typed_wrong_stays_with_its_sentence(scene: Scene) -> None:
    """Bad input: negative amount and NUL are refused at the field with 422, and nothing is stored."""
    for field, bad in (("asked", "-1"), ("purpose", "样\x00机"), ("service", "gift"), ("asked", "")):
        answer = submit(scene.firm, "/vouchers", {**ASKED, field: bad})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    with reading() as session:
        assert session.query(Voucher).count() == 0


def test_the_same_form_twice_is_one_application(scene: Scene) -> None:
    """Double submit: the mark of the page counts once."""
    page = scene.firm.get("/vouchers").text
    once = re.search(r'name="once"[^>]*value="([^"]+)"', page) or re.search(r'value="([^"]+)"[^>]*name="once"', page)
    assert once
    for _press in range(2):
        data = {**ASKED, "once": once.group(1), "csrf_token": token_in(page)}
        assert scene.firm.post("/vouchers", data=data).status_code == 303
    with reading() as session:
        assert session.query(Voucher).count() == 1


def test_a_second_use_is_told(scene: Scene) -> None:
    """Bad input: pressing 确认使用 again on an old page: 409 and a sentence."""
    scene.issued()
    scene.reserved()
    old = token_in(scene.firm.get("/vouchers/orders/1").text)
    for code in (303, 409):
        answer = scene.firm.post("/vouchers/orders/1/use", data={"amount": "20000", "csrf_token": old})
        assert answer.status_code == code
    assert "已使用" in answer.text


def test_too_much_is_refused_at_the_form(scene: Scene) -> None:
    """More than is left: 409 with what is left; the amount typed is still there."""
    scene.issued()
    given = {"provider_id": str(scene.people["lab"].actor.org_id), "title": "振动试验", "amount": "50000.01"}
    answer = submit(scene.firm, "/vouchers/1/orders", given, "/vouchers/1")
    assert answer.status_code == 409
    assert "剩余 50000.00 元" in answer.text
    assert "50000.01" in answer.text
    with reading() as session:
        assert session.query(VoucherOrder).count() == 0


def test_others_find_no_voucher(scene: Scene) -> None:
    """Bad input: another organisation's voucher and order are not found; the provider sees the order alone."""
    scene.issued()
    scene.reserved()
    for path in ("/vouchers/1", "/vouchers/orders/1"):
        assert scene.other.get(path).status_code == 404
    assert scene.lab.get("/vouchers/1").status_code == 404
    assert scene.lab.get("/vouchers/orders/1").status_code == 200


def test_evidence_is_what_it_says(scene: Scene, settings: Settings) -> None:
    """Bad input: a file that is not what its name says; a stored one comes out as an attachment, to those who may."""
    scene.issued()
    scene.reserved()
    submit(scene.firm, "/vouchers/orders/1/use", {"amount": "100"}, "/vouchers/orders/1")
    assert upload(scene.lab, content=b"<html>") == 422
    assert upload(scene.lab) == 303
    assert upload(scene.lab) == 303  # the same file again changes nothing
    with reading() as session:
        assert session.query(VoucherEvidence).count() == 1
    answer = scene.staff.get("/vouchers/orders/1/evidence/1")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert scene.other.get("/vouchers/orders/1/evidence/1").status_code == 404
    assert len([path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]) == 1


def test_a_refusal_needs_its_reason(scene: Scene) -> None:
    submit(scene.firm, "/vouchers", ASKED)
    answer = submit(scene.staff, "/console/vouchers/1", {"decision": "refuse"}, "/console/vouchers")
    assert answer.status_code == 422
    assert "请写明原因" in answer.text
    submit(scene.staff, "/console/vouchers/1", {"decision": "refuse", "remark": "不在目录内"}, "/console/vouchers")
    assert "不在目录内" in scene.firm.get("/vouchers/1").text


def test_lists_as_tables(scene: Scene) -> None:
    """XLSX: own vouchers for the enterprise, all for the operator."""
    scene.issued()
    for client, path, column in ((scene.firm, "/vouchers/export.xlsx", 6), (scene.staff, "/console/vouchers/export.xlsx", 6)):
        sheet = load_workbook(io.BytesIO(client.get(path).data)).active
        rows = list(sheet.iter_rows(values_only=True))
        assert len(rows) == 2
        assert 50000 in rows[1][:column]
    assert len(list(load_workbook(io.BytesIO(scene.other.get("/vouchers/export.xlsx").data)).active)) == 1
