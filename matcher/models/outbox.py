"""Work that follows a commit: written in the same transaction as the change, carried out by the relay and workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.models.base import Base, BigId, UtcTime
from matcher.vocabulary import Term


class Stage(Term):
    """Where an item stands: words into the index, vector into the index, matches computed."""

    INDEX = "index", "待索引"
    ENCODE = "encode", "待编码"
    MATCH = "match", "待匹配"
    DONE = "done", "完成"
    DEAD = "dead", "搁置"


PRIORITY_PERSON = 0
PRIORITY_IMPORT = 10


class OutboxItem(Base):
    """A record changed; whoever handles the item reads the record itself, so order does not matter."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_stage_available", "stage", "priority", "available_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    record_id: Mapped[int]
    version: Mapped[int]
    priority: Mapped[int] = mapped_column(default=PRIORITY_PERSON)
    stage: Mapped[str] = mapped_column(String(8), default=Stage.INDEX)
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(UtcTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
