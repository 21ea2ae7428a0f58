"""One side's matches: newest strong ones first, those put off until their day, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matcher import clock
from matcher.actor import Actor
from matcher.learning.personal import Lowering, Telling
from matcher.lowering import lowered
from matcher.models import Achievement, Answer, Match, Need
from matcher.permissions import rows
from matcher.rules import MATCH_SIDE
from matcher.twins import Folded, Print, fold, text_print
from matcher.vocabulary import AnswerKind, Level, MatchState

LEVEL_ORDER = case(
    {level.value: place for place, level in enumerate(Level)}, value=Match.level, else_=len(Level)
)

ORDER = (LEVEL_ORDER, Match.created_at.desc(), Match.id.desc())
LEVELS = list(Level)
REORDERED = 1000  # matches within which refusals change the order: fifty pages


class Box(StrEnum):
    """Which of the matches."""

    OPEN = "open"
    WAITING = "waiting"
    LATER = "later"
    REFUSED = "refused"


def _condition(box: Box, own: type[Answer]) -> ColumnElement[bool]:
    now = clock.now()
    later = and_(own.answer == AnswerKind.LATER, own.later_until > now)
    returned = and_(own.answer == AnswerKind.LATER, own.later_until <= now)
    return {
        Box.OPEN: or_(own.id.is_(None), returned),
        Box.WAITING: own.answer == AnswerKind.INTERESTED,
        Box.LATER: later,
        Box.REFUSED: own.answer == AnswerKind.REFUSED,
    }[box]


def _own(actor: Actor) -> tuple[type[Answer], ColumnElement[bool], ColumnElement[bool]]:
    """The own organisation's answer, how it is joined, and which matches are its own to answer."""
    own = aliased(Answer)
    joined = and_(own.match_id == Match.id, own.organisation_id == actor.org_id)
    return own, joined, and_(rows(actor, "match.read", Match), MATCH_SIDE.where(actor, Match), Match.state == MatchState.OPEN)


def _query(actor: Actor, box: Box) -> Select[Match]:
    own, joined, mine = _own(actor)
    return select(Match).outerjoin(own, joined).where(mine, _condition(box, own))


def matches_of(
    session: Session,
    actor: Actor,
    box: Box = Box.OPEN,
    *,
    offset: int = 0,
    limit: int = 20,
    told: Sequence[Telling] = (),
) -> list[Match]:
    """The actor's organisation's matches with both records, organisations and answers loaded; three queries.

    What its refusals (`told`) lower stands lower among those it has still to answer, which takes two queries more.
    """
    query = _query(actor, box).options(
        joinedload(Match.need).joinedload(Need.organisation),
        joinedload(Match.achievement).joinedload(Achievement.organisation),
        selectinload(Match.answers),
    )
    if told and box is Box.OPEN and actor.org_id is not None and offset + limit <= REORDERED:
        ids = _reordered(session, actor, actor.org_id, told)[offset : offset + limit]
        return sorted(session.scalars(query.where(Match.id.in_(ids))), key=lambda match: ids.index(match.id))
    return list(session.scalars(query.order_by(*ORDER).offset(offset).limit(limit)))


def _reordered(session: Session, actor: Actor, organisation_id: int, told: Sequence[Telling]) -> list[int]:
    """Numbers of the first matches to answer, by the level at which they stand for this organisation."""
    columns = (Match.id, Match.level, Match.probability, Match.created_at)
    found = session.execute(_query(actor, Box.OPEN).with_only_columns(*columns).order_by(*ORDER).limit(REORDERED)).all()
    lower = lowered(session, organisation_id, [row.id for row in found], told)

    def place(row: Any) -> tuple[int, float, int]:
        level = lower[row.id].level(row.probability) if row.id in lower else Level(row.level)
        return LEVELS.index(level), -row.created_at.timestamp(), -row.id

    return [row.id for row in sorted(found, key=place)]


def in_own_order(found: Sequence[Match], lower: Mapping[int, Lowering]) -> list[Match]:
    """Best first, as they stand for the organisation whose refusals lower some of them (`lowering.lowered_for`)."""

    def stands(match: Match) -> float:
        lowering = lower.get(match.id)
        return match.probability if lowering is None else lowering.probability(match.probability)

    return sorted(found, key=lambda match: (-stands(match), match.id))


def counts(session: Session, actor: Actor) -> dict[Box, int]:
    """How many matches each box holds; one query."""
    own, joined, mine = _own(actor)
    columns = [func.count().filter(_condition(box, own)) for box in Box]
    row = session.execute(select(*columns).select_from(Match).outerjoin(own, joined).where(mine)).one()
    return dict(zip(Box, row, strict=True))


def folded(matches: Iterable[Match]) -> list[Folded[Match]]:
    """The matches in their order, near-identical achievements for one need under the first of them (N18)."""
    return fold(matches, lambda match: match.need_id, lambda match: _print(match.achievement))


def _print(achievement: Achievement) -> Print:
    return text_print(achievement.title, achievement.abstract)


def matches_of_record(
    session: Session, actor: Actor, kind: str, record_id: int, limit: int = 50
) -> list[Match]:
    """Open and cased matches of one record that the actor may read, best first."""
    column = Match.need_id if kind == "need" else Match.achievement_id
    return list(
        session.scalars(
            select(Match)
            .where(column == record_id, rows(actor, "match.read", Match), Match.state != MatchState.CLOSED)
            .options(
                joinedload(Match.need).joinedload(Need.organisation),
                joinedload(Match.achievement).joinedload(Achievement.organisation),
                selectinload(Match.answers),
            )
            .order_by(Match.probability.desc(), Match.id)
            .limit(limit)
        )
    )
