"""What the API answers about money. Every amount is a decimal text in 元 to the fen, every share one in per cent."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from web.api.schemas import Answered

Amount = str


class HolderOut(Answered):
    """A holder of a right."""

    kind: str
    name: str
    type: str
    share: str = Field(description="Per cent")


class MemberOut(Answered):
    """One of the team."""

    name: str
    share: str = Field(description="Per cent of the team's part")


class RightsOut(Answered):
    """One version of a rights table."""

    number: int
    valid_from: date
    valid_to: date | None
    route: str
    team_percent: str
    holders: list[HolderOut]
    team: list[MemberOut]


class RightsList(Answered):
    """Every version, the one that counts latest first."""

    items: list[RightsOut]


class StatementOut(Answered):
    """What one recipient got of one payment, on one basis."""

    id: int
    case_id: int
    paid_on: date
    cancelled: bool = Field(description="True when the payment was cancelled afterwards")
    kind: str
    name: str
    basis: str
    percent: str
    amount: Amount
    url: str = Field(description="The statement as PDF, for a signed-in reader")


class StatementPage(Answered):
    """One page of statements, the newest payment first."""

    items: list[StatementOut]
    total: int
    page: int
    size: int


class EntryOut(Answered):
    """One entry of a voucher's ledger."""

    sequence: int
    source: str
    target: str
    amount: Amount
    available: Amount
    at: datetime


class OrderOut(Answered):
    """A service order."""

    id: int
    provider_id: int
    title: str
    state: str
    amount: Amount
    used: Amount | None
    settled: Amount | None


class VoucherOut(Answered):
    """A voucher with its balances by account."""

    id: int
    number: str
    organisation_id: int
    service: str
    state: str
    asked: Amount
    granted: Amount | None
    valid_until: date | None
    balances: dict[str, Amount]
    url: str


class VoucherDetail(VoucherOut):
    """A voucher with its orders and its ledger."""

    orders: list[OrderOut]
    entries: list[EntryOut]


class VoucherPage(Answered):
    """One page of vouchers, newest first."""

    items: list[VoucherOut]
    total: int
    page: int
    size: int


class ClaimOut(Answered):
    """A claim with the figures that its amount was computed from."""

    id: int
    number: str
    side: str
    rule: str
    state: str
    amount: Amount
    base: str
    base_amount: Amount
    rate: str
    cap: Amount
    source: str
    verified: bool = Field(description="False: the rule's figures are an example that nobody has verified")
    paid_on: date | None


class ClaimList(Answered):
    """The claims of a case that the caller may read."""

    items: list[ClaimOut]
