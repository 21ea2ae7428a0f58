"""What the API answers. Inputs are the models of `matcher.inputs`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.vocabulary import AnswerKind, Refusal


class Answered(BaseModel):
    """Base of everything answered: exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class OrganisationRef(Answered):
    """Whose record it is."""

    id: int
    name: str


class RecordOut(Answered):
    """A need or an achievement as the caller may see it; `organisation` is null for anonymous needs."""

    id: int
    kind: Literal["need", "achievement", "expert"]
    state: str
    version: int
    url: str
    organisation: OrganisationRef | None
    published_at: datetime | None
    last_confirmed: datetime | None
    valid_until: date | None
    fields: dict[str, Any] = Field(
        description="The fields of the input schema; restricted detail only for the owner"
    )


class SearchItem(Answered):
    """One hit; items come best first."""

    kind: Literal["need", "achievement", "expert"]
    id: int
    title: str
    summary: str
    lang: str
    url: str


class SearchOut(Answered):
    """One page of hits; `total` and `facets` speak of the whole set."""

    items: list[SearchItem]
    total: int
    page: int
    size: int
    facets: dict[str, dict[str, int]]
    degraded: bool = Field(
        description="True when meaning or the index is away and only part of the search ran"
    )


class RecordPage(Answered):
    """One page of records."""

    items: list[RecordOut]
    total: int
    page: int
    size: int


class AnswerOut(Answered):
    """One side's answer."""

    side: Literal["need", "offer"]
    answer: AnswerKind
    reason: Refusal | None
    at: datetime = Field(validation_alias="created_at")


class LoweredOut(Answered):
    """How a match that is still to be answered stands for the caller's own organisation, because of what it has refused.

    It is put in order by this level and probability in that organisation's lists and digest, and nowhere else.
    """

    level: str
    probability: float
    reasons: list[Refusal]
    sentence: str = Field(description="Why, in the language that the request accepts, zh or en")


class MatchOut(Answered):
    """Why a need and an achievement fit, under which version it was computed, and what the caller's side answered."""

    id: int
    need_id: int
    achievement_id: int
    state: str
    level: str
    probability: float
    parts: dict[str, Any]
    reasons: dict[str, Any]
    ranking_version: str
    model: str
    answer: AnswerOut | None
    lowered: LoweredOut | None = None
    twin_of: int | None = None  # in a list: the match before it whose achievement is nearly the same
    url: str


class QuestionIn(BaseModel):
    """A need and an achievement, matched or not."""

    model_config = ConfigDict(extra="forbid")

    need_id: Annotated[int, Field(ge=1, le=2**31 - 1)]
    achievement_id: Annotated[int, Field(ge=1, le=2**31 - 1)]


class QuestionOut(Answered):
    """Why a pair is recommended or not, with everything that it was computed under.

    `causes` are the facts that decided, as {code, …}: matched, same_organisation, below, closed, waiting, parked,
    not_proposed, places, next_time, by_words. `path` are the steps that would close what is missing, in their order.
    """

    id: int
    need_id: int
    achievement_id: int
    score: float
    probability: float
    level: str
    parts: dict[str, Any]
    reasons: dict[str, Any]
    causes: list[dict[str, Any]]
    path: list[PathStepOut]
    ranking_version: str
    model: str
    snapshot_id: int | None
    need_version: int
    achievement_version: int
    need_hash: str
    achievement_hash: str
    created_at: datetime
    url: str


class PathStepOut(Answered):
    """A step: whose move it is, where it is taken, and which service of a voucher may pay; `levels` of readiness for a trial."""

    step: str
    mover: str
    facility: str | None
    voucher: str | None
    levels: tuple[int, int] | None
    gaps: list[dict[str, Any]]


class RerunOut(Answered):
    """An answer computed again from what is stored with it. `known`: this platform still has its ranking version."""

    known: bool
    same: bool
    differs: list[str]
    same_reasons: bool


class MatchList(Answered):
    """Matches of a record, best first; near-identical achievements behind the first of them, which `twin_of` names."""

    items: list[MatchOut]


class AnswerIn(BaseModel):
    """An answer to a match; a refusal needs a reason code."""

    model_config = ConfigDict(extra="forbid")

    answer: AnswerKind
    reason: Refusal | None = None
    comment: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")] = ""


class AnswerDone(Answered):
    """What the answer led to: `case_id` when it was the second yes."""

    match_id: int
    case_id: int | None


class CaseOut(Answered):
    """A bridge case: where it stands, whose move it is and until when."""

    id: int
    number: str
    state: str
    need_id: int
    achievement_id: int
    next_step: str
    next_party: str
    due_at: datetime | None
    end_reason: str | None
    paused_at: datetime | None
    pause_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    url: str


class TaskOut(Answered):
    """A task: what, in whose hands, until when. `level` counts how often it has been handed up."""

    id: int
    case_id: int | None
    title: str
    duty: str
    due_at: datetime
    state: str
    origin: str
    level: int
    outcome: str
    created_at: datetime
    closed_at: datetime | None
    url: str


class TaskPage(Answered):
    """One page of tasks, the next due first."""

    items: list[TaskOut]
    page: int
    size: int


class Problem(BaseModel):
    """A problem document (RFC 9457); `errors` gives a sentence by field, `missing` what a step still lacks."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] | None = None
    missing: list[str] | None = None


class PageQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=1000)] = 1
    size: Annotated[int, Field(ge=1, le=100)] = 20


class RecordQuery(PageQuery):
    """Which records: everything that may be read, or only one's own organisation's."""

    mine: bool = False


class SearchQuery(PageQuery):
    """One box over needs and achievements, with the filters of the search page."""

    q: Annotated[str, Field(max_length=10_000)] = ""
    sort: Literal["relevance", "newest", "amount_high", "amount_low", "maturity", "deadline"] | None = None
    kind: list[Literal["need", "achievement", "expert"]] = []
    chain: list[str] = []
    domain: list[str] = []
    region: list[str] = []
    trl: list[str] = []
    coop: list[str] = []
    ip: list[str] = []
    budget: list[str] = []
    year: list[str] = []
    lang: list[str] = []
