"""Everything a contract's page needs, read in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matcher import clock
from matcher.actions.contracts import SIGNED_STATES
from matcher.bridge import CLOSED
from matcher.contracts.completeness import missing
from matcher.contracts.lists import RegistrationState
from matcher.contracts.prefill import likely_type
from matcher.contracts.proposal import Proposal, propose
from matcher.contracts.registration import EDITABLE, TABLE
from matcher.models import Case, Contract, Milestone, Payment, RegistrationStep
from matcher.money import yuan
from matcher.permissions import allowed
from web.cases.frame import frame_of
from web.contracts.forms import (
    ContractForm,
    DecisionForm,
    DeliveryForm,
    MilestoneForm,
    PaymentForm,
    ReportForm,
    StartForm,
    SubmitForm,
)
from web.contracts.typed import label_of
from web.locale import translated
from web.session import current_actor, reading

MAY = (
    "contract.edit",
    "contract.submit",
    "contract.decide",
    "milestone.deliver",
    "milestone.judge",
    "milestone.strike",
    "payment.record",
    "payment.cancel",
    "report.submit",
)


@dataclass(frozen=True)
class Gap:
    """Something that is missing, and where it is filled in."""

    label: str
    text: str
    url: str


def contract_of(case: Case) -> Contract | None:
    """The case's contract with everything that follows it."""
    query = (
        select(Contract)
        .where(Contract.case_id == case.id)
        .options(
            joinedload(Contract.case),
            selectinload(Contract.registration).joinedload(RegistrationStep.actor),
            selectinload(Contract.milestones).joinedload(Milestone.proof),
            selectinload(Contract.payments).joinedload(Payment.proof),
            selectinload(Contract.reports),
        )
    )
    return reading().scalar(query)


def gaps_of(contract: Contract) -> list[Gap]:
    """What is missing, in the order of the form, each with the address of its field."""
    form = ContractForm(formdata=None)
    return [
        Gap(
            label_of(form, path),
            translated(message),
            url_for("contracts.edit", case_id=contract.case_id, _anchor=path.replace(".", "-")),
        )
        for path, message in missing(contract).items()
    ]


def contract_page(case: Case, notice: str = "", **forms: Any) -> str:
    """The page. `forms` are those to show again with what was typed; `at` is the row that they belong to."""
    contract = contract_of(case)
    shared = {
        "case": case,
        "frame": frame_of(case),
        "notice": notice,
        "may": {name.replace(".", "_"): allowed(current_actor(), name, case) for name in MAY},
        "closed": case.state in CLOSED,
    }
    if contract is None:
        start = forms.get("start") or StartForm(formdata=None, kind=likely_type(case) or "")
        return render_template("contracts/start.html", start=start, **shared)
    today = clock.today(current_app.config["SETTINGS"].zone)
    paid = yuan(sum((each.amount for each in contract.payments if each.cancelled_at is None), yuan(0)))
    return render_template(
        "contracts/case.html",
        contract=contract,
        gaps=gaps_of(contract),
        proposal=proposal_of(contract),
        paid=paid,
        left=(contract.amount_total or yuan(0)) - paid,
        signed=case.state in SIGNED_STATES,
        editable=contract.reg_state in EDITABLE and case.state not in CLOSED,
        steps={step.target.value for step in TABLE[RegistrationState(contract.reg_state)]},
        today=today,
        at=forms.get("at"),
        forms=_forms(contract, today.isoformat(), forms),
        **shared,
    )


def _forms(contract: Contract, today: str, given: dict[str, Any]) -> dict[str, Any]:
    """Each form of the page: the one that was sent back, or a fresh one."""
    fresh = {
        "submit": SubmitForm(formdata=None, day=today, version=contract.version),
        "decision": DecisionForm(formdata=None, day=today, version=contract.version),
        "milestone": MilestoneForm(formdata=None),
        "delivery": DeliveryForm(formdata=None, day=today),
        "payment": PaymentForm(formdata=None, payer=contract.buyer_name),
        "report": ReportForm(formdata=None),
    }
    forms = fresh | {name: form for name, form in given.items() if name in fresh}
    for name in ("submit", "decision"):  # what was typed is kept, for the contract as it is now
        forms[name].version.data = contract.version
    return forms


def proposal_of(contract: Contract) -> Proposal | None:
    """What the terms speak for; None while nobody has written any."""
    proposal = propose(contract.clauses, contract.terms)
    return proposal if proposal.type is not None else None
