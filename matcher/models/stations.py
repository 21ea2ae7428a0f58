"""科技驿站 (M30): where clients are received in person, by whom, and what came of each reception (M08, M34)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.models.people import Organisation, User
from matcher.models.records import Need


class Station(Base):
    """A service point. A closed one keeps its cases and receptions, but receives nobody."""

    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    place: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(6))
    hours: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    staff: Mapped[list[StationStaff]] = relationship(back_populates="station", order_by="StationStaff.id")


class StationStaff(Base):
    """Who receives clients at a station, since when and until when."""

    __tablename__ = "station_staff"
    __table_args__ = (UniqueConstraint("station_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)

    station: Mapped[Station] = relationship(back_populates="staff")
    user: Mapped[User] = relationship()


class Reception(Base):
    """A client received in person: who came, with what need, and that they agreed to the privacy notice.

    `once` marks the form, so that it counts once. `contact_id` is None when they have no e-mail address.
    """

    __tablename__ = "receptions"
    __table_args__ = (Index("ix_receptions_station_id_id", "station_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    once: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"))
    clerk_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(50))
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    # the clerk has seen the licence and who came for whom
    identity_seen: Mapped[bool] = mapped_column(default=False)
    privacy_accepted_at: Mapped[datetime] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    station: Mapped[Station | None] = relationship()
    clerk: Mapped[User] = relationship(foreign_keys=[clerk_id])
    contact: Mapped[User | None] = relationship(foreign_keys=[contact_id])
    organisation: Mapped[Organisation] = relationship()
    need: Mapped[Need] = relationship()
