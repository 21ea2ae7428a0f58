"""What lies on a broker's desk: whether a case is late, how many each has, the matches that wait for a word."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.models import Achievement, Answer, Case, Match, Need
from matcher.permissions import rows
from matcher.vocabulary import AnswerKind, Level, MatchState

WAITING_DAYS = 5


def is_overdue(case: Case) -> bool:
    """Whether the next step is late."""
    return case.due_at is not None and case.state not in CLOSED and case.due_at < clock.now()


def loads(session: Session) -> dict[int, int]:
    """Open cases by broker."""
    found = session.execute(
        select(Case.broker_id, func.count())
        .where(Case.broker_id.is_not(None), Case.state.not_in(CLOSED))
        .group_by(Case.broker_id)
    )
    return {broker: number for broker, number in found if broker is not None}


def waiting_matches(session: Session, actor: Actor, limit: int = 20) -> list[Match]:
    """Open strong matches that a broker may help along: one side's yes without the other's answer first, then old ones
    that nobody answered; both records, organisations and answers loaded.
    """
    # numbers first, in order of probability by the index: sorting whole rows of both banks would cost more; what few
    # fulfil is asked first; "+ 0" keeps SQLite from reading and sorting every match with a yes instead of walking the index
    yes = (Match.id + 0).in_(select(Answer.match_id).where(Answer.answer == AnswerKind.INTERESTED))
    ids = _best(session, actor, limit, yes)
    if len(ids) < limit:
        old = clock.now() - timedelta(days=WAITING_DAYS)
        silent = (Match.level == Level.STRONG, Match.created_at < old, ~Match.answers.any())
        ids += _best(session, actor, limit - len(ids), *silent)
    query = (
        select(Match)
        .where(Match.id.in_(ids))
        .options(
            joinedload(Match.need).joinedload(Need.organisation),
            joinedload(Match.achievement).joinedload(Achievement.organisation),
            selectinload(Match.answers),
        )
    )
    return sorted(session.scalars(query), key=lambda match: ids.index(match.id))


def _best(session: Session, actor: Actor, limit: int, *conditions: ColumnElement[bool]) -> list[int]:
    """Numbers of the most probable open matches that fulfil the conditions and may be read."""
    query = select(Match.id).where(Match.state == MatchState.OPEN, *conditions, rows(actor, "match.read", Match))
    return list(session.scalars(query.order_by(Match.probability.desc(), Match.id).limit(limit)))
