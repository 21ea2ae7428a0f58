"""Finance need of a case and the log of referrals (M57)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.finance.terms import ReferralOutcome
from matcher.models.base import Base, Fen, UtcTime
from matcher.models.bridges import Case
from matcher.models.people import Organisation
from matcher.money import Yuan


class FinanceNeed(Base):
    """What one side of a case looks for; one of each kind for each side."""

    __tablename__ = "finance_needs"
    __table_args__ = (
        UniqueConstraint("case_id", "organisation_id", "kind"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Yuan] = mapped_column(Fen)
    months: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(String(500))
    white_listed: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    organisation: Mapped[Organisation] = relationship()
    referrals: Mapped[list[FinanceReferral]] = relationship(back_populates="need", order_by="FinanceReferral.id")


class FinanceReferral(Base):
    """One institution that was told of the need, and what it answered."""

    __tablename__ = "finance_referrals"
    __table_args__ = (UniqueConstraint("need_id", "institution"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("finance_needs.id"))
    institution: Mapped[str] = mapped_column(String(100))
    referred_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(16), default=ReferralOutcome.PENDING)
    note: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    need: Mapped[FinanceNeed] = relationship(back_populates="referrals")
