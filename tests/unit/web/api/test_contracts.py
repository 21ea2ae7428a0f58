"""Contracts through the API, with the permissions of the pages."""

from __future__ import annotations

from flask import Flask

from matcher.vocabulary import CaseState
from tests import contracts_of as contracts
from tests import factories as make
from tests.unit.web.api.test_records import Caller
from tests.unit.web.work import make_case, make_pair


def test_both_sides_read_the_contract_and_nobody_else(app: Flask) -> None:
    """Amounts as text to the fen; strangers, other scopes and cases without contract find nothing."""
    pair = make_pair()
    case_id = make_case(pair)
    caller = Caller(app, pair.firm, "read")
    assert caller.send("GET", f"/cases/{case_id}/contract").status_code == 404
    contracts.walk(case_id, CaseState.SIGNED)
    contracts.register(case_id)
    contracts.milestone(case_id)
    contracts.pay(case_id, "600000.50")
    for person in (pair.firm, pair.lab):
        found = Caller(app, person, "read").send("GET", f"/cases/{case_id}/contract").json
        assert (found["amount_total"], found["payments"][0]["amount"]) == ("1200000.00", "600000.50")
        assert [step["state"] for step in found["registration"]] == ["accepted", "recognised"]
        assert found["milestones"][0]["state"] == "planned"
    for other in (Caller(app, make.enterprise(), "read"), Caller(app, pair.firm, "answer")):
        assert other.send("GET", f"/cases/{case_id}/contract").status_code == 404
        assert other.send("GET", "/contracts").json["items"] == []
    listed = caller.send("GET", "/contracts?size=1").json
    assert (listed["total"], listed["items"][0]["registration_state"]) == (1, "recognised")
    assert app.test_client().get("/api/v1/contracts").status_code == 401
