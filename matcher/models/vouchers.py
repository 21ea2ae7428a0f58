"""科技创新券 with its orders, evidence and ledger (M55)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, BigId, Fen, UtcTime
from matcher.models.people import Organisation, User
from matcher.money import Yuan
from matcher.vouchers.terms import OrderState, VoucherState


class Voucher(Base):
    """What an enterprise was promised for services; its money is in the ledger alone."""

    __tablename__ = "vouchers"
    __table_args__ = (
        CheckConstraint("asked > 0", name="asked"),
        Index("ix_vouchers_state_valid_until", "state", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    service: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(500))
    asked: Mapped[Yuan] = mapped_column(Fen)
    granted: Mapped[Yuan | None] = mapped_column(Fen)
    state: Mapped[str] = mapped_column(String(16), default=VoucherState.APPLIED)
    remark: Mapped[str] = mapped_column(String(500), default="")
    valid_until: Mapped[date | None]
    once: Mapped[str | None] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)

    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User] = relationship()
    orders: Mapped[list[VoucherOrder]] = relationship(back_populates="voucher", order_by="VoucherOrder.id")
    entries: Mapped[list[VoucherEntry]] = relationship(order_by="VoucherEntry.sequence")


class VoucherOrder(Base):
    """A service that a provider does for a voucher."""

    __tablename__ = "voucher_orders"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Yuan] = mapped_column(Fen)
    used: Mapped[Yuan | None] = mapped_column(Fen)
    settled: Mapped[Yuan | None] = mapped_column(Fen)
    state: Mapped[str] = mapped_column(String(16), default=OrderState.RESERVED, index=True)
    remark: Mapped[str] = mapped_column(String(500), default="")
    once: Mapped[str | None] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    voucher: Mapped[Voucher] = relationship(back_populates="orders")
    provider: Mapped[Organisation] = relationship()
    evidence: Mapped[list[VoucherEvidence]] = relationship(back_populates="order", order_by="VoucherEvidence.id")


class VoucherEvidence(Base):
    """A stored file that shows that the service was done and paid."""

    __tablename__ = "voucher_evidence"
    __table_args__ = (UniqueConstraint("order_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("voucher_orders.id"))
    uploader_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    order: Mapped[VoucherOrder] = relationship(back_populates="evidence")


class VoucherEntry(Base):
    """One entry of the ledger: `amount` from one account to another; `available` is what is left to spend after it.

    `sequence` counts a voucher's entries, so that of two written at once from the same balance one fails.
    """

    __tablename__ = "voucher_entries"
    __table_args__ = (
        UniqueConstraint("voucher_id", "sequence"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("available >= 0", name="available"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("voucher_orders.id"), index=True)
    sequence: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Yuan] = mapped_column(Fen)
    available: Mapped[Yuan] = mapped_column(Fen)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
