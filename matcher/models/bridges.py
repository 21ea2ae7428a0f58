"""搭桥工单: the case that two yeses open, its timeline, messages and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.models.matches import Match
from matcher.models.people import Organisation, User
from matcher.models.records import Achievement, Need
from matcher.models.stations import Station
from matcher.vocabulary import Audience


class Case(Base):
    """A bridge case: never without a next step, who owes it, and a date, until it has ended (the database sees to it)."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    match_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id"), unique=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"), index=True)
    need_org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    offer_org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    broker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    next_step: Mapped[str] = mapped_column(String(300), default="")
    next_party: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    end_reason: Mapped[str | None] = mapped_column(String(16))
    state_before_end: Mapped[str | None] = mapped_column(String(16))
    need_agreed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    offer_agreed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcTime)
    pause_reason: Mapped[str | None] = mapped_column(String(16))
    # working days that the step still had when the case was paused; `due_at` is the end of the pause meanwhile
    paused_left: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)
    # how the need came in, and at which 科技驿站: one number online and offline (M34)
    channel: Mapped[str | None] = mapped_column(String(16))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    match: Mapped[Match | None] = relationship()
    need: Mapped[Need] = relationship()
    achievement: Mapped[Achievement] = relationship()
    need_org: Mapped[Organisation] = relationship(foreign_keys=[need_org_id])
    offer_org: Mapped[Organisation] = relationship(foreign_keys=[offer_org_id])
    broker: Mapped[User | None] = relationship()
    station: Mapped[Station | None] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(back_populates="case", order_by="CaseEvent.id")


class CaseEvent(Base):
    """One line of the timeline: a step, a message, a file, an assignment. `data` holds codes, never prose to translate."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    party: Mapped[str | None] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship(back_populates="events")
    actor: Mapped[User | None] = relationship()


class CaseFile(Base):
    """A file of a case: stored under its own random name, its type sniffed, its content hashed.

    Files of one name, audience and side are versions of each other; older ones stay. `side` is that of the person
    who brought it, empty for a broker's or an operator's.
    """

    __tablename__ = "case_files"
    __table_args__ = (
        Index("uq_case_files_version", "case_id", "name", "audience", "side", "version", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    audience: Mapped[str] = mapped_column(String(16), default=Audience.BOTH, server_default=Audience.BOTH)
    side: Mapped[str] = mapped_column(String(8), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    uploader: Mapped[User] = relationship()


class NumberSeries(Base):
    """Consecutive numbers, such as the case numbers of one year."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
