"""What is entered of a price, an objection, a range and a sale, with a sentence for each mistake."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from matcher.inputs.base import (
    Input,
    InputError,
    Line,
    Optional,
    Paragraph,
    PartPercent,
    PriceWan,
    RowId,
    Wan,
    WanOrNone,
)
from matcher.messages import msg
from matcher.pricing.terms import BETWEEN_PARTIES, Route, Valuation


class PriceInput(Input):
    """A price that two parties settle between themselves, in 万元; for a share in a company what it is worth and why."""

    route: Route
    amount: PriceWan
    terms: Annotated[Paragraph, Field(max_length=1000)] = ""
    valuation: Annotated[Valuation | None, Optional] = None
    valuation_file_id: Annotated[RowId | None, Optional] = None
    share_percent: Annotated[PartPercent | None, Optional] = None

    @model_validator(mode="after")
    def _between_parties(self) -> Self:
        if self.route not in BETWEEN_PARTIES:
            raise InputError(msg("挂牌和拍卖的价格在公开交易中形成，请在下面发起。"), "route")
        if self.route == Route.EQUITY:
            self._equity()
        else:
            self.valuation = self.valuation_file_id = self.share_percent = None
        return self

    def _equity(self) -> None:
        needed = {
            "valuation": msg("请选择评估方法。"),
            "valuation_file_id": msg("请选择评估报告；还没有的话，先在工单的文件里上传。"),
            "share_percent": msg("请填写占股比例。"),
        }
        for field, message in needed.items():
            if getattr(self, field) is None:
                raise InputError(message, field)


class ObjectionInput(Input):
    """An objection to a notice: who, how to reach them, why."""

    name: Annotated[Line, Field(min_length=2, max_length=50)]
    contact: Annotated[Line, Field(min_length=5, max_length=100)]
    reason: Annotated[Paragraph, Field(min_length=10, max_length=2000)]


class RangeInput(Input):
    """One side's private range in 万元, the lower end first."""

    low: Wan
    high: Wan

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            # says nothing of the figures: a message may be seen by more people than the range
            raise InputError(msg("最低价要小于最高价。"), "high")
        return self


class ListingInput(Input):
    """A listing at a fixed price in 万元, open for so many days."""

    price: PriceWan
    days: Annotated[int, Field(ge=1, le=365)]


class AuctionInput(Input):
    """An English auction, amounts in 万元; `ends_at` is an aware moment."""

    price: PriceWan
    reserve: WanOrNone = None
    increment: PriceWan
    deposit: PriceWan
    extension_minutes: Annotated[int, Field(ge=1, le=60)] = 5
    ends_at: datetime

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.reserve is not None and self.reserve < self.price:
            raise InputError(msg("保留价不能低于起拍价。"), "reserve")
        if self.deposit > self.price:
            raise InputError(msg("保证金不能高于起拍价。"), "deposit")
        if self.increment > self.price:
            raise InputError(msg("加价幅度不能高于起拍价。"), "increment")
        if self.ends_at.tzinfo is None:
            raise InputError(msg("请填写结束时间。"), "ends_at")
        return self


class BidInput(Input):
    """A bid in 万元."""

    amount: PriceWan
