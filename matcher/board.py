"""The case board: cases by phase and state, by whose move it is, by broker, by what is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.models import Achievement, Case, Need
from matcher.permissions import rows
from matcher.vocabulary import CaseState, Term


class Phase(Term):
    """What the states of a case come down to at a glance; the columns of the board."""

    OPENING = "opening", "建立"
    WORKING = "working", "对接与试用"
    PRICING = "pricing", "议价与公示"
    SIGNING = "signing", "签约与登记"
    PERFORMING = "performing", "履约"


STATES: dict[Phase, tuple[CaseState, ...]] = {
    Phase.OPENING: (CaseState.PROPOSED, CaseState.AGREED),
    Phase.WORKING: (CaseState.CONNECTED, CaseState.TRIAL),
    Phase.PRICING: (CaseState.PRICING, CaseState.NOTICE),
    Phase.SIGNING: (CaseState.SIGNED, CaseState.REGISTERED),
    Phase.PERFORMING: (CaseState.PERFORMING,),
}
_PHASES = {state.value: phase for phase, states in STATES.items() for state in states}


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; empty fields ask for nothing. `text` is a number or a part of either title."""

    closed: bool = False
    phase: str = ""
    state: str = ""
    party: str = ""
    broker_id: int | None = None
    late: bool = False
    paused: bool = False
    text: str = ""


@dataclass(frozen=True)
class Column:
    """One phase: how many cases it has, how many of them are late, and those due first."""

    phase: Phase
    count: int = 0
    late: int = 0
    cases: list[Case] = field(default_factory=list)


def wanted(actor: Actor, by: CaseFilter) -> ColumnElement[bool]:
    """The filter as a condition, within what the actor may read."""
    parts: list[ColumnElement[bool]] = [
        rows(actor, "case.read", Case),
        Case.state.in_(CLOSED) if by.closed else Case.state.not_in(CLOSED),
    ]
    if by.phase:
        parts.append(Case.state.in_(STATES[Phase(by.phase)]))
    if by.state:
        parts.append(Case.state == by.state)
    if by.party:
        parts.append(and_(Case.next_party == by.party, Case.paused_at.is_(None)))
    if by.broker_id is not None:
        parts.append(Case.broker_id.is_(None) if by.broker_id == 0 else Case.broker_id == by.broker_id)
    if by.late:
        parts.append(_late())
    if by.paused:
        parts.append(Case.paused_at.is_not(None))
    if by.text:
        parts.append(_says(by.text))
    return and_(*parts)


def _late() -> ColumnElement[bool]:
    return and_(Case.due_at < clock.now(), Case.paused_at.is_(None))


def _says(text: str) -> ColumnElement[bool]:
    return or_(
        Case.number.contains(text.upper(), autoescape=True),
        Case.need.has(Need.title.contains(text, autoescape=True)),
        Case.achievement.has(Achievement.title.contains(text, autoescape=True)),
    )


def load_sides() -> tuple[ORMOption, ...]:
    """What a line or a card of a case shows beside the case itself."""
    return (
        joinedload(Case.need),
        joinedload(Case.achievement),
        joinedload(Case.need_org),
        joinedload(Case.offer_org),
        joinedload(Case.broker),
    )


def find_cases(
    session: Session, actor: Actor, by: CaseFilter, offset: int = 0, limit: int | None = None
) -> list[Case]:
    """Cases in order of their date, the first due first; one query."""
    query = (
        select(Case)
        .where(wanted(actor, by))
        .options(*load_sides())
        .order_by(Case.due_at.is_(None), Case.due_at, Case.id)
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def count_cases(session: Session, actor: Actor, by: CaseFilter) -> tuple[int, int]:
    """How many cases the filter leaves, and how many of them are late."""
    late = func.count().filter(_late(), Case.state.not_in(CLOSED))
    row = session.execute(select(func.count(), late).select_from(Case).where(wanted(actor, by))).one()
    return row[0], row[1]


def columns(session: Session, actor: Actor, by: CaseFilter, most: int) -> list[Column]:
    """Every phase with its counts and at most `most` cases; three queries whatever there is."""
    counted = _count_by_state(session, actor, by)
    first = _first_of_each(session, actor, by, most)
    return [_column(phase, counted, first) for phase in Phase]


def _count_by_state(session: Session, actor: Actor, by: CaseFilter) -> dict[str, tuple[int, int]]:
    query = select(Case.state, func.count(), func.count().filter(_late())).where(wanted(actor, by))
    return {state: (count, late) for state, count, late in session.execute(query.group_by(Case.state))}


def _first_of_each(session: Session, actor: Actor, by: CaseFilter, most: int) -> Sequence[Case]:
    phase = case(_PHASES, value=Case.state)
    # numbers first: only what is shown is loaded with its sides
    place = func.row_number().over(partition_by=phase, order_by=(Case.due_at, Case.id))
    placed = select(Case.id, place.label("place")).where(wanted(actor, by)).subquery()
    ids = session.scalars(select(placed.c.id).where(placed.c.place <= most)).all()
    query = select(Case).where(Case.id.in_(ids)).options(*load_sides()).order_by(Case.due_at, Case.id)
    return session.scalars(query).all()


def _column(phase: Phase, counted: dict[str, tuple[int, int]], cases: Iterable[Case]) -> Column:
    counts = [counted.get(state, (0, 0)) for state in STATES[phase]]
    return Column(
        phase,
        sum(count for count, _late in counts),
        sum(late for _count, late in counts),
        [each for each in cases if _PHASES[each.state] is phase],
    )
