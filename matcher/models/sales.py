"""挂牌 and 拍卖: a price found in the open, who takes part, and the bids."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime, Wan
from matcher.models.people import Organisation, User
from matcher.models.pricing import Pricing


class Sale(Base):
    """A listing or an auction of one case's achievement. Amounts in 万元; `price` is the fixed or the starting price.

    The reserve is the owner's secret until the end. `ends_at` moves on when a bid comes in the last minutes.
    """

    __tablename__ = "sales"
    __table_args__ = (Index("ix_sales_state_ends_at", "state", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pricing_id: Mapped[int] = mapped_column(ForeignKey("pricings.id"), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    price: Mapped[Decimal] = mapped_column(Wan)
    reserve: Mapped[Decimal | None] = mapped_column(Wan)
    increment: Mapped[Decimal | None] = mapped_column(Wan)
    deposit: Mapped[Decimal | None] = mapped_column(Wan)
    extension_minutes: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16))
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    winner_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    final_price: Mapped[Decimal | None] = mapped_column(Wan)
    reason: Mapped[str] = mapped_column(String(500), default="")

    pricing: Mapped[Pricing] = relationship()
    owner: Mapped[Organisation] = relationship(foreign_keys=[owner_id])
    winner: Mapped[Organisation | None] = relationship(foreign_keys=[winner_id])
    participants: Mapped[list[SaleParticipant]] = relationship(
        back_populates="sale", order_by="SaleParticipant.id"
    )
    bids: Mapped[list[Bid]] = relationship(back_populates="sale", order_by="Bid.amount.desc()")


class SaleParticipant(Base):
    """An organisation that would take the achievement; in an auction it bids once its deposit is recorded."""

    __tablename__ = "sale_participants"
    __table_args__ = (UniqueConstraint("sale_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    deposit_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deposit_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    sale: Mapped[Sale] = relationship(back_populates="participants")
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Bid(Base):
    """One bid; the amount is unique in its auction, so that two cannot win."""

    __tablename__ = "bids"
    __table_args__ = (UniqueConstraint("sale_id", "amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("sale_participants.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    amount: Mapped[Decimal] = mapped_column(Wan)
    placed_at: Mapped[datetime] = mapped_column(UtcTime)

    sale: Mapped[Sale] = relationship(back_populates="bids")
    participant: Mapped[SaleParticipant] = relationship()
    user: Mapped[User] = relationship()
