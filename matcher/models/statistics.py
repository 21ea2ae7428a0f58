"""Counts and derived data: views per day, vectors by content hash, corpus statistics, small named values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.models.base import Base, UtcTime


class ViewCount(Base):
    """How often a record was shown in a list or opened, per day; added in batches by a worker."""

    __tablename__ = "view_counts"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    shown: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)


class Embedding(Base):
    """A vector by model, role (query or passage) and hash of the text as the model read it; float32, little-endian."""

    __tablename__ = "embeddings"

    model: Mapped[str] = mapped_column(String(120), primary_key=True)
    role: Mapped[str] = mapped_column(String(8), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class CorpusSnapshot(Base):
    """Statistics of the published texts at one moment; matches name the one they were scored with."""

    __tablename__ = "corpus_snapshots"

    id: Mapped[int] = mapped_column(primary_key=True)
    documents: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class NamedValue(Base):
    """A small value that processes share, such as the live index or the last digest week planned."""

    __tablename__ = "named_values"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
