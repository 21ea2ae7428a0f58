"""Input of an integrity record."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from matcher.inputs.base import Input, InputError, Line, Paragraph
from matcher.integrity.terms import IntegrityScope
from matcher.messages import msg

LONGEST_YEARS = 20


class IntegrityInput(Input):
    """Whom it is about (full name or credit code of an organisation, or a person's e-mail address), what and how long."""

    subject: Annotated[Line, Field(min_length=1, max_length=254)]
    source: Annotated[Line, Field(min_length=2, max_length=200)]
    scope: IntegrityScope
    reason: Annotated[Paragraph, Field(min_length=2, max_length=2000)]
    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _days(self) -> Self:
        if self.ends_on < self.starts_on:
            raise InputError(msg("结束日期不能早于开始日期。"), "ends_on")
        if self.ends_on.year - self.starts_on.year > LONGEST_YEARS:
            raise InputError(msg("期限最长 %(count)s 年。", count=LONGEST_YEARS), "ends_on")
        return self
