"""What became of a listing (F21, F22): shown, opened, matched, answered, refused or ended with which reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.models import Answer, Case, Match, Record, ViewCount
from matcher.vocabulary import AnswerKind, CaseState, Kind, Side

Given = tuple[str, str | None, int]  # an answer or a case's state, its reason, how often


@dataclass(frozen=True)
class Outcomes:
    """Counts for one record.

    `refusals` are the other side's reason codes with their numbers, never who gave them; `endings` the same of cases
    that were ended, whoever ended them.
    """

    shown: int = 0
    opened: int = 0
    matches: int = 0
    interested: int = 0
    later: int = 0
    refused: int = 0
    cases: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    converted: int = 0
    endings: dict[str, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Answers of the other side."""
        return self.interested + self.later + self.refused


def outcomes(session: Session, record: Record) -> Outcomes:
    """Counts of everything that happened to `record` since it was entered; four queries."""
    return outcomes_of(session, record.kind, [record.id])[record.id]


def outcomes_of(session: Session, kind: str, ids: Sequence[int]) -> dict[int, Outcomes]:
    """The same for several records of one kind, in the same four queries."""
    views = _views(session, kind, ids)
    if kind == Kind.EXPERT:
        return {number: Outcomes(*views.get(number, (0, 0))) for number in ids}
    need = kind == Kind.NEED
    matches = _count(session, Match.need_id if need else Match.achievement_id, ids)
    cases = _cases(session, Case.need_id if need else Case.achievement_id, ids)
    answers = _answers(session, kind, ids)
    return {
        number: _sum(
            views.get(number, (0, 0)), matches.get(number, 0), cases.get(number, []), answers.get(number, [])
        )
        for number in ids
    }


def _views(session: Session, kind: str, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    query = select(ViewCount.record_id, func.sum(ViewCount.shown), func.sum(ViewCount.opened)).where(
        ViewCount.kind == kind, ViewCount.record_id.in_(ids)
    )
    return {
        row[0]: (int(row[1]), int(row[2])) for row in session.execute(query.group_by(ViewCount.record_id))
    }


def _count(session: Session, column: InstrumentedAttribute[int], ids: Sequence[int]) -> dict[int, int]:
    query = select(column, func.count()).where(column.in_(ids)).group_by(column)
    return {row[0]: row[1] for row in session.execute(query)}


def _cases(session: Session, column: InstrumentedAttribute[int], ids: Sequence[int]) -> dict[int, list[Given]]:
    """Cases by record: in which state, ended for which reason, how many."""
    query = (
        select(column, Case.state, Case.end_reason, func.count())
        .where(column.in_(ids))
        .group_by(column, Case.state, Case.end_reason)
    )
    found: dict[int, list[Given]] = {}
    for number, state, reason, count in session.execute(query):
        found.setdefault(number, []).append((state, reason, count))
    return found


def _answers(session: Session, kind: str, ids: Sequence[int]) -> dict[int, list[Given]]:
    """Answers of the other side by record: what, for which reason, how often."""
    column, other = (Match.need_id, Side.OFFER) if kind == Kind.NEED else (Match.achievement_id, Side.NEED)
    query = (
        select(column, Answer.answer, Answer.reason, func.count())
        .join(Match, Match.id == Answer.match_id)
        .where(column.in_(ids), Answer.side == other)
        .group_by(column, Answer.answer, Answer.reason)
    )
    found: dict[int, list[Given]] = {}
    for number, answer, reason, count in session.execute(query):
        found.setdefault(number, []).append((answer, reason, count))
    return found


def _sum(views: tuple[int, int], matches: int, cases: list[Given], answers: list[Given]) -> Outcomes:
    count = {kind: sum(times for answer, _reason, times in answers if answer == kind) for kind in AnswerKind}
    return Outcomes(
        shown=views[0],
        opened=views[1],
        matches=matches,
        interested=count[AnswerKind.INTERESTED],
        later=count[AnswerKind.LATER],
        refused=count[AnswerKind.REFUSED],
        cases=sum(times for _state, _reason, times in cases),
        refusals=_reasons(answers, AnswerKind.REFUSED),
        converted=sum(times for state, _reason, times in cases if state == CaseState.CONVERTED),
        endings=_reasons(cases, CaseState.ENDED),
    )


def _reasons(given: list[Given], what: str) -> dict[str, int]:
    return {reason: times for kind, reason, times in given if kind == what and reason}
