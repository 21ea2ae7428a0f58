"""Inputs of the three kinds of record. Everything may be missing from a draft; `missing` says what publishing needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from matcher.conversion.terms import PUBLIC, Funding
from matcher.inputs.base import (
    DateOrNone,
    Input,
    InputError,
    Keywords,
    Line,
    Optional,
    Paragraph,
    Trl,
    WanOrNone,
    _number,
)
from matcher.messages import Message, msg
from matcher.vocabulary import (
    REGIONS,
    Chain,
    Consent,
    CoopMode,
    DevState,
    ExpertService,
    ExpertTitle,
    IpTerms,
    IpType,
    Lang,
    NeedType,
    PriceMode,
    Relation,
    TechField,
    Urgency,
)

TITLE_LIMIT = 100  # 科技成果登记表; a title in another script may be longer
TITLE_LIMIT_FOREIGN = 200
TEXT_LIMIT = 2000  # 登记材料: 简介 ≤ 2000 字
DETAIL_LIMIT = 10_000


def _region(value: str) -> str:
    if value not in REGIONS:
        raise PydanticCustomError("unknown_region", "unknown region")
    return value


Region = Annotated[Annotated[str, AfterValidator(_region)] | None, Optional]
Text = Annotated[Paragraph, Field(max_length=TEXT_LIMIT)]
Detail = Annotated[Paragraph, Field(max_length=DETAIL_LIMIT)]
Value = Annotated[
    Annotated[Decimal, Field(ge=-(10**12), le=10**12, allow_inf_nan=False)] | None, BeforeValidator(_number)
]


class Indicator(Input):
    """One row of 技术指标: name, relation, value (two for a range), unit, condition under which it holds."""

    name: Annotated[Line, Field(min_length=1, max_length=60)]
    relation: Relation = Relation.AT_LEAST
    value: Value = None
    value_high: Value = None
    unit: Annotated[Line, Field(max_length=30)] = ""
    condition: Annotated[Line, Field(max_length=120)] = ""
    must: bool = True

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.value is None:
            raise InputError(msg("请填写指标的数值。"))
        if self.relation == Relation.RANGE:
            if self.value_high is None:
                raise InputError(msg("范围需要上下两个数值。"))
            if self.value_high < self.value:
                raise InputError(msg("范围的上限不能小于下限。"))
        return self


class IpRight(Input):
    """One row of 知识产权."""

    type: IpType
    number: Annotated[Line, Field(max_length=60)] = ""
    name: Annotated[Line, Field(max_length=200)] = ""
    holder: Annotated[Line, Field(max_length=100)] = ""


class RecordInput(Input):
    """Fields that the three kinds share."""

    lang: Lang = Lang.ZH
    keywords: Keywords = []
    chain: Annotated[Chain | None, Optional] = None
    tech_field: Annotated[TechField | None, Optional] = None
    region: Region = None
    valid_until: DateOrNone = None
    source: Annotated[Line, Field(max_length=100)] = ""
    source_id: Annotated[Line, Field(max_length=100)] = ""

    def values(self) -> dict[str, Any]:
        """Values as the model's columns take them: enumerations as codes, rows as plain JSON."""
        data = self.model_dump()
        for name in ("indicators", "ip"):
            if name in data:
                data[name] = [row.model_dump(mode="json") for row in getattr(self, name)]
        return data


def _check_title(title: str, lang: str) -> None:
    limit = TITLE_LIMIT if lang == Lang.ZH else TITLE_LIMIT_FOREIGN
    if len(title) > limit:
        raise InputError(msg("最多 %(max_length)s 个字。", max_length=limit), "title")


class NeedInput(RecordInput):
    """技术需求 (fields.md 4.2)."""

    title: Line = ""
    need_type: Annotated[NeedType | None, Optional] = None
    problem: Text = ""
    foundation: Text = ""
    indicators: Annotated[list[Indicator], Field(max_length=20)] = []
    coop_modes: Annotated[list[CoopMode], Field(max_length=10)] = []
    budget_min: WanOrNone = None
    budget_max: WanOrNone = None
    budget_open: bool = False
    deadline: DateOrNone = None
    min_trl: Trl = None
    ip_terms: IpTerms = IpTerms.OPEN
    partner_req: Text = ""
    urgency: Urgency = Urgency.MEDIUM
    decision_owner: Annotated[Line, Field(max_length=100)] = ""
    anonymous: bool = False
    detail_restricted: Detail = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_title(self.title, self.lang)
        if self.budget_min is not None and self.budget_max is not None and self.budget_min > self.budget_max:
            raise InputError(msg("上限不能小于下限。"), "budget_max")
        return self


class AchievementInput(RecordInput):
    """科技成果 (fields.md 4.1)."""

    title: Line = ""
    abstract: Text = ""
    problem: Text = ""
    advantage: Text = ""
    economics: Text = ""
    indicators: Annotated[list[Indicator], Field(max_length=20)] = []
    trl: Trl = None
    dev_state: Annotated[DevState | None, Optional] = None
    coop_modes: Annotated[list[CoopMode], Field(max_length=10)] = []
    price_mode: PriceMode = PriceMode.NEGOTIABLE
    price_min: WanOrNone = None
    price_max: WanOrNone = None
    ip: Annotated[list[IpRight], Field(max_length=20)] = []
    people: Annotated[list[Annotated[Line, Field(min_length=1, max_length=50)]], Field(max_length=20)] = []
    funding: Annotated[Funding | None, Optional] = None
    project_ref: Annotated[Line, Field(max_length=100)] = ""
    publicly_funded: bool = False
    completed_on: DateOrNone = None
    detail_restricted: Detail = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_title(self.title, self.lang)
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise InputError(msg("上限不能小于下限。"), "price_max")
        self.publicly_funded = self.publicly_funded or self.funding in PUBLIC
        return self


class ExpertInput(RecordInput):
    """科技专家 (fields.md 4.3)."""

    name: Annotated[Line, Field(max_length=50)] = ""
    department: Annotated[Line, Field(max_length=100)] = ""
    title: ExpertTitle = ExpertTitle.OTHER
    profile: Text = ""
    services: Annotated[list[ExpertService], Field(max_length=10)] = []
    service_regions: Annotated[list[Annotated[str, AfterValidator(_region)]], Field(max_length=40)] = []
    languages: Annotated[list[Lang], Field(max_length=5)] = []
    consent: Consent = Consent.PUBLIC


INPUTS: dict[str, type[NeedInput | AchievementInput | ExpertInput]] = {
    "need": NeedInput,
    "achievement": AchievementInput,
    "expert": ExpertInput,
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "need": ("title", "need_type", "problem", "chain", "region", "coop_modes", "deadline"),
    "achievement": (
        "title",
        "abstract",
        "problem",
        "advantage",
        "chain",
        "tech_field",
        "region",
        "trl",
        "coop_modes",
    ),
    "expert": ("name", "profile", "tech_field", "region", "services"),
}


def missing(kind: str, record: Any, today: date) -> dict[str, Message]:
    """What still stands between a draft (a row or an input) and publication, by field."""
    problems = {name: msg("发布前请填写。") for name in REQUIRED[kind] if not getattr(record, name)}
    if kind == "need":
        problems |= _missing_of_need(record, today)
    if kind == "achievement":
        problems |= _missing_of_achievement(record, today)
    if record.valid_until is not None and record.valid_until < today:
        problems["valid_until"] = msg("日期已过。")
    return problems


def _missing_of_need(record: Any, today: date) -> dict[str, Message]:
    problems: dict[str, Message] = {}
    if record.deadline is not None and record.deadline < today:
        problems["deadline"] = msg("日期已过。")
    if record.budget_max is None and not record.budget_open:
        problems["budget_max"] = msg("请填写拟投入资金，或选择面议。")
    return problems


def plain_values(record: Any) -> dict[str, Any]:
    """What the form of a row holds, as plain JSON: amounts in 万元 and days as text, codes and rows as they are."""
    names = set(INPUTS[record.kind].model_fields) - {"source", "source_id"}
    return {name: _plain(getattr(record, name)) for name in sorted(names)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # 80 and 80.0 are one amount
    return value.isoformat() if isinstance(value, date) else value


def _missing_of_achievement(record: Any, today: date) -> dict[str, Message]:
    problems: dict[str, Message] = {}
    if record.price_mode in (PriceMode.FIXED, PriceMode.RANGE) and record.price_min is None:
        problems["price_min"] = msg("请填写价格，或选择面议。")
    if record.completed_on is None and record.publicly_funded:
        problems["completed_on"] = msg("财政资金资助的成果请填写完成（验收）日期，限时转化从这一天起算。")
    if record.completed_on is not None and record.completed_on > today:
        problems["completed_on"] = msg("完成日期不能晚于今天。")
    return problems
