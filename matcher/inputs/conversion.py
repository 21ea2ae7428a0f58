"""What the owner of a publicly funded achievement reports: the disclosure of its rights, the start of its conversion."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from matcher.inputs.base import Input, InputError, Line, Paragraph
from matcher.inputs.records import IpRight
from matcher.messages import msg
from matcher.vocabulary import CoopMode

REMARK_LIMIT = 1000


class DisclosureInput(Input):
    """知识产权信息披露 (M45): the project, the rights, the day."""

    project_ref: Annotated[Line, Field(min_length=1, max_length=100)]
    disclosed_on: date
    rights: Annotated[list[IpRight], Field(max_length=20)] = []
    remark: Annotated[Paragraph, Field(max_length=REMARK_LIMIT)] = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.rights and not self.remark:
            raise InputError(msg("请列出知识产权；没有的话，请在备注里说明原因。"), "remark")
        return self


class PlanInput(Input):
    """启动转化: since when, in which way, what is planned."""

    started_on: date
    mode: CoopMode
    text: Annotated[Paragraph, Field(min_length=1, max_length=REMARK_LIMIT)]
