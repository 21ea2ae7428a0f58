"""How publicly funded achievements stand with their duties: the same rule for one record's page and for all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.contracts.lists import RegistrationState
from matcher.conversion.terms import CONVERSION, Duty, completed_by, due_on
from matcher.models import Achievement, Case, Contract, ConversionOffer, ConversionPlan, IpDisclosure, Match
from matcher.vocabulary import CaseState, RecordState


@dataclass(frozen=True)
class Step:
    """One duty: until when, since when it is done (None: not), and whether a case or contract fulfils it."""

    duty: Duty
    due: date
    done_on: date | None = None
    stopped: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.done_on is None and not self.stopped

    def is_overdue(self, today: date) -> bool:
        """Whether it is still owed after its last day."""
        return self.is_open and self.due < today


@dataclass(frozen=True)
class Clock:
    """限时转化 of one achievement; `case` is the running case or registered contract that stopped the clock."""

    completed_on: date
    steps: tuple[Step, ...]
    case: Case | None = None

    @property
    def next(self) -> Step | None:
        """The duty that is owed first."""
        return next((step for step in self.steps if step.is_open), None)

    def overdue(self, today: date) -> list[Step]:
        """Duties owed after their last day."""
        return [step for step in self.steps if step.is_overdue(today)]


def bound() -> ColumnElement[bool]:
    """Rows of achievements whose clock runs or ran: published, publicly funded, with a date of completion."""
    return and_(
        Achievement.state == RecordState.PUBLISHED,
        Achievement.publicly_funded,
        Achievement.completed_on.is_not(None),
    )


def stopping() -> ColumnElement[bool]:
    """Cases that stop the clock of their achievement: not ended, or with a registered contract."""
    registered = exists().where(Contract.case_id == Case.id, Contract.reg_state == RegistrationState.RECOGNISED)
    return or_(Case.state != CaseState.ENDED, registered)


def owed(duty: Duty) -> ColumnElement[bool]:
    """Rows of achievements that have not fulfilled `duty`, overdue or not."""
    stopped = exists().where(Case.achievement_id == Achievement.id, stopping())
    if duty is Duty.DISCLOSE:
        return ~exists().where(IpDisclosure.achievement_id == Achievement.id)
    if duty is Duty.START:
        return and_(~stopped, ~exists().where(ConversionPlan.achievement_id == Achievement.id))
    return ~stopped


def owed_between(duty: Duty, after: date, until: date) -> ColumnElement[bool]:
    """Rows with a clock that still owe `duty`, due after `after` and not after `until`."""
    return and_(
        bound(),
        Achievement.completed_on > completed_by(after, duty),
        Achievement.completed_on <= completed_by(until, duty),
        owed(duty),
    )


def overdue(duty: Duty, today: date) -> ColumnElement[bool]:
    """Rows with a clock whose `duty` was due before `today` and is still owed."""
    latest = completed_by(today - timedelta(days=1), duty)
    return and_(bound(), Achievement.completed_on <= latest, owed(duty))


def clocks(session: Session, achievements: Sequence[Achievement]) -> dict[int, Clock]:
    """Clocks of those achievements that have one, by id; three queries however many they are."""
    found = {each.id: each for each in achievements if each.publicly_funded and each.completed_on and each.published_at}
    if not found:
        return {}
    disclosed = _days(session, IpDisclosure.disclosed_on, IpDisclosure, found)
    planned = _days(session, ConversionPlan.started_on, ConversionPlan, found)
    cases = {
        case.achievement_id: case
        for case in session.scalars(
            select(Case).where(Case.achievement_id.in_(found), stopping()).order_by(Case.id.desc())
        )
    }
    return {
        number: _clock(each, disclosed.get(number), planned.get(number), cases.get(number))
        for number, each in found.items()
    }


def offered_among(session: Session, matches: Sequence[Match]) -> set[int]:
    """Ids of those matches because of which an overdue achievement was offered to an enterprise; one query."""
    query = select(ConversionOffer.match_id).where(ConversionOffer.match_id.in_([match.id for match in matches]))
    return set(session.scalars(query)) if matches else set()


def _days(
    session: Session,
    day: InstrumentedAttribute[date],
    model: type[IpDisclosure | ConversionPlan],
    found: dict[int, Achievement],
) -> dict[int, date]:
    rows = session.execute(select(model.achievement_id, day).where(model.achievement_id.in_(found)))
    return {number: value for number, value in rows}  # noqa: C416 - rows are no pairs to the type checker


def _clock(achievement: Achievement, disclosed: date | None, planned: date | None, case: Case | None) -> Clock:
    assert achievement.completed_on is not None
    done = {Duty.DISCLOSE: disclosed, Duty.START: planned, Duty.CONVERT: None}
    steps = tuple(
        Step(duty, due_on(achievement.completed_on, duty), done[duty], case is not None and duty in CONVERSION)
        for duty in Duty
    )
    return Clock(achievement.completed_on, steps, case)
