"""A match of a need and an achievement, what it was computed from, and what each side answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.models.people import Organisation
from matcher.models.records import Achievement, Need
from matcher.vocabulary import MatchState


class Computed:
    """A need and an achievement as they were scored: under a named version, from hashed inputs (N14)."""

    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"), index=True)
    score: Mapped[float]
    probability: Mapped[float]
    level: Mapped[str] = mapped_column(String(8))
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ranking_version: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(120))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("corpus_snapshots.id"))
    need_version: Mapped[int]
    achievement_version: Mapped[int]
    need_hash: Mapped[str] = mapped_column(String(64))
    achievement_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    @declared_attr
    def need(cls) -> Mapped[Need]:  # noqa: N805 - SQLAlchemy passes the class
        """The need's row as it is now."""
        return relationship(Need)

    @declared_attr
    def achievement(cls) -> Mapped[Achievement]:  # noqa: N805
        """The achievement's row as it is now."""
        return relationship(Achievement)

    @property
    def computed_at(self) -> datetime:
        """When the numbers were computed."""
        return self.created_at


class Match(Computed, Base):
    """Why these two fit, as both sides see it, and where it stands."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("need_id", "achievement_id"),
        Index("ix_matches_state_probability", "state", "probability"),
        Index("ix_matches_level_need_id", "level", "need_id"),  # the funnel's needs with a strong match
        # a week's counts and order, read from the index alone
        Index("ix_matches_created_at_level_probability", "created_at", "level", "probability"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default=MatchState.OPEN)
    closed_reason: Mapped[str] = mapped_column(String(32), default="")
    need_read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    offer_read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)

    answers: Mapped[list[Answer]] = relationship(back_populates="match")

    @property
    def computed_at(self) -> datetime:
        """When the numbers were last computed and differed."""
        return self.updated_at


class Answer(Base):
    """One answer per organisation and match; its history is in the audit trail."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("match_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"))
    side: Mapped[str] = mapped_column(String(8))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(String(500), default="")
    later_until: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    match: Mapped[Match] = relationship(back_populates="answers")
    organisation: Mapped[Organisation] = relationship()
