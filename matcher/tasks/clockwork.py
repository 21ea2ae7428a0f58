"""What is due by the clock, found set by set. Reads only; `matcher.actions` carries it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from config.settings import Settings
from matcher import clock
from matcher.db import reading
from matcher.models import Achievement, Case, CaseTask, Membership, Need, User
from matcher.tasks.queries import live, outlived, runs
from matcher.tasks.terms import TaskOrigin, TaskState
from matcher.vocabulary import CaseParty, MembershipState, Role
from matcher.workdays import is_workday, workdays_after

BATCH = 1000


def reminded_until(settings: Settings) -> datetime:
    """What is due by this moment is reminded of now."""
    day = workdays_after(clock.today(settings.zone), settings.remind_workdays)
    return datetime.combine(day + timedelta(days=1), time.min, settings.zone)


def late_since(settings: Settings) -> datetime:
    """What was due by the end of this day has been late for so many working days that it climbs."""
    day, left = clock.today(settings.zone), settings.escalate_workdays
    while left > 0:
        left -= is_workday(day)
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time.min, settings.zone)


@dataclass(frozen=True)
class Due:
    """Something due and the people who owe it: `subject` is case or task."""

    subject: str
    id: int
    due_at: datetime
    people: tuple[int, ...]


def due_between(first: datetime | None, last: datetime) -> Iterator[list[Due]]:
    """Steps and tasks due after `first` (or ever) and before `last`, in batches with their people."""
    yield from _batches(_steps, Case, first, last)
    yield from _batches(_tasks, CaseTask, first, last)


def _batches(read: Any, model: Any, first: datetime | None, last: datetime) -> Iterator[list[Due]]:
    after = 0
    while True:
        bounds = and_(model.due_at < last, *([model.due_at > first] if first else []), model.id > after)
        with reading() as session:
            found: list[Due] = read(session, bounds)
        if not found:
            return
        yield found
        after = found[-1].id


def _steps(session: Session, bounds: ColumnElement[bool]) -> list[Due]:
    """Open cases in order of their ids, each with those who owe its next step; four queries."""
    rows: Sequence[Any] = session.execute(
        select(
            Case.id, Case.due_at, Case.next_party, Case.broker_id, Case.need_org_id, Case.offer_org_id,
            Need.author_id, Achievement.author_id,
        )
        .join(Need, Need.id == Case.need_id)
        .join(Achievement, Achievement.id == Case.achievement_id)
        .where(runs(), bounds)
        .order_by(Case.id)
        .limit(BATCH)
    ).all()  # fmt: skip
    organisations = {row[4] for row in rows} | {row[5] for row in rows}
    crowd = _People(_members(session, organisations), _staff(session))
    return [Due("case", row[0], row[1], crowd.of_step(row)) for row in rows]


def _tasks(session: Session, bounds: ColumnElement[bool]) -> list[Due]:
    """Live tasks that have not climbed: a climbed one has had its mail."""
    rows: Sequence[Any] = session.execute(
        select(CaseTask.id, CaseTask.due_at, CaseTask.owner_id)
        .outerjoin(Case, Case.id == CaseTask.case_id)
        .where(live(), CaseTask.level == 0, CaseTask.owner_id.is_not(None), bounds)
        .order_by(CaseTask.id)
        .limit(BATCH)
    ).all()
    return [Due("task", row[0], row[1], (row[2],)) for row in rows]


@dataclass(frozen=True)
class _People:
    """Members by organisation, contacts first, and the operators."""

    members: dict[int, list[tuple[int, bool]]]
    staff: tuple[int, ...]

    def of_step(self, row: Any) -> tuple[int, ...]:
        """Who owes the step of a row of `_steps`; operators where nobody else is there."""
        party, broker, need_org, offer_org, need_author, offer_author = row[2:]
        if party == CaseParty.NEED:
            return self.side(need_org, need_author) or self.staff
        if party == CaseParty.OFFER:
            return self.side(offer_org, offer_author) or self.staff
        return (broker,) if party == CaseParty.BROKER and broker else self.staff

    def side(self, organisation_id: int, author_id: int | None) -> tuple[int, ...]:
        """The listing's author and the 企业科技专员; everybody when there is neither."""
        people = self.members.get(organisation_id, [])
        named = tuple(user for user, contact in people if contact or user == author_id)
        return named or tuple(user for user, _contact in people)


def _members(session: Session, organisations: set[int]) -> dict[int, list[tuple[int, bool]]]:
    found: dict[int, list[tuple[int, bool]]] = {}
    rows = session.execute(
        select(Membership.organisation_id, Membership.user_id, Membership.is_contact)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(organisations),
            Membership.state == MembershipState.ACTIVE,
            User.verified_at.is_not(None),
            User.closed_at.is_(None),
        )
        .order_by(Membership.user_id)
    )
    for organisation, user, contact in rows:
        found.setdefault(organisation, []).append((user, contact))
    return found


def _staff(session: Session) -> tuple[int, ...]:
    people = session.scalars(
        select(User.id).where(User.role == Role.OPERATOR, User.closed_at.is_(None)).order_by(User.id)
    )
    return tuple(people)


def steps_to_raise(session: Session, settings: Settings) -> Sequence[int]:
    """Cases whose step has been late for so long that an officer must hear of it, and none has yet."""
    task = aliased(CaseTask)
    told = exists().where(task.case_id == Case.id, task.origin == TaskOrigin.STEP, task.due_at == Case.due_at)
    query = select(Case.id).where(runs(), Case.due_at < late_since(settings), ~told).order_by(Case.due_at, Case.id)
    return session.scalars(query).all()


def tasks_to_raise(session: Session) -> Sequence[int]:
    """Live tasks whose time to climb has come."""
    query = (
        select(CaseTask.id)
        .outerjoin(Case, Case.id == CaseTask.case_id)
        .where(CaseTask.escalate_at <= clock.now(), live())
        .order_by(CaseTask.escalate_at, CaseTask.id)
    )
    return session.scalars(query).all()


def tasks_to_settle(session: Session) -> Sequence[int]:
    """Open tasks that their case has outlived."""
    query = select(CaseTask.id).join(Case, Case.id == CaseTask.case_id)
    return session.scalars(query.where(CaseTask.state == TaskState.OPEN, outlived()).order_by(CaseTask.id)).all()


def day_key(subject: str, number: int, due_at: datetime) -> str:
    """The unique key of a mail about one date of one step or task."""
    return f"{subject}-{number}-{due_at:%Y%m%dT%H%M%S}"

