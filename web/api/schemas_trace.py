"""What the API says about receipts, exceptions and integrity records."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from web.api.schemas import Answered


class ReceiptOut(Answered):
    """An entry of the owner's chain, exactly as it is hashed; `at` is text in UTC to the microsecond."""

    owner_id: int
    number: int
    at: str
    kind: str
    record_kind: str
    record_id: int
    record_version: int
    record_title: str
    detail_sha256: str
    reader_id: int | None
    reader_name: str
    reader_role: str
    reader_org_id: int | None
    reader_org: str
    agreement: str
    agreement_lang: str
    agreement_sha256: str
    previous: str
    hash: str


class ReceiptPage(Answered):
    """One page of the chain from its first entry; `total` and `head` are its end."""

    items: list[ReceiptOut]
    page: int
    size: int
    total: int
    head: str = Field(description="Hash of the last entry; 64 zeros for an empty chain")


class ExceptionOut(Answered):
    """One request to depart from a rule."""

    id: int
    waives: str
    reason: str
    state: str
    requested_at: datetime
    decided_at: datetime | None
    decision: str


class Exceptions(Answered):
    """All of a case, the latest first."""

    items: list[ExceptionOut]


class IntegrityOut(Answered):
    """A record about the caller or their organisation; `active` says whether it bars them today."""

    id: int
    about: str = Field(description="organisation or person")
    scope: str
    source: str
    reason: str
    starts_on: date
    ends_on: date
    active: bool
    appealed_at: datetime | None
    appeal_granted: bool | None
    lifted_at: datetime | None


class IntegrityRecords(Answered):
    """The latest first."""

    items: list[IntegrityOut]
