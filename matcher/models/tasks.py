"""Tasks, the posts of the four officers (M32), an envoy's visits (M31) and a broker's trainings (M29)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.models.bridges import Case
from matcher.models.people import Organisation, User
from matcher.models.records import Need
from matcher.tasks.terms import TaskOrigin, TaskState

OPEN_TASK = text("state = 'open'")
CURRENT = text("ended_at IS NULL")


class CaseTask(Base):
    """A piece of work: in whose hands, until when; of a case, or of an enterprise that has no case yet.

    `organisation_id` is the enterprise whose officers look after the task: of a case, the side with the need.
    `owner_id` is None where nobody holds the duty: then it lies with the operators. `once` keeps whatever makes tasks
    by itself from making the same one twice. `escalate_at` is None once there is nobody above.
    """

    __tablename__ = "case_tasks"
    __table_args__ = (
        Index("ix_case_tasks_owner_id_state_due_at", "owner_id", "state", "due_at"),
        Index("ix_case_tasks_open_escalate_at", "escalate_at", sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK),
        Index("ix_case_tasks_open_due_at", "due_at", sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    duty: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(16), default=TaskState.OPEN)
    origin: Mapped[str] = mapped_column(String(16), default=TaskOrigin.MANUAL)
    level: Mapped[int] = mapped_column(default=0)
    escalate_at: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[str] = mapped_column(String(1000), default="")
    once: Mapped[str | None] = mapped_column(String(80), unique=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)

    case: Mapped[Case | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    author: Mapped[User | None] = relationship(foreign_keys=[author_id])


class OfficerPost(Base):
    """One of the four officers of an enterprise or of a region; at most one holder at a time, former ones are kept."""

    __tablename__ = "officer_posts"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (region IS NULL)", name="one_scope"),
        Index(
            "uq_officer_posts_organisation", "duty", "organisation_id",
            unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT,
        ),
        Index("uq_officer_posts_region", "duty", "region", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    duty: Mapped[str] = mapped_column(String(16))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    region: Mapped[str | None] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Visit(Base):
    """A 科技特派员's visit to an enterprise; what it needs becomes a draft of its own listing (M31)."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id"))
    visited_on: Mapped[date]
    met: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    officer: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    need: Mapped[Need | None] = relationship()


class Training(Base):
    """One course in a broker's training record."""

    __tablename__ = "trainings"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    provider: Mapped[str] = mapped_column(String(100), default="")
    held_on: Mapped[date]
    hours: Mapped[int]
