"""What is learnt from answers (N3): rows as they were when somebody answered, versions of the correction, who chose which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.models.base import Base, UtcTime
from matcher.models.people import User


class LearningRow(Base):
    """One side's answer, or silence, with the match as that person saw it; it stays when the match is computed anew."""

    __tablename__ = "learning_rows"
    __table_args__ = (UniqueConstraint("match_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"))
    side: Mapped[str] = mapped_column(String(8))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16), default="")
    probability: Mapped[float]  # the ranking's own, before any correction
    level: Mapped[str] = mapped_column(String(8))  # as shown
    features: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ranking_version: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)


class LearningVersion(Base):
    """Weights that once earned their place; never changed. `base` is the ranking's version they were learnt on."""

    __tablename__ = "learning_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(String(30))
    features: Mapped[int]  # version of the table of features
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("learning_versions.id"))
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    means: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class LearningChoice(Base):
    """Which version was in use from `at` on (None: no correction), by whom (None: the night). `hold`: nights may not change it."""

    __tablename__ = "learning_choices"
    __table_args__ = (Index("ix_learning_choices_version_id", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("learning_versions.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hold: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcTime)

    version: Mapped[LearningVersion | None] = relationship()
    user: Mapped[User | None] = relationship()


class LoweringReset(Base):
    """From `at` on an organisation's earlier refusals for `reason` lower nothing in its own list any more."""

    __tablename__ = "lowering_resets"
    __table_args__ = (UniqueConstraint("organisation_id", "side", "reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    side: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcTime)
