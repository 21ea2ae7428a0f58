"""What mails about a contract's registration and reports say; None: not theirs, or no longer so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from matcher import links
from matcher.actor import actor_of
from matcher.contracts.lists import RegistrationState
from matcher.models import Contract, PerformanceReport
from matcher.permissions import allowed
from workers.desk import Desk


def registration_letter(desk: Desk) -> dict[str, Any] | None:
    """补正, 已认定 or 不予登记, with the registry's words."""
    contract = desk.session.scalar(select(Contract).where(Contract.case_id == desk.payload["case_id"]))
    if contract is None or not _may_read(desk, contract):
        return None
    step = next((step for step in contract.registration if step.id == desk.payload["step_id"]), None)
    if step is None:
        return None
    return {
        "contract": contract,
        "number": contract.case.number,
        "state": step.state,
        "state_label": desk.wording.say(RegistrationState(step.state).label),
        "remark": step.remark,
        "approved": desk.wording.yuan(contract.approved_tech) if contract.approved_tech is not None else "",
        "link": _link(desk, contract),
    }


def report_letter(desk: Desk) -> dict[str, Any] | None:
    """A report on a half-year is due, or late; nothing once it is handed in."""
    report = desk.session.get(PerformanceReport, desk.payload["report_id"])
    if report is None or report.submitted_at is not None or not _may_read(desk, report.contract):
        return None
    return {
        "contract": report.contract,
        "number": report.contract.case.number,
        "first": desk.wording.day(report.period_from),
        "last": desk.wording.day(report.period_to),
        "due": desk.wording.day(report.due),
        "late": desk.payload["late"],
        "link": _link(desk, report.contract),
    }


def _may_read(desk: Desk, contract: Contract) -> bool:
    return allowed(actor_of(desk.session, desk.user), "contract.read", contract.case)


def _link(desk: Desk, contract: Contract) -> str:
    return links.page(desk.settings, "cases", contract.case_id, "contract")
