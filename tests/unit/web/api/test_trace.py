"""Receipts, exceptions and integrity records through the API."""

from __future__ import annotations

from flask import Flask

from matcher.actions.disclosure import accept_agreement
from matcher.actions.exceptions import request_exception
from matcher.actions.integrity import enter_record
from matcher.actions.records import open_detail
from matcher.chain import follow
from matcher.inputs.base import parse
from matcher.inputs.integrity import IntegrityInput
from tests import factories as make
from tests.unit.web.api.test_records import Caller
from tests.unit.web.work import make_case, make_pair


def test_receipts_are_the_chain_of_ones_own(app: Flask) -> None:
    """Entries come as they are hashed, so that a caller can check them; others get their own, empty chain."""
    pair = make_pair(detail_restricted="样机图号 X-15")
    accept_agreement(pair.lab.actor, "need", pair.need_id, "1", "zh")
    open_detail(pair.lab.actor, "need", pair.need_id)
    owner = Caller(app, pair.firm, "read")
    page = owner.send("GET", "/receipts").json
    head, flaw = follow(page["items"])
    assert (flaw, head.number, head.hash) == (None, page["total"], page["head"])
    second = owner.send("GET", "/receipts?page=2&size=1").json
    assert [each["kind"] for each in second["items"]] == ["opened"]
    assert Caller(app, pair.lab, "read").send("GET", "/receipts").json["items"] == []
    assert Caller(app, pair.firm, "answer").send("GET", "/receipts").status_code == 403
    assert Caller(app, make.add_person(), "read").send("GET", "/receipts").status_code == 403
    assert owner.send("GET", "/receipts?page=0").status_code == 422


def test_exceptions_are_for_those_of_the_case(app: Flask) -> None:
    """52: another organisation's case is not found."""
    pair = make_pair()
    case_id = make_case(pair)
    request_exception(pair.firm.actor, case_id, "broker", "重大专项")
    for person in (pair.firm, pair.lab):
        (item,) = Caller(app, person, "read").send("GET", f"/cases/{case_id}/exceptions").json["items"]
        assert (item["waives"], item["state"], item["reason"]) == ("broker", "requested", "重大专项")
    stranger = Caller(app, make.enterprise(), "read")
    assert stranger.send("GET", f"/cases/{case_id}/exceptions").status_code == 404


def test_integrity_records_are_ones_own(app: Flask) -> None:
    """A member sees those about themselves and their organisation, an operator all, a token without the scope none."""
    firm, staff = make.enterprise(name="失信机械厂"), make.operator()
    given = {"subject": "失信机械厂", "source": "认定书", "scope": "signing", "reason": "造假",
             "starts_on": "2026-01-01", "ends_on": "2036-01-01"}  # fmt: skip
    enter_record(staff.actor, parse(IntegrityInput, given))
    for person, count in ((firm, 1), (staff, 1), (make.enterprise(), 0)):
        items = Caller(app, person, "read").send("GET", "/integrity").json["items"]
        assert len(items) == count
        assert all((each["about"], each["active"]) == ("organisation", True) for each in items)
    assert Caller(app, firm, "answer").send("GET", "/integrity").json["items"] == []
