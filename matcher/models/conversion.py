"""限时转化: what was done about a publicly funded achievement, and to whom an overdue one was offered (M44, M45)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.models.matches import Match
from matcher.models.people import Organisation
from matcher.models.records import Achievement


class IpDisclosure(Base):
    """知识产权信息披露 of an achievement: its project, the rights that came of it, the day of the disclosure (M45)."""

    __tablename__ = "ip_disclosures"

    id: Mapped[int] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"), unique=True)
    project_ref: Mapped[str] = mapped_column(String(100))
    disclosed_on: Mapped[date] = mapped_column(index=True)
    rights: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    remark: Mapped[str] = mapped_column(String(1000), default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    achievement: Mapped[Achievement] = relationship()


class ConversionPlan(Base):
    """How and since when the owner is converting an achievement: what is due within twelve months."""

    __tablename__ = "conversion_plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"), unique=True)
    started_on: Mapped[date]
    mode: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(1000), default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    achievement: Mapped[Achievement] = relationship()


class ConversionOffer(Base):
    """An overdue achievement was offered to an enterprise by mail, once, because of this match."""

    __tablename__ = "conversion_offers"
    __table_args__ = (UniqueConstraint("achievement_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    achievement: Mapped[Achievement] = relationship()
    organisation: Mapped[Organisation] = relationship()
    match: Mapped[Match] = relationship()

