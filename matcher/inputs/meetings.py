"""Inputs of meetings and their minutes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Self

from pydantic import Field, model_validator

from config.settings import get_settings
from matcher.inputs.base import Input, InputError, Line, Paragraph
from matcher.messages import msg
from matcher.tasks.terms import Duty

Title = Annotated[Line, Field(min_length=1, max_length=100)]


class MeetingInput(Input):
    """When, where, about what, with whom; times of the configured zone, on one day."""

    title: Title
    day: date
    begins: time
    ends: time
    place: Annotated[Line, Field(min_length=1, max_length=200)]
    agenda: Annotated[Paragraph, Field(max_length=2000)] = ""
    guests: Annotated[list[int], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.ends <= self.begins:
            raise InputError(msg("结束时间要晚于开始时间。"), "ends")
        return self

    def starts_at(self) -> datetime:
        """The moment at which it begins, aware."""
        return datetime.combine(self.day, self.begins, get_settings().zone)

    def ends_at(self) -> datetime:
        """The moment at which it ends, aware."""
        return datetime.combine(self.day, self.ends, get_settings().zone)


class AgreedTask(Input):
    """A task that came out of a meeting: what, in whose hands, by when."""

    title: Annotated[Line, Field(min_length=1, max_length=300)]
    duty: Duty
    due_on: date


class MinutesInput(Input):
    """What was said, decided and agreed to be done."""

    minutes: Annotated[Paragraph, Field(min_length=1, max_length=10_000)]
    decisions: Annotated[list[Annotated[Line, Field(min_length=1, max_length=300)]], Field(max_length=20)] = []
    tasks: Annotated[list[AgreedTask], Field(max_length=20)] = []
