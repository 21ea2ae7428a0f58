"""The audit trail: exactly one event for each action, and the seals that chain the events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.models.base import Base, BigId, UtcTime


class AuditEvent(Base):
    """Who did what to which object, which fields changed; never passwords, tokens or message bodies."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    # no foreign key: the trail outlives what it speaks of
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(48), index=True)
    object_kind: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[int | None]
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(String(45), default="")


class AuditSeal(Base):
    """An event's place in the chain of the trail; added soon after it by a sweep, never changed or deleted.

    Events are numbered before they are committed, so their numbers have gaps and come out of order; places have no gap.
    """

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
