"""What the API takes to work on a case; the fields are those of the pages' forms."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from matcher.contracts.lists import ContractType, RegistrationState
from matcher.inputs.base import Input, Line, Optional, Paragraph, RowId
from matcher.inputs.contracts import DecisionInput
from matcher.meetings.terms import Reply
from matcher.tasks.terms import Duty
from matcher.vocabulary import CaseParty, CaseState, EndReason, PauseReason
from web.api.schemas import Answered

Words = Annotated[Paragraph, Field(max_length=5000)]
Reason = Annotated[Paragraph, Field(min_length=1, max_length=1000)]


class Created(Answered):
    """The number of what was made."""

    id: int


class CaseIn(Input):
    """The pair that a broker brings together."""

    need_id: RowId
    achievement_id: RowId


class ConsentIn(Input):
    """A side's answer to a broker's proposal."""

    agree: bool


class MoveIn(Input):
    """The next state; `happened_on` (default: today) is the day on which it was reached."""

    target: CaseState
    note: Words = ""
    happened_on: Annotated[date | None, Optional] = None


class PlanIn(Input):
    """What comes next, who owes it, and the last day for it."""

    step: Annotated[Line, Field(min_length=1, max_length=300)]
    party: CaseParty
    due_on: date


class PauseIn(Input):
    """Why the case rests, and its last day of rest."""

    reason: PauseReason
    until: date


class EndIn(Input):
    """Why the case ends."""

    reason: EndReason


class BrokerIn(Input):
    """Who serves the case."""

    broker_id: RowId


class MessageIn(Input):
    """A message; `once` is the sender's own mark, so that the same message sent twice is refused with 409."""

    body: Annotated[Paragraph, Field(min_length=1, max_length=5000)]
    once: Annotated[Line, Field(max_length=32)] = ""


class ReplyIn(Input):
    """An answer to the newest invitation, whose `sequence` it names."""

    sequence: Annotated[int, Field(ge=0, le=10_000)]
    reply: Reply


class HandOnIn(Input):
    """Into whose hands a task goes."""

    duty: Duty


class WithdrawIn(Input):
    """Why a price is taken back."""

    reason: Reason


class ObjectionDecisionIn(Input):
    """Whether an objection holds, and why."""

    uphold: bool
    decision: Annotated[Paragraph, Field(min_length=1, max_length=2000)]


class DraftIn(Input):
    """The type of the new contract; without one it is proposed from the terms later."""

    kind: Annotated[ContractType | None, Optional] = None


class SubmissionIn(Input):
    """The day on which the registry accepted the application."""

    day: date
    remark: Annotated[Paragraph, Field(max_length=1000)] = ""


class RegistryAnswerIn(DecisionInput):
    """What the registry answered, and where the application stands with it."""

    target: RegistrationState


class DeliveryIn(Input):
    """The day on which a milestone was handed over."""

    day: date


class JudgementIn(Input):
    """Whether what was handed over is accepted; what is to be mended if not."""

    accept: bool
    remark: Annotated[Paragraph, Field(max_length=1000)] = ""


class ClaimIn(Input):
    """The code of the rule to claim by."""

    rule: Annotated[Line, Field(min_length=1, max_length=40)]


