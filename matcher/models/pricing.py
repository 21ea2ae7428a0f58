"""The price of a case: how it came about, its public notice with objections, and the two sealed ranges."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, Percent, UtcTime, Wan
from matcher.models.bridges import Case, CaseFile
from matcher.models.people import User

CURRENT = text("state IN ('open', 'agreed')")


class Pricing(Base):
    """One attempt at a price; at most one of a case is open or agreed at a time, the earlier ones stay as history.

    `amount` in 万元. `notice_due` is settled when the price is agreed, so that nothing later takes the duty away.
    """

    __tablename__ = "pricings"
    __table_args__ = (
        Index(
            "uq_pricings_case_current",
            "case_id",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        Index("ix_pricings_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    route: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Decimal | None] = mapped_column(Wan)
    terms: Mapped[str] = mapped_column(Text, default="")
    valuation: Mapped[str | None] = mapped_column(String(16))
    valuation_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_files.id"))
    share_percent: Mapped[Decimal | None] = mapped_column(Percent)
    need_confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    offer_confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    notice_due: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    valuation_file: Mapped[CaseFile | None] = relationship()
    notice: Mapped[Notice | None] = relationship(back_populates="pricing")


class Notice(Base):
    """公示 of name and price, as they were when it began. `ends_at` moves on while objections are dealt with."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_state_ends_at", "state", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pricing_id: Mapped[int] = mapped_column(ForeignKey("pricings.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(100))
    days: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    pricing: Mapped[Pricing] = relationship(back_populates="notice")
    objections: Mapped[list[Objection]] = relationship(back_populates="notice", order_by="Objection.id")


class Objection(Base):
    """An objection to a notice, by anybody; only who decides on it sees the name and the contact."""

    __tablename__ = "objections"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    contact: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    notice: Mapped[Notice] = relationship(back_populates="objections")
    decided_by: Mapped[User | None] = relationship()


class SealedRange(Base):
    """One side's range in one round, sealed (`matcher.pricing.sealing`); the box is emptied once both are compared."""

    __tablename__ = "sealed_ranges"
    __table_args__ = (UniqueConstraint("case_id", "round", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    side: Mapped[str] = mapped_column(String(8))
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    gap: Mapped[str | None] = mapped_column(String(8))
    entered_at: Mapped[datetime] = mapped_column(UtcTime)
