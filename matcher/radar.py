"""四员待办雷达 (N17): what this person should do next, the earliest date first, the larger sum first on the same day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.models import Case, CaseTask, Contract, Need
from matcher.money import Wan, to_wan
from matcher.permissions import rows
from matcher.tasks.queries import live, runs
from matcher.tasks.rules import OFFICER, TASK_SIDE
from matcher.tasks.terms import Duty, TaskState
from matcher.vocabulary import CaseParty, Role
from matcher.workdays import local_day

MOST = 300


@dataclass(frozen=True)
class Item:
    """A task, or a case's next step. `value` is the money at stake in 万元; `mine`: the reader owes it themselves."""

    due_at: datetime
    value: Wan | None
    mine: bool
    case: Case | None
    task: CaseTask | None = None

    @property
    def place(self) -> tuple[object, ...]:
        """Its place in the order."""
        return local_day(self.due_at), -(self.value or Wan(Decimal(0))), self.due_at, self.task is None


def radar(session: Session, actor: Actor) -> list[Item]:
    """Everything that waits for the actor, at most `MOST` of tasks and of cases; a fixed number of queries."""
    tasks, cases = tasks_of(session, actor), _cases(session, actor)
    about = {case.id: case for case in [*cases, *(task.case for task in tasks if task.case)]}
    values = _values(session, actor, about.values())
    items = [
        Item(task.due_at, values.get(task.case_id or 0), mine=True, case=task.case, task=task) for task in tasks
    ]
    items += [
        Item(case.due_at, values.get(case.id), owes_step(actor, case), case) for case in cases if case.due_at
    ]
    return sorted(items, key=lambda item: item.place)


def tasks_of(session: Session, actor: Actor, *, offset: int = 0, limit: int = MOST) -> list[CaseTask]:
    """Open tasks in the actor's hands, their organisation's or the operators', the next due first; one query."""
    pool = or_(CaseTask.duty == Duty.OPERATOR, CaseTask.owner_id.is_(None)) if actor.is_operator else false()
    query = (
        select(CaseTask)
        .outerjoin(Case, Case.id == CaseTask.case_id)
        .where(
            rows(actor, "task.read", CaseTask),
            live(),
            or_(CaseTask.owner_id == actor.user_id, TASK_SIDE.where(actor, CaseTask), pool),
        )
        .options(
            joinedload(CaseTask.owner),
            joinedload(CaseTask.organisation),
            *(joinedload(CaseTask.case).joinedload(part) for part in (Case.need, Case.achievement)),
        )
        .order_by(CaseTask.due_at, CaseTask.id)
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def _cases(session: Session, actor: Actor) -> list[Case]:
    query = (
        select(Case)
        .where(rows(actor, "case.read", Case), _waits_for(actor))
        .options(
            *(
                joinedload(part)
                for part in (Case.need, Case.achievement, Case.need_org, Case.offer_org, Case.broker)
            )
        )
        .order_by(Case.due_at, Case.id)
    )
    return list(session.scalars(query.limit(MOST)))


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    """A broker's own cases, all of them; a side's and the operators' when it is their move; an officer's when late."""
    if actor.role == Role.BROKER:
        return and_(Case.broker_id == actor.user_id, Case.state.not_in(CLOSED))
    late = and_(OFFICER.where(actor, Case), Case.due_at < clock.now())
    return and_(runs(), or_(_side_moves(actor), _staff_moves(actor), late))


def _side_moves(actor: Actor) -> ColumnElement[bool]:
    if actor.org_id is None:
        return false()
    return or_(
        and_(Case.next_party == CaseParty.NEED, Case.need_org_id == actor.org_id),
        and_(Case.next_party == CaseParty.OFFER, Case.offer_org_id == actor.org_id),
    )


def _staff_moves(actor: Actor) -> ColumnElement[bool]:
    """What is the operators' move, or would be a broker's if the case had one."""
    if not actor.is_operator:
        return false()
    unassigned = and_(Case.next_party == CaseParty.BROKER, Case.broker_id.is_(None))
    return or_(Case.next_party == CaseParty.OPERATOR, unassigned)


def owes_step(actor: Actor, case: Case) -> bool:
    """Whether the case's next step is the actor's."""
    if case.next_party == CaseParty.NEED:
        return actor.org_id is not None and case.need_org_id == actor.org_id
    if case.next_party == CaseParty.OFFER:
        return actor.org_id is not None and case.offer_org_id == actor.org_id
    if case.next_party == CaseParty.BROKER and case.broker_id is not None:
        return case.broker_id == actor.user_id
    return actor.is_operator


def _values(session: Session, actor: Actor, cases: Iterable[Case]) -> dict[int, Wan | None]:
    """Money at stake by case: the contract's for those who may read it, else the need's means at most; one query."""
    found: dict[int, Wan | None] = {case.id: _means(case.need) for case in cases}
    signed = session.execute(
        select(Contract.case_id, Contract.amount_total)
        .join(Contract.case)
        .where(
            Contract.case_id.in_(found), Contract.amount_total.is_not(None), rows(actor, "contract.read", Case)
        )
    )
    return found | {case_id: to_wan(amount) for case_id, amount in signed if amount is not None}


def _means(need: Need) -> Wan | None:
    amount = need.budget_max if need.budget_max is not None else need.budget_min
    return Wan(amount) if amount is not None else None


def task_loads(session: Session) -> dict[int, tuple[int, int]]:
    """Open and late tasks by owner; one query."""
    late = func.count().filter(CaseTask.due_at < clock.now())
    query = (
        select(CaseTask.owner_id, func.count(), late)
        .where(CaseTask.state == TaskState.OPEN, CaseTask.owner_id.is_not(None))
        .group_by(CaseTask.owner_id)
    )
    return {owner: (number, overdue) for owner, number, overdue in session.execute(query) if owner is not None}
