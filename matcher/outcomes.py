"""What became of a listing (F21, F22): shown, opened, matched, answered, refused with which reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matcher.models import Answer, Case, Match, Record, ViewCount
from matcher.vocabulary import AnswerKind, Kind, Side


@dataclass(frozen=True)
class Outcomes:
    """Counts for one record. `refusals` are the other side's reason codes with their numbers, never who gave them."""

    shown: int = 0
    opened: int = 0
    matches: int = 0
    interested: int = 0
    later: int = 0
    refused: int = 0
    cases: int = 0
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Answers of the other side."""
        return self.interested + self.later + self.refused


def _of(record: Record) -> ColumnElement[bool]:
    return (Match.need_id if record.kind is Kind.NEED else Match.achievement_id) == record.id


def outcomes(session: Session, record: Record) -> Outcomes:
    """Counts of everything that happened to `record` since it was entered; four queries."""
    views = session.execute(
        select(
            func.coalesce(func.sum(ViewCount.shown), 0), func.coalesce(func.sum(ViewCount.opened), 0)
        ).where(ViewCount.kind == record.kind, ViewCount.record_id == record.id)
    ).one()
    if record.kind is Kind.EXPERT:
        return Outcomes(shown=views[0], opened=views[1])
    other = Side.OFFER if record.kind is Kind.NEED else Side.NEED
    answers = session.execute(
        select(Answer.answer, Answer.reason, func.count())
        .join(Match, Match.id == Answer.match_id)
        .where(_of(record), Answer.side == other)
        .group_by(Answer.answer, Answer.reason)
    ).all()
    count = {kind: sum(row[2] for row in answers if row[0] == kind) for kind in AnswerKind}
    column = Case.need_id if record.kind is Kind.NEED else Case.achievement_id
    return Outcomes(
        shown=views[0],
        opened=views[1],
        matches=session.scalar(select(func.count()).select_from(Match).where(_of(record))) or 0,
        interested=count[AnswerKind.INTERESTED],
        later=count[AnswerKind.LATER],
        refused=count[AnswerKind.REFUSED],
        cases=session.scalar(select(func.count()).select_from(Case).where(column == record.id)) or 0,
        refusals={row[1]: row[2] for row in answers if row[0] == AnswerKind.REFUSED and row[1]},
    )
