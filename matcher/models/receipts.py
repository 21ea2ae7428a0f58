"""披露留痕 (N11): one row for each acceptance of the confidentiality agreement and each opening of restricted detail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.models.base import Base, BigId, UtcTime


class Receipt(Base):
    """An entry of its owner's chain; never changed or deleted (a trigger of the database refuses both).

    Names are copied and nothing is a foreign key: a receipt says what was true then and outlives what it speaks of.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("owner_id", "number"),
        Index("ix_receipts_record", "record_kind", "record_id"),
        Index("ix_receipts_reader", "reader_id", "record_kind", "record_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner_id: Mapped[int]  # organisation whose chain it is
    number: Mapped[int]  # place in that chain, from 1
    at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(12))
    record_kind: Mapped[str] = mapped_column(String(16))
    record_id: Mapped[int]
    record_version: Mapped[int]
    record_title: Mapped[str] = mapped_column(String(200))
    detail_sha256: Mapped[str] = mapped_column(String(64))
    reader_id: Mapped[int | None]
    reader_name: Mapped[str] = mapped_column(String(50))
    reader_role: Mapped[str] = mapped_column(String(16))
    reader_org_id: Mapped[int | None]
    reader_org: Mapped[str] = mapped_column(String(100))
    agreement: Mapped[str] = mapped_column(String(8))
    agreement_lang: Mapped[str] = mapped_column(String(2))
    agreement_sha256: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
