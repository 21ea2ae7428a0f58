"""Meetings of a case and who is asked to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.meetings.terms import MeetingState, Reply
from matcher.models.base import Base, UtcTime
from matcher.models.bridges import Case
from matcher.models.people import User


class Meeting(Base):
    """One meeting. `uid` and `sequence` are those of its iCalendar invitation (RFC 5545): a change raises the sequence.

    `decisions` are lines as they were minuted, once it was held.
    """

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    place: Mapped[str] = mapped_column(String(200))
    agenda: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default=MeetingState.PLANNED)
    minutes: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[list[str]] = mapped_column(default=list)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[Case] = relationship()
    organiser: Mapped[User] = relationship()
    guests: Mapped[list[MeetingGuest]] = relationship(
        back_populates="meeting", order_by="MeetingGuest.id", cascade="all, delete-orphan"
    )


class MeetingGuest(Base):
    """A person who is asked, and what they answered to the newest invitation."""

    __tablename__ = "meeting_guests"
    __table_args__ = (UniqueConstraint("meeting_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reply: Mapped[str] = mapped_column(String(16), default=Reply.OPEN)
    replied_at: Mapped[datetime | None] = mapped_column(UtcTime)

    meeting: Mapped[Meeting] = relationship(back_populates="guests")
    user: Mapped[User] = relationship()
