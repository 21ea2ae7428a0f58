"""One side's matches: newest strong ones first, those put off until their day, and what was answered."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matcher import clock
from matcher.actor import Actor
from matcher.models import Achievement, Answer, Match, Need
from matcher.permissions import rows
from matcher.rules import MATCH_SIDE
from matcher.vocabulary import AnswerKind, Level, MatchState

LEVEL_ORDER = case(
    {level.value: place for place, level in enumerate(Level)}, value=Match.level, else_=len(Level)
)


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
    session: Session, actor: Actor, box: Box = Box.OPEN, *, offset: int = 0, limit: int = 20
) -> list[Match]:
    """The actor's organisation's matches with both records, organisations and answers loaded; three queries."""
    query = (
        _query(actor, box)
        .options(
            joinedload(Match.need).joinedload(Need.organisation),
            joinedload(Match.achievement).joinedload(Achievement.organisation),
            selectinload(Match.answers),
        )
        .order_by(LEVEL_ORDER, Match.created_at.desc(), Match.id.desc())
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def counts(session: Session, actor: Actor) -> dict[Box, int]:
    """How many matches each box holds; one query."""
    own, joined, mine = _own(actor)
    columns = [func.count().filter(_condition(box, own)) for box in Box]
    row = session.execute(select(*columns).select_from(Match).outerjoin(own, joined).where(mine)).one()
    return dict(zip(Box, row, strict=True))


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
