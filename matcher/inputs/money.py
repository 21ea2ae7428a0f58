"""Inputs of rights tables, vouchers, claims and finance needs. Amounts are 元 to the fen and more than nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from matcher.finance.terms import FinanceKind, ReferralOutcome
from matcher.inputs.base import DateOrNone, Input, InputError, Line, Paragraph, RowId, _number
from matcher.messages import msg
from matcher.money import HUNDRED
from matcher.rights.terms import ConversionRoute, HolderKind, RightType
from matcher.vouchers.terms import ServiceKind

MAX_YUAN = Decimal("1e10")  # a hundred 亿: beyond it somebody mistook the unit
ROWS = 40
Amount = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(ge=Decimal("0.01"), le=MAX_YUAN, decimal_places=2, allow_inf_nan=False),
]
Share = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=Decimal("0.01"), le=100, decimal_places=2, allow_inf_nan=False)
]
TeamShare = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False)
]
Name = Annotated[Line, Field(min_length=1, max_length=100)]
Remark = Annotated[Paragraph, Field(max_length=500)]
Reason = Annotated[Paragraph, Field(min_length=1, max_length=500)]


def check_total(field: str, shares: Sequence[Decimal]) -> None:
    """Raise `InputError` at `field` unless the shares make exactly 100 %: 99.99 % is refused."""
    total = sum(shares, Decimal(0))
    if total != HUNDRED:
        raise InputError(msg("份额合计须正好为 100 %%，现在是 %(total)s %%。", total=f"{total:.2f}"), field)


class HolderInput(Input):
    """One line of the rights table. `affiliation` is a person's organisation; the owner's when it is left out."""

    kind: HolderKind
    name: Name
    affiliation: Annotated[Line, Field(max_length=100)] = ""
    type: RightType
    share: Share


class MemberInput(Input):
    """One of the team, with their part of the team's share."""

    name: Name
    affiliation: Annotated[Line, Field(max_length=100)] = ""
    share: Share


class RightsInput(Input):
    """A version of the rights table with its sharing rule."""

    valid_from: date
    valid_to: DateOrNone = None
    route: ConversionRoute
    holders: Annotated[list[HolderInput], Field(min_length=1, max_length=ROWS)]
    team_percent: TeamShare
    team: Annotated[list[MemberInput], Field(max_length=ROWS)] = []
    agreed_reason: Remark = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise InputError(msg("最后一天不能早于第一天。"), "valid_to")
        check_total("holders", [holder.share for holder in self.holders])
        if self.team_percent and not self.team:
            raise InputError(msg("请列出完成和转化团队的成员。"), "team")
        if self.team:
            check_total("team", [member.share for member in self.team])
        return self


class VoucherApplication(Input):
    """What an enterprise asks a voucher for."""

    service: ServiceKind
    purpose: Reason
    asked: Amount


class VoucherGrant(Input):
    """What the operator grants, and until which day it can be used."""

    granted: Amount
    valid_until: date


class OrderInput(Input):
    """A service that a voucher is reserved for."""

    provider_id: RowId
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    amount: Amount


class AmountInput(Input):
    """An amount that somebody confirms."""

    amount: Amount


class FinanceInput(Input):
    """What one side of a case looks for."""

    kind: FinanceKind
    amount: Amount
    months: Annotated[Annotated[int, Field(ge=1, le=360)] | None, BeforeValidator(_number)] = None
    purpose: Reason


class ReferralInput(Input):
    """An institution that was told of the need."""

    institution: Name
    referred_on: date


class OutcomeInput(Input):
    """What the institution answered."""

    outcome: ReferralOutcome
    note: Remark = ""
