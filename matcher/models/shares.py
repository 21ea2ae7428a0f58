"""What one payment gave to whom: computed once from the rights table of its day, then only read (M53, M67)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, Fen, UtcTime
from matcher.models.bridges import Case
from matcher.models.contracts import Payment
from matcher.models.people import Organisation
from matcher.models.rights import RightsTable
from matcher.money import Yuan


class Distribution(Base):
    """The shares of one payment. `net` is what was shared: the payment less its fee and value-added tax."""

    __tablename__ = "distributions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), unique=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("rights_tables.id"))
    net: Mapped[Yuan] = mapped_column(Fen)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    payment: Mapped[Payment] = relationship()
    table: Mapped[RightsTable] = relationship()
    shares: Mapped[list[BenefitShare]] = relationship(back_populates="distribution", order_by="BenefitShare.id")


class BenefitShare(Base):
    """One recipient's part of a distribution: `percent` of its net as a decimal of at most six places, and the amount."""

    __tablename__ = "benefit_shares"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distributions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    basis: Mapped[str] = mapped_column(String(16))
    percent: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Yuan] = mapped_column(Fen)

    distribution: Mapped[Distribution] = relationship(back_populates="shares")
    organisation: Mapped[Organisation | None] = relationship()
