"""What the API says of contracts. Amounts are 元 as text with two places; days are ISO dates."""

from __future__ import annotations

from typing import Any

from web.api.schemas import Answered


class ContractOut(Answered):
    """A contract in a list: what, how much, how far its registration is."""

    case_id: int
    name: str
    type: str | None
    subtype: str | None
    signed: str | None
    valid_from: str | None
    valid_to: str | None
    amount_total: str | None
    amount_tech: str | None
    registration_state: str
    registration_number: str | None
    approved_tech: str | None
    version: int
    url: str


class ContractPage(Answered):
    """One page of contracts, newest first."""

    items: list[ContractOut]
    page: int
    size: int
    total: int


class RegistrationOut(Answered):
    """One step of the registration."""

    state: str
    day: str
    remark: str


class MilestoneOut(Answered):
    """What is to be delivered, until when, and whether it was accepted."""

    id: int
    title: str
    due: str
    state: str
    delivered_on: str | None
    accepted_on: str | None


class PaymentOut(Answered):
    """Money that has arrived; a cancelled entry counts for nothing."""

    id: int
    payer: str
    paid_on: str
    amount: str
    amount_tech: str
    fee: str
    vat: str
    cancelled: bool


class ReportOut(Answered):
    """The report on one half-year."""

    id: int
    period_from: str
    period_to: str
    due: str
    sales: str | None
    royalty: str | None
    submitted: bool


class ContractDetail(ContractOut):
    """A contract with its parties, classification and what followed it; the clauses stay on its page."""

    seller: str
    buyer: str
    pay_mode: str | None
    ip_kind: str | None
    field: str | None
    industry: str | None
    plan: str | None
    owners: list[dict[str, Any]]
    registration: list[RegistrationOut]
    milestones: list[MilestoneOut]
    payments: list[PaymentOut]
    reports: list[ReportOut]
