"""权属表 of an achievement in versions, and what each payment gave to whom (M52, M53)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, Percent, UtcTime
from matcher.models.people import Organisation
from matcher.models.records import Achievement


class RightsTable(Base):
    """One version: valid from its first day until the next version's first day, or to its own last day.

    `team_percent` of the organisations' part goes to the people who made and converted the achievement.
    """

    __tablename__ = "rights_tables"
    __table_args__ = (UniqueConstraint("achievement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    number: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    route: Mapped[str] = mapped_column(String(16))
    team_percent: Mapped[Decimal] = mapped_column(Percent)
    agreed_reason: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    achievement: Mapped[Achievement] = relationship()
    holders: Mapped[list[RightsHolder]] = relationship(back_populates="table", order_by="RightsHolder.id")
    team: Mapped[list[TeamMember]] = relationship(back_populates="table", order_by="TeamMember.id")


class RightsHolder(Base):
    """One line: a holder and their share in per cent. `organisation_id` looks after their statements."""

    __tablename__ = "rights_holders"
    __table_args__ = (CheckConstraint("share > 0", name="share"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("rights_tables.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    type: Mapped[str] = mapped_column(String(16))
    share: Mapped[Decimal] = mapped_column(Percent)

    table: Mapped[RightsTable] = relationship(back_populates="holders")
    organisation: Mapped[Organisation | None] = relationship()


class TeamMember(Base):
    """One of those who made and converted it, with their part of the team's share in per cent."""

    __tablename__ = "rights_team"
    __table_args__ = (CheckConstraint("share > 0", name="share"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("rights_tables.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    share: Mapped[Decimal] = mapped_column(Percent)

    table: Mapped[RightsTable] = relationship(back_populates="team")
    organisation: Mapped[Organisation | None] = relationship()
