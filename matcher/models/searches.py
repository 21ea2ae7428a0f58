"""Searches that a person keeps, so that the weekly digest can say what has newly arrived for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.models.base import Base, UtcTime


class SavedSearch(Base):
    """Words and filters under a name; a watched 产业链 is one without words. Nobody but its owner sees it."""

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    q: Mapped[str] = mapped_column(String(400), default="")
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # facet's name → list of its codes, sorted
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    active_from: Mapped[datetime] = mapped_column(UtcTime)  # saved or taken up again: older records are not news
    paused_at: Mapped[datetime | None] = mapped_column(UtcTime)
