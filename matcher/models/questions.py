"""Pairs that somebody asked about: 为什么推荐给我, 为什么没有."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.models.base import Base
from matcher.models.matches import Computed


class Question(Computed, Base):
    """One answer, kept with everything it was computed from. It is no match: nobody is shown it but who asked.

    `inputs` holds both sides as they were (`matcher.pinned`), `causes` what decided about a recommendation
    (`matcher.causes`), `fingerprint` names all of that, so that asking again about the same gives the same row.
    `organisation_id` is the side that asked; None for a broker or an operator.
    """

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    causes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    inputs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
