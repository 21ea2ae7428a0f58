"""Checks shared by all inputs. Text is refused when it holds what no person types; numbers may be full-width."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from matcher.errors import Invalid
from matcher.messages import Message, msg

M = TypeVar("M", bound=BaseModel)
NOT_XML = "\ufffe\uffff"  # no Word and no Excel file can hold them
MAX_WAN = Decimal(1_000_000)  # a hundred 亿: beyond it somebody mistook the unit


class Input(BaseModel):
    """Base of all inputs: unknown names are refused, so that a mistyped column is noticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _clean(value: Any) -> Any:
    """Unify line ends; refuse control characters, NUL, halves of surrogate pairs and what is no character."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if any((unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t") or char in NOT_XML for char in text):
        raise PydanticCustomError("control_characters", "control characters")
    return text


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _number(value: Any) -> Any:
    """Full-width digits, thousands separators and an empty field as people type them."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip().replace(",", "")
        return text or None
    return value


def _empty_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _key(value: int) -> int:
    if not 0 < value < 2**31:
        raise InputError(msg("请从列表中选择。"))
    return value


Clean = BeforeValidator(_clean)
RowId = Annotated[int, AfterValidator(_key)]  # what a key can be: SQLite's driver breaks down on a longer number
Line = Annotated[str, Clean, AfterValidator(_one_line)]
Paragraph = Annotated[str, Clean]
Optional = BeforeValidator(_empty_to_none)
Wan = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=0, le=MAX_WAN, decimal_places=4, allow_inf_nan=False)
]
WanOrNone = Annotated[
    Annotated[Decimal, Field(ge=0, le=MAX_WAN, decimal_places=4, allow_inf_nan=False)] | None,
    BeforeValidator(_number),
]
PriceWan = Annotated[
    Decimal, BeforeValidator(_number), Field(gt=0, le=MAX_WAN, decimal_places=4, allow_inf_nan=False)
]
PartPercent = Annotated[
    Decimal, BeforeValidator(_number), Field(gt=0, lt=100, decimal_places=2, allow_inf_nan=False)
]
Trl = Annotated[Annotated[int, Field(ge=1, le=9)] | None, BeforeValidator(_number)]
DateOrNone = Annotated[date | None, Optional]
Keyword = Annotated[Line, Field(min_length=1, max_length=40)]
Keywords = Annotated[list[Keyword], Field(max_length=8)]

_TEXTS: dict[str, str] = {
    "missing": "请填写。",
    "string_too_long": "最多 %(max_length)s 个字。",
    "string_too_short": "至少 %(min_length)s 个字。",
    "too_long": "最多 %(max_length)s 项。",
    "too_short": "至少 %(min_length)s 项。",
    "greater_than_equal": "不能小于 %(ge)s。",
    "less_than_equal": "不能大于 %(le)s。",
    "greater_than": "必须大于 %(gt)s。",
    "less_than": "必须小于 %(lt)s。",
    "enum": "请从列表中选择。",
    "decimal_max_places": "最多 %(decimal_places)s 位小数。",
    "control_characters": "含有不能使用的控制字符，请删除后重试。",
    "time_parsing": "请填写时间，例如 14:30。",
    "extra_forbidden": "没有这个字段。",
    "unknown_region": "没有这个地区，请从列表中选择。",
}
_BY_PREFIX: tuple[tuple[str, str], ...] = (
    ("decimal", "请填写数字。"),
    ("int", "请填写整数。"),
    ("float", "请填写数字。"),
    ("finite", "请填写数字。"),
    ("date", "请填写日期，例如 2026-12-31。"),
    ("bool", "请选择是或否。"),
)


def _marked() -> list[Message]:
    """The sentences above, where the extraction of translations finds them."""
    return [
        msg("请填写。"),
        msg("最多 %(max_length)s 个字。", max_length=0),
        msg("至少 %(min_length)s 个字。", min_length=0),
        msg("最多 %(max_length)s 项。", max_length=0),
        msg("至少 %(min_length)s 项。", min_length=0),
        msg("不能小于 %(ge)s。", ge=0),
        msg("不能大于 %(le)s。", le=0),
        msg("必须大于 %(gt)s。", gt=0),
        msg("必须小于 %(lt)s。", lt=0),
        msg("请从列表中选择。"),
        msg("最多 %(decimal_places)s 位小数。", decimal_places=0),
        msg("含有不能使用的控制字符，请删除后重试。"),
        msg("请填写时间，例如 14:30。"),
        msg("没有这个字段。"),
        msg("没有这个地区，请从列表中选择。"),
        msg("请填写数字。"),
        msg("请填写整数。"),
        msg("请填写日期，例如 2026-12-31。"),
        msg("请选择是或否。"),
        msg("内容不正确。"),
    ]


def _message(error: ErrorDetails) -> Message:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("too_long", "too_short") and isinstance(error["input"], str):
        kind = f"string_{kind}"
    text = _TEXTS.get(kind) or next((text for prefix, text in _BY_PREFIX if kind.startswith(prefix)), None)
    if kind == "value_error" and isinstance(context.get("error"), InputError):
        return context["error"].message  # type: ignore[no-any-return]
    return Message(text or "内容不正确。", {key: value for key, value in context.items() if key != "error"})


class InputError(ValueError):
    """A rule of our own that a value breaks; raised inside validators. `field` moves a whole-form rule to a field."""

    def __init__(self, message: Message, field: str = "") -> None:
        """Keep the sentence and the field."""
        self.message, self.field = message, field
        super().__init__(str(message))


def _place(error: ErrorDetails) -> str:
    own = error.get("ctx", {}).get("error")
    if isinstance(own, InputError) and own.field:
        return own.field
    return ".".join(
        str(part) for part in error["loc"] if part not in ("int", "date", "decimal", "constrained-int")
    )


def free_text(field: str, value: str, most: int) -> str:
    """What a person typed beside a decision or into a conversation, stripped and with unified line ends.

    Raises `Invalid` at `field` for control characters, halves of surrogate pairs and more than `most` characters:
    SQLite would store a NUL that PostgreSQL refuses.
    """
    try:
        text = str(_clean(value)).strip()
    except PydanticCustomError as error:
        raise Invalid({field: Message(_TEXTS[error.type])}) from None
    if len(text) > most:
        raise Invalid({field: msg("最多 %(max_length)s 个字。", max_length=most)})
    return text


def free_line(field: str, value: str, most: int) -> str:
    """The same as one line: runs of white space become one space."""
    return _one_line(free_text(field, value, most))


def parse(model: type[M], data: Mapping[str, Any]) -> M:
    """`data` as `model`; raises `Invalid` with a message for each field that is not acceptable."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise Invalid({_place(item): _message(item) for item in reversed(error.errors())}) from None
