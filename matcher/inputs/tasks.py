"""Inputs of tasks, notes, posts and visits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from matcher.inputs.base import Input, InputError, Line, Optional, Paragraph, RowId
from matcher.inputs.records import _region
from matcher.messages import msg
from matcher.tasks.terms import OFFICERS, Duty


class TaskInput(Input):
    """What is to be done, in whose hands, by when; `owner_id` names one of those who may hold the duty."""

    title: Annotated[Line, Field(min_length=1, max_length=300)]
    duty: Duty
    due_on: date
    owner_id: int | None = None


class NoteInput(Input):
    """An officer's note on a case."""

    body: Annotated[Paragraph, Field(min_length=1, max_length=5000)]


class OutcomeInput(Input):
    """What came of a task, or why it is called off or given on."""

    outcome: Annotated[Paragraph, Field(max_length=1000)] = ""


def _officer(value: Duty) -> Duty:
    if value not in OFFICERS:
        raise InputError(msg("请从列表中选择。"))
    return value


class PostInput(Input):
    """Who is one of the four officers of an enterprise, or of a region."""

    email: Annotated[Line, Field(min_length=1, max_length=254)]
    duty: Annotated[Duty, AfterValidator(_officer)]
    organisation_id: Annotated[int | None, Optional] = None
    region: Annotated[Annotated[str, AfterValidator(_region)] | None, Optional] = None

    @model_validator(mode="after")
    def _one_scope(self) -> Self:
        if (self.organisation_id is None) == (self.region is None):
            raise InputError(msg("请选择一家企业或一个地区，二者选一。"), "region")
        return self


class VisitInput(Input):
    """A 科技特派员's visit: what they saw, and the need that came out of it."""

    organisation_id: RowId
    visited_on: date
    met: Annotated[Line, Field(max_length=100)] = ""
    note: Annotated[Paragraph, Field(min_length=1, max_length=5000)]
    title: Annotated[Line, Field(min_length=1, max_length=200)]
