"""技术合同 of a case: its terms, registration, milestones, payments and performance reports. All amounts in 元 to the fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.contracts.lists import Country, MilestoneState, RegistrationState
from matcher.models.base import Base, Fen, UtcTime
from matcher.models.bridges import Case, CaseFile
from matcher.models.people import User
from matcher.money import Yuan


class Contract(Base):
    """The contract of a case, with the fields of the registration form (fields.md 4.4). Who may see the case may see it.

    `clauses` are {code, title, text}; `owners` are {name, share, duties} with the share in per cent as a decimal string.
    """

    __tablename__ = "contracts"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str | None] = mapped_column(String(16))
    subtype: Mapped[str | None] = mapped_column(String(24))
    signed: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    seller_name: Mapped[str] = mapped_column(String(100), default="")
    seller_code: Mapped[str] = mapped_column(String(18), default="")
    seller_party_type: Mapped[str | None] = mapped_column(String(3))
    seller_country: Mapped[str | None] = mapped_column(String(3), default=Country.CHINA)
    seller_region: Mapped[str | None] = mapped_column(String(6))
    buyer_name: Mapped[str] = mapped_column(String(100), default="")
    buyer_code: Mapped[str] = mapped_column(String(18), default="")
    buyer_party_type: Mapped[str | None] = mapped_column(String(3))
    buyer_country: Mapped[str | None] = mapped_column(String(3), default=Country.CHINA)
    buyer_region: Mapped[str | None] = mapped_column(String(6))
    amount_total: Mapped[Yuan | None] = mapped_column(Fen)
    amount_tech: Mapped[Yuan | None] = mapped_column(Fen)
    pay_mode: Mapped[str | None] = mapped_column(String(24))
    ip_kind: Mapped[str | None] = mapped_column(String(16))
    field11: Mapped[str | None] = mapped_column(String(16))
    industry: Mapped[str | None] = mapped_column(String(2))
    plan: Mapped[str | None] = mapped_column(String(16))
    new_input: Mapped[Yuan | None] = mapped_column(Fen)
    new_output: Mapped[Yuan | None] = mapped_column(Fen)
    clauses: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    terms: Mapped[str] = mapped_column(Text, default="")
    owners: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    reg_state: Mapped[str] = mapped_column(String(16), default=RegistrationState.PENDING, index=True)
    reg_no: Mapped[str | None] = mapped_column(String(16), unique=True)
    reg_accepted: Mapped[date | None]
    reg_due: Mapped[date | None]
    reg_decided: Mapped[date | None]
    approved_tech: Mapped[Yuan | None] = mapped_column(Fen)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    registration: Mapped[list[RegistrationStep]] = relationship(order_by="RegistrationStep.id")
    milestones: Mapped[list[Milestone]] = relationship(order_by="Milestone.due, Milestone.id")
    payments: Mapped[list[Payment]] = relationship(order_by="Payment.paid_on, Payment.id")
    reports: Mapped[list[PerformanceReport]] = relationship(order_by="PerformanceReport.period_from")


class RegistrationStep(Base):
    """One step of the registration: into which state, on which day the registry or the applicant acted, what was said."""

    __tablename__ = "registration_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]
    remark: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    actor: Mapped[User | None] = relationship()


class Milestone(Base):
    """What is to be delivered until when; the buyer accepts it or sends it back with a remark."""

    __tablename__ = "milestones"
    __table_args__ = (Index("ix_milestones_state_due", "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default=MilestoneState.PLANNED)
    delivered_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    remark: Mapped[str] = mapped_column(String(1000), default="")
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("case_files.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    proof: Mapped[CaseFile | None] = relationship()


class Payment(Base):
    """到账记录: money that has arrived, with its proof. A mistake is cancelled with a reason, never changed."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    payer: Mapped[str] = mapped_column(String(100))
    paid_on: Mapped[date]
    amount: Mapped[Yuan] = mapped_column(Fen)
    amount_tech: Mapped[Yuan] = mapped_column(Fen)
    fee: Mapped[Yuan] = mapped_column(Fen)
    vat: Mapped[Yuan] = mapped_column(Fen)
    proof_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"))
    recorder_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    contract: Mapped[Contract] = relationship(overlaps="payments")
    proof: Mapped[CaseFile] = relationship()
    recorder: Mapped[User | None] = relationship()


class PerformanceReport(Base):
    """履约/效益报告 of one half-year, planned with its due date before anybody has filled it in."""

    __tablename__ = "performance_reports"
    __table_args__ = (
        UniqueConstraint("contract_id", "period_from"),
        Index("ix_performance_reports_submitted_at_due", "submitted_at", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    due: Mapped[date]
    sales: Mapped[Yuan | None] = mapped_column(Fen)
    royalty: Mapped[Yuan | None] = mapped_column(Fen)
    remark: Mapped[str] = mapped_column(String(2000), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    chased_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    contract: Mapped[Contract] = relationship(overlaps="reports")
    submitter: Mapped[User | None] = relationship()
