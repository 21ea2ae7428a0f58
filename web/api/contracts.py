"""Contracts to read: the list, and the contract of a case with what followed it. Amounts are 元 as text, to the fen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matcher import clock
from matcher.contracts.queries import Box, contract_counts, contracts_of
from matcher.errors import NotFound
from matcher.models import Case, Contract, Milestone, Payment, PerformanceReport, RegistrationStep
from matcher.permissions import find
from web.api.blueprint import answer, blueprint
from web.api.contract_schemas import (
    ContractDetail,
    ContractOut,
    ContractPage,
    MilestoneOut,
    PaymentOut,
    RegistrationOut,
    ReportOut,
)
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas import PageQuery
from web.session import current_actor, reading

PARTS = ("registration", "milestones", "payments", "reports")


@blueprint.get("/contracts")
@operation(Operation("List contracts", {200: ContractPage}, query=PageQuery, token=True))
def list_contracts(query: PageQuery) -> Response:
    """Contracts of the cases that the caller may read, newest first."""
    actor, today = current_actor(), clock.today(current_app.config["SETTINGS"].zone)
    offset = (query.page - 1) * query.size
    found = contracts_of(reading(), actor, Box.ALL, today, offset=offset, limit=query.size)
    items = [ContractOut(**_head(line.contract)) for line in found]
    total = contract_counts(reading(), actor, today)[Box.ALL]
    return answer(ContractPage(items=items, page=query.page, size=query.size, total=total))


@blueprint.get("/cases/<int:case_id>/contract")
@operation(Operation("Read the contract of a case", {200: ContractDetail}, token=True, etag=True))
def read_contract(case_id: int) -> Response:
    """The contract with its registration, milestones, payments and reports; not found while there is none."""
    return contract_answer(case_id)


def contract_answer(case_id: int) -> Response:
    """The contract of a case as it is now, with its ETag."""
    case = find(reading(), current_actor(), "contract.read", Case, case_id)
    parts = [selectinload(getattr(Contract, name)) for name in PARTS]
    contract = reading().scalar(select(Contract).where(Contract.case_id == case.id).options(*parts))
    if contract is None:
        raise NotFound
    return answer(
        ContractDetail(
            **_head(contract),
            seller=contract.seller_name,
            buyer=contract.buyer_name,
            pay_mode=contract.pay_mode,
            ip_kind=contract.ip_kind,
            field=contract.field11,
            industry=contract.industry,
            plan=contract.plan,
            owners=contract.owners,
            registration=[_registration(step) for step in contract.registration],
            milestones=[_milestone(each) for each in contract.milestones],
            payments=[_payment(each) for each in contract.payments],
            reports=[_report(each) for each in contract.reports],
        ),
        ETag=f'"{contract.version}"',
    )


def _fen(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _head(contract: Contract) -> dict[str, Any]:
    return {
        "case_id": contract.case_id,
        "name": contract.name,
        "type": contract.type,
        "subtype": contract.subtype,
        "signed": _day(contract.signed),
        "valid_from": _day(contract.valid_from),
        "valid_to": _day(contract.valid_to),
        "amount_total": _fen(contract.amount_total),
        "amount_tech": _fen(contract.amount_tech),
        "registration_state": contract.reg_state,
        "registration_number": contract.reg_no,
        "approved_tech": _fen(contract.approved_tech),
        "version": contract.version,
        "url": absolute(f"/cases/{contract.case_id}/contract"),
    }


def _registration(step: RegistrationStep) -> RegistrationOut:
    return RegistrationOut(state=step.state, day=step.day.isoformat(), remark=step.remark)


def _milestone(each: Milestone) -> MilestoneOut:
    return MilestoneOut(
        id=each.id,
        title=each.title,
        due=each.due.isoformat(),
        state=each.state,
        delivered_on=_day(each.delivered_on),
        accepted_on=_day(each.accepted_on),
    )


def _payment(each: Payment) -> PaymentOut:
    return PaymentOut(
        id=each.id,
        payer=each.payer,
        paid_on=each.paid_on.isoformat(),
        amount=f"{each.amount:.2f}",
        amount_tech=f"{each.amount_tech:.2f}",
        fee=f"{each.fee:.2f}",
        vat=f"{each.vat:.2f}",
        cancelled=each.cancelled_at is not None,
    )


def _report(each: PerformanceReport) -> ReportOut:
    return ReportOut(
        id=each.id,
        period_from=each.period_from.isoformat(),
        period_to=each.period_to.isoformat(),
        due=each.due.isoformat(),
        sales=_fen(each.sales),
        royalty=_fen(each.royalty),
        submitted=each.submitted_at is not None,
    )
