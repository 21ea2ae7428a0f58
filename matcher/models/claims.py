"""Claims of a contract's two sides for subsidies and rewards (M05, M56)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.claims.terms import ClaimState
from matcher.models.base import Base, Fen, UtcTime
from matcher.models.bridges import Case
from matcher.models.contracts import Contract
from matcher.models.people import Organisation, User
from matcher.money import Yuan


class Claim(Base):
    """One side's claim by one rule, once for a contract. `worked` keeps the figures that the amount was computed from."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("contract_id", "side", "rule"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    side: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(48))
    amount: Mapped[Yuan] = mapped_column(Fen)
    worked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(16), default=ClaimState.APPLIED, index=True)
    remark: Mapped[str] = mapped_column(String(500), default="")
    paid_on: Mapped[date | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User] = relationship()
