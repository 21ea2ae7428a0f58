"""What the API says about prices, notices and public sales. Amounts are strings in 万元, exact to the yuan."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from web.api.schemas import Answered, PageQuery


class PriceOut(Answered):
    """A price of a case: how it came about and how far it is. `notice_id`: its public notice."""

    id: int
    route: Literal["agreement", "listing", "auction", "equity"]
    state: Literal["open", "agreed", "taken", "failed", "withdrawn"]
    amount_wan: str | None
    share_percent: str | None
    need_confirmed_at: datetime | None
    offer_confirmed_at: datetime | None
    agreed_at: datetime | None
    notice_due: bool
    notice_id: int | None


class SealedOut(Answered):
    """What may be said of the sealed ranges: one word, and who has still to enter in this round."""

    gap: Literal["overlap", "near", "far"] | None
    round: int
    waiting: list[Literal["need", "offer"]]


class CasePrice(Answered):
    """The price of a case now, earlier ones with the last first, and its sealed ranges."""

    current: PriceOut | None
    earlier: list[PriceOut]
    sealed: SealedOut


class NoticeOut(Answered):
    """A public notice: name, owner and price, from when until when."""

    id: int
    title: str
    owner: str
    amount_wan: str
    state: Literal["running", "paused", "ended"]
    started_at: datetime
    ends_at: datetime
    url: str


class NoticePage(Answered):
    """One page of notices."""

    items: list[NoticeOut]
    page: int
    size: int
    total: int


class SaleOut(Answered):
    """A listing or an auction as everybody may see it. `highest_wan`: the best bid so far."""

    id: int
    title: str
    owner: str
    route: Literal["listing", "auction"]
    state: Literal["open", "sold", "unsold"]
    price_wan: str
    increment_wan: str | None
    deposit_wan: str | None
    highest_wan: str | None
    final_wan: str | None
    participants: int
    starts_at: datetime
    ends_at: datetime
    over: bool
    url: str


class SalePage(Answered):
    """One page of sales."""

    items: list[SaleOut]
    page: int
    size: int
    total: int


class OverQuery(PageQuery):
    """Those that go on, or those that are over."""

    over: bool = False
