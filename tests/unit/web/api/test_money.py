"""Rights, statements, vouchers and claims through the API, with the permissions of the pages."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from matcher.actions import claims, orders, vouchers
from matcher.actions.shares import compute_shares
from matcher.inputs.base import parse
from matcher.inputs.money import OrderInput, VoucherApplication, VoucherGrant
from tests import factories as make
from tests.unit.matcher.deals import Deal
from tests.unit.web.api.test_records import Caller


def test_rights_and_statements(app: Flask) -> None:
    """The owner reads the table and the statements that it looks after; the other side finds neither."""
    deal = Deal()
    deal.rights()
    compute_shares(deal.lab.actor, deal.case_id, deal.payment(deal.contract(), "1000.01"))
    lab, firm = Caller(app, deal.lab, "read"), Caller(app, deal.firm, "read")
    table = lab.send("GET", f"/achievements/{deal.achievement_id}/rights").json["items"][0]
    assert [holder["share"] for holder in table["holders"]] == ["70", "30"]
    found = lab.send("GET", "/statements?size=3").json
    assert (found["total"], len(found["items"])) == (4, 3)
    everything = lab.send("GET", "/statements").json["items"]
    assert sum(int(item["amount"].replace(".", "")) for item in everything) == 100_001
    assert firm.send("GET", f"/achievements/{deal.achievement_id}/rights").status_code == 404
    assert firm.send("GET", "/statements").json["items"] == []


def test_vouchers(app: Flask) -> None:
    """The enterprise sees its balances and its ledger, others nothing; a token without `read` is no key."""
    firm, lab, staff = make.enterprise(), make.institute(), make.operator()
    given = {"service": "testing", "purpose": "样机检测", "asked": "1000"}
    number = vouchers.apply_for_voucher(firm.actor, parse(VoucherApplication, given))
    until = vouchers.today() + timedelta(days=30)
    vouchers.issue_voucher(staff.actor, number, parse(VoucherGrant, {"granted": "1000", "valid_until": until}))
    wanted = {"provider_id": lab.actor.org_id, "title": "振动试验", "amount": "100.50"}
    orders.reserve(firm.actor, number, parse(OrderInput, wanted))
    caller = Caller(app, firm, "read")
    assert caller.send("GET", "/vouchers").json["total"] == 1
    found = caller.send("GET", f"/vouchers/{number}").json
    assert (found["balances"]["available"], found["balances"]["issuer"]) == ("899.50", "-1000.00")
    assert [entry["sequence"] for entry in found["entries"]] == [1, 2]
    assert found["orders"][0]["amount"] == "100.50"
    for other in (Caller(app, lab, "read"), Caller(app, make.enterprise(), "read"), Caller(app, firm, "answer")):
        assert other.send("GET", f"/vouchers/{number}").status_code == 404
        assert other.send("GET", "/vouchers").json["items"] == []
    assert app.test_client().get("/api/v1/vouchers").status_code == 401


def test_claims(app: Flask) -> None:
    """Each side reads its own claim with its figures; strangers find no such case."""
    deal = Deal()
    deal.payment(deal.contract())
    claims.apply_for_claim(deal.firm.actor, deal.case_id, "changchun-2026-need")
    path = f"/cases/{deal.case_id}/claims"
    found = Caller(app, deal.firm, "read").send("GET", path).json["items"]
    assert [(item["amount"], item["rate"], item["verified"]) for item in found] == [("15000.00", "5", False)]
    assert Caller(app, deal.lab, "read").send("GET", path).json["items"] == []
    assert Caller(app, make.enterprise(), "read").send("GET", path).status_code == 404
