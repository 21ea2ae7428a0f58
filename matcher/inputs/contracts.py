"""Inputs of the technology contract and of what follows it. Amounts are 元 to the fen; everything may be missing from a draft."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from matcher.contracts.industries import Industry
from matcher.contracts.lists import (
    SUBTYPES,
    ContractField,
    ContractIp,
    ContractType,
    Country,
    PartyType,
    PayMode,
    Plan,
    Subtype,
)
from matcher.inputs.base import DateOrNone, Input, InputError, Line, Optional, Paragraph, _number
from matcher.inputs.people import clean_credit_code
from matcher.inputs.records import Region
from matcher.messages import msg
from matcher.money import HUNDRED, Yuan

MAX_YUAN = Decimal(10_000_000_000)  # a hundred 亿, as for listings: beyond it somebody mistook the unit
CLAUSES, OWNERS = 30, 10
YuanBound = Field(ge=0, le=MAX_YUAN, decimal_places=2, allow_inf_nan=False)
AmountOrNone = Annotated[Annotated[Yuan, YuanBound] | None, BeforeValidator(_number)]
Amount = Annotated[Yuan, BeforeValidator(_number), YuanBound]
CreditCode = Annotated[Annotated[str, AfterValidator(clean_credit_code)] | None, Optional]
Name = Annotated[Line, Field(max_length=100)]
ChosenType = Annotated[ContractType | None, Optional]


class Clause(Input):
    """One clause; `code` ties it to its template and is empty for a clause of one's own."""

    code: Annotated[Line, Field(max_length=24)] = ""
    title: Annotated[Line, Field(min_length=1, max_length=60)]
    text: Annotated[Paragraph, Field(max_length=5000)] = ""


class Owner(Input):
    """One holder of the results (M65): share in per cent, and what they owe the others."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    share: Annotated[
        Decimal, BeforeValidator(_number), Field(gt=0, le=100, decimal_places=2, allow_inf_nan=False)
    ]
    duties: Annotated[Paragraph, Field(max_length=1000)] = ""


class ContractInput(Input):
    """Everything that people fill in of a contract; the registration has actions of its own."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    type: ChosenType = None
    subtype: Annotated[Subtype | None, Optional] = None
    signed: DateOrNone = None
    valid_from: DateOrNone = None
    valid_to: DateOrNone = None
    seller_name: Name = ""
    seller_code: CreditCode = None
    seller_party_type: Annotated[PartyType | None, Optional] = None
    seller_country: Annotated[Country | None, Optional] = Country.CHINA
    seller_region: Region = None
    buyer_name: Name = ""
    buyer_code: CreditCode = None
    buyer_party_type: Annotated[PartyType | None, Optional] = None
    buyer_country: Annotated[Country | None, Optional] = Country.CHINA
    buyer_region: Region = None
    amount_total: AmountOrNone = None
    amount_tech: AmountOrNone = None
    pay_mode: Annotated[PayMode | None, Optional] = None
    ip_kind: Annotated[ContractIp | None, Optional] = None
    field11: Annotated[ContractField | None, Optional] = None
    industry: Annotated[Industry | None, Optional] = None
    plan: Annotated[Plan | None, Optional] = None
    new_input: AmountOrNone = None
    new_output: AmountOrNone = None
    clauses: Annotated[list[Clause], Field(max_length=CLAUSES)] = []
    terms: Annotated[Paragraph, Field(max_length=20_000)] = ""
    owners: Annotated[list[Owner], Field(max_length=OWNERS)] = []

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._check_type()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InputError(msg("结束日期不能早于开始日期。"), "valid_to")
        if (
            self.amount_tech is not None
            and self.amount_total is not None
            and self.amount_tech > self.amount_total
        ):
            raise InputError(msg("技术交易额不能超过合同成交总额。"), "amount_tech")
        self._check_owners()
        return self

    def _check_type(self) -> None:
        if self.subtype is not None and (self.type is None or self.subtype not in SUBTYPES[self.type]):
            raise InputError(msg("这个子类不属于所选的合同类别。"), "subtype")

    def _check_owners(self) -> None:
        if not self.owners:
            return
        if len({owner.name for owner in self.owners}) < len(self.owners):
            raise InputError(msg("同一权利人只写一行。"), "owners.0.name")
        total = sum(owner.share for owner in self.owners)
        if total != HUNDRED:
            raise InputError(msg("份额合计须为 100 %%，现在是 %(total)s %%。", total=total), "owners.0.share")

    def values(self) -> dict[str, Any]:
        """Values as the model's columns take them: rows as plain JSON, a missing code as empty text."""
        data = self.model_dump()
        data["clauses"] = [row.model_dump(mode="json") for row in self.clauses]
        data["owners"] = [row.model_dump(mode="json") for row in self.owners]
        data["seller_code"], data["buyer_code"] = self.seller_code or "", self.buyer_code or ""
        return data


class DayInput(Input):
    """A day on which something happened."""

    day: date


class DecisionInput(Input):
    """What the registry answered. Number and approved amount belong to 已认定, words to the other answers."""

    day: date
    reg_no: Line = ""
    approved_tech: AmountOrNone = None
    remark: Paragraph = ""


class MilestoneInput(Input):
    """What is to be delivered, until when."""

    title: Annotated[Line, Field(min_length=1, max_length=200)]
    due: date


class PaymentInput(Input):
    """到账记录. The technical amount, fee and VAT are parts of the amount."""

    payer: Annotated[Line, Field(min_length=1, max_length=100)]
    paid_on: date
    amount: Annotated[Yuan, BeforeValidator(_number), Field(gt=0), YuanBound]
    amount_tech: Amount
    fee: Amount = Yuan(Decimal(0))
    vat: Amount = Yuan(Decimal(0))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.amount_tech > self.amount:
            raise InputError(msg("技术交易额不能超过到账金额。"), "amount_tech")
        if self.fee + self.vat > self.amount:
            raise InputError(msg("管理费用与增值税之和不能超过到账金额。"), "fee")
        return self


class ReportInput(Input):
    """履约/效益报告 of one half-year: sales made with the technology and the royalty due for them."""

    sales: Amount
    royalty: Amount = Yuan(Decimal(0))
    remark: Annotated[Paragraph, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.royalty > self.sales:
            raise InputError(msg("提成不能超过销售额。"), "royalty")
        return self
