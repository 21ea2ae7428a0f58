"""还没有人能解决的需求 (N9): published needs without a match of 较强相关 or better, by technical field and industry chain.

Counts and sums tell no more than the needs' own public pages do. Reasons for refusals are not public, so a class of needs
names one only when several institutes gave it to several of its needs, and never how often: two looks at overlapping
classes then differ by whole reasons, not by one answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from matcher import clock
from matcher.actor import Actor
from matcher.models import Achievement, Answer, Case, Match, Need
from matcher.permissions import rows
from matcher.vocabulary import AnswerKind, CaseState, Level, MatchState, Side

NONE = "none"  # the needs that name no field, or no chain
FEWEST_REFUSING = 5  # organisations that must have given a reason before it is named
FEWEST_NEEDS = 2  # … for so many needs, or a single need's answers would be told
REASONS = 3
LONG_DAYS = 90
SOLVING = (Level.STRONG, Level.FAIR)


@dataclass(frozen=True)
class Asked:
    """How the needs are narrowed: by field and chain (`none`: not named), by region (a province finds its cities)."""

    field: str = ""
    chain: str = ""
    region: str = ""


@dataclass(frozen=True)
class Cell:
    """The needs of one field and chain (None: not named).

    `long` of them wait long, the first `since`; `budget` in 万元 is what those who say so would spend at most.
    """

    field: str | None
    chain: str | None
    count: int
    long: int
    since: datetime | None
    budget: Decimal | None


def unmet(actor: Actor) -> ColumnElement[bool]:
    """Needs that `actor` may find, with no open match that would do and no case under way or carried through."""
    solving = exists().where(
        Match.need_id == Need.id, Match.level.in_(SOLVING), Match.state != MatchState.CLOSED
    )
    served = exists().where(Case.need_id == Need.id, Case.state != CaseState.ENDED)
    return and_(rows(actor, "record.search", Need), ~solving.correlate(Need), ~served.correlate(Need))


def total(session: Session, actor: Actor) -> int:
    """How many there are; one query."""
    return session.scalar(select(func.count()).select_from(Need).where(unmet(actor))) or 0


def cells(session: Session, actor: Actor, region: str = "") -> list[Cell]:
    """Every class that has a need, the fullest first; one query."""
    most = func.coalesce(Need.budget_max, Need.budget_min, type_=Need.budget_max.type)
    before = clock.now() - timedelta(days=LONG_DAYS)
    waiting = func.count().filter(Need.published_at < before)
    count = func.count()
    query = (
        select(Need.tech_field, Need.chain, count, waiting, func.min(Need.published_at), func.sum(most))
        .where(unmet(actor), _where(Asked(region=region)))
        .group_by(Need.tech_field, Need.chain)
        .order_by(count.desc(), func.min(Need.published_at), Need.tech_field, Need.chain)
    )
    return [Cell(*row) for row in session.execute(query)]


def chosen(found: Iterable[Cell], by: Asked) -> list[Cell]:
    """The cells that a choice of field and chain leaves."""
    return [
        cell
        for cell in found
        if by.field in ("", cell.field or NONE) and by.chain in ("", cell.chain or NONE)
    ]


def budget(found: Iterable[Cell]) -> Decimal | None:
    """What the needs of several cells would spend together in 万元; None when none says so."""
    stated = [cell.budget for cell in found if cell.budget is not None]
    return sum(stated, Decimal(0)) if stated else None


def needs(session: Session, actor: Actor, by: Asked, *, offset: int = 0, limit: int = 20) -> Sequence[Need]:
    """One page of them, the longest waiting first, those that nobody answers for (M43) last; one query."""
    query = (
        select(Need)
        .where(unmet(actor), _where(by))
        .order_by(Need.silent_since.is_not(None), Need.published_at, Need.id)
        .offset(offset)
        .limit(limit)
    )
    return session.scalars(query).all()


def refusals(session: Session, actor: Actor, by: Asked) -> list[str]:
    """The commonest reasons for which institutes refused needs of this choice; one query."""
    return [reason for reason, _number in session.execute(_told(actor, by))][:REASONS]


def refusals_by_cell(
    session: Session, actor: Actor, region: str = ""
) -> dict[tuple[str | None, str | None], list[str]]:
    """The same for every field and chain; one query."""
    query = _told(actor, Asked(region=region), Need.tech_field, Need.chain)
    found: dict[tuple[str | None, str | None], list[str]] = {}
    for reason, _number, field, chain in session.execute(query):
        found.setdefault((field, chain), []).append(reason)
    return {key: reasons[:REASONS] for key, reasons in found.items()}


def _told(actor: Actor, by: Asked, *classes: InstrumentedAttribute[str | None]) -> Select[Any]:
    """Reasons that may be named, by class, the one of most organisations first."""
    organisations = func.count(Answer.organisation_id.distinct())
    columns: list[ColumnElement[Any]] = [
        Answer.reason.expression,
        organisations,
        *(each.expression for each in classes),
    ]
    return (
        select(*columns)
        .join(Match, Match.id == Answer.match_id)
        .join(Need, Need.id == Match.need_id)
        .where(unmet(actor), _where(by))
        .where(Answer.side == Side.OFFER, Answer.answer == AnswerKind.REFUSED, Answer.reason.is_not(None))
        .group_by(Answer.reason, *classes)
        .having(organisations >= FEWEST_REFUSING, func.count(Need.id.distinct()) >= FEWEST_NEEDS)
        .order_by(organisations.desc(), Answer.reason)
    )


def nearest_own(session: Session, actor: Actor, need_ids: Collection[int]) -> dict[int, Match]:
    """By need: the match that comes nearest among the achievements of the actor's organisation; one query."""
    if actor.org_id is None or not need_ids:
        return {}
    query = (
        select(Match)
        .join(Match.achievement)
        .where(
            Match.need_id.in_(need_ids),
            Match.state == MatchState.OPEN,
            Achievement.organisation_id == actor.org_id,
            rows(actor, "match.read", Match),
        )
        .options(joinedload(Match.achievement))
        .order_by(Match.probability, Match.id.desc())
    )
    return {match.need_id: match for match in session.scalars(query)}  # the most probable is the last


def _where(by: Asked) -> ColumnElement[bool]:
    conditions = [
        or_(column.is_(None), column == "") if value == NONE else column == value
        for column, value in ((Need.tech_field, by.field), (Need.chain, by.chain))
        if value
    ]
    if by.region:
        whole = by.region.endswith("0000")
        conditions.append(Need.region.startswith(by.region[:2]) if whole else Need.region == by.region)
    return and_(True, *conditions)
