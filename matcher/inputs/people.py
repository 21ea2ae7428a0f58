"""Inputs of accounts and organisations."""

from __future__ import annotations

from typing import Annotated, Self

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, model_validator
from stdnum.cn import uscc

from matcher.inputs.base import Input, InputError, Line, Optional, Paragraph
from matcher.inputs.records import _region
from matcher.messages import msg
from matcher.vocabulary import Chain, OrgKind

PASSWORD_MIN = 10
PASSWORD_MAX = 200  # argon2 takes more, but nobody types it and it would cost work


def clean_email(value: str) -> str:
    """The address in its normal form, lower case; raises `InputError`."""
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise InputError(msg("请填写正确的邮箱地址。")) from None


def check_password(value: str) -> str:
    """Length is what counts; no rules of composition."""
    if len(value) < PASSWORD_MIN:
        raise InputError(msg("密码至少 %(min_length)s 个字符。", min_length=PASSWORD_MIN))
    if len(value) > PASSWORD_MAX:
        raise InputError(msg("密码最多 %(max_length)s 个字符。", max_length=PASSWORD_MAX))
    return value


def clean_credit_code(value: str) -> str:
    """统一社会信用代码 of 18 places; the last is a check digit (GB 32100)."""
    if not uscc.is_valid(value):
        raise InputError(msg("统一社会信用代码不正确，请核对 18 位代码。"))
    return str(uscc.compact(value))


Email = Annotated[str, Field(max_length=254), AfterValidator(clean_email)]
Password = Annotated[str, AfterValidator(check_password)]


class Registration(Input):
    """A new account."""

    email: Email
    name: Annotated[Line, Field(min_length=1, max_length=50)]
    password: Password
    accept_privacy: bool = False
    locale: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"

    @model_validator(mode="after")
    def _accepted(self) -> Self:
        if not self.accept_privacy:
            raise InputError(msg("请阅读并同意隐私说明。"), "accept_privacy")
        return self


class ProfileInput(Input):
    """What a person may change of themselves."""

    name: Annotated[Line, Field(min_length=1, max_length=50)]
    phone: Annotated[Line, Field(max_length=30, pattern=r"^[0-9+() \-转]*$")] = ""
    job_title: Annotated[Line, Field(max_length=50)] = ""
    locale: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    digest: bool = True


class OrganisationInput(Input):
    """An organisation to found or change. Bodies abroad have no credit code."""

    kind: OrgKind
    name: Annotated[Line, Field(min_length=2, max_length=100)]
    credit_code: Annotated[Annotated[str, AfterValidator(clean_credit_code)] | None, Optional] = None
    region: Annotated[str, AfterValidator(_region)]
    chain: Annotated[Chain | None, Optional] = None
    introduction: Annotated[Paragraph, Field(max_length=2000)] = ""
    website: Annotated[Line, Field(max_length=200, pattern=r"^(https?://[^\s<>\"]+)?$")] = ""

    @model_validator(mode="after")
    def _code(self) -> Self:
        if self.credit_code is None and self.region != "900000":
            raise InputError(msg("请填写统一社会信用代码。"), "credit_code")
        return self
