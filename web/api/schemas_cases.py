"""What the API says about cases and takes to narrow their list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.board import Phase
from matcher.inputs.base import Line
from matcher.vocabulary import CaseParty, CaseState
from web.api.schemas import Answered, CaseOut, PageQuery


class CaseQuery(PageQuery):
    """Which cases; what is left out asks for nothing. `broker_id` 0: those without a broker."""

    closed: bool = False
    phase: Phase | None = None
    state: CaseState | None = None
    party: CaseParty | None = None
    broker_id: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None
    late: bool = False
    paused: bool = False
    text: Annotated[Line, Field(max_length=60)] = ""


class CasePage(Answered):
    """One page of cases, the next due first; `total` and `late` count all that the filter leaves."""

    items: list[CaseOut]
    page: int
    size: int
    total: int
    late: int


class StepOut(Answered):
    """One step: what happened, by which party, with its codes. `data.on` is the day it is entered under."""

    id: int
    kind: Literal["opened", "agreed", "assigned", "moved", "planned", "paused", "continued", "resumed", "ended"]
    party: str | None
    data: dict[str, Any]
    created_at: datetime


class Steps(Answered):
    """The course of a case."""

    items: list[StepOut]


class MeetingOut(Answered):
    """A meeting without names, place and minutes."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    guests: int
    accepted: int
    declined: int
    decisions: list[str]
    url: str


class Meetings(Answered):
    """All meetings of a case."""

    items: list[MeetingOut]
