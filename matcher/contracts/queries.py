"""Contracts that somebody may read, with what has been paid and which reports are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from matcher.actor import Actor
from matcher.contracts.lists import RegistrationState
from matcher.models import Case, Contract, Payment, PerformanceReport
from matcher.money import Yuan, yuan
from matcher.permissions import rows
from matcher.vocabulary import CaseState, Term


class Box(Term):
    """Which contracts are asked for."""

    ALL = "all", "全部"
    REGISTERING = "registering", "待登记"
    LATE = "late", "报告逾期"


@dataclass(frozen=True)
class Line:
    """A contract in a list: paid so far in 元, and how many reports are late."""

    contract: Contract
    paid: Yuan
    late: int


PAID = (
    select(func.sum(Payment.amount))
    .where(Payment.contract_id == Contract.id, Payment.cancelled_at.is_(None))
    .correlate(Contract)
    .scalar_subquery()
)


def _late(today: date) -> ColumnElement[int]:
    """How many of a contract's reports are past their day."""
    return (
        select(func.count(PerformanceReport.id))
        .where(
            PerformanceReport.contract_id == Contract.id,
            PerformanceReport.submitted_at.is_(None),
            PerformanceReport.due < today,
        )
        .correlate(Contract)
        .scalar_subquery()
    )


def _where(box: Box, today: date) -> ColumnElement[bool]:
    if box is Box.REGISTERING:
        return (Contract.reg_state != RegistrationState.RECOGNISED) & (Case.state != CaseState.ENDED)
    return (_late(today) > 0) & (Case.state != CaseState.ENDED) if box is Box.LATE else true()


def contracts_of(
    session: Session, actor: Actor, box: Box, today: date, *, offset: int = 0, limit: int | None = None
) -> list[Line]:
    """The newest first, sides and records loaded; one query."""
    query: Select[Contract, Yuan, int] = (
        select(Contract, PAID, _late(today))
        .join(Contract.case)
        .where(rows(actor, "contract.read", Case), _where(box, today))
        .options(
            contains_eager(Contract.case).options(
                joinedload(Case.need), joinedload(Case.achievement), joinedload(Case.broker)
            )
        )
        .order_by(Contract.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [Line(contract, paid or yuan(0), late) for contract, paid, late in session.execute(query)]


def contract_counts(session: Session, actor: Actor, today: date) -> dict[Box, int]:
    """How many contracts each box holds."""
    counts = [func.count().filter(_where(box, today)) for box in Box]
    query = select(*counts).select_from(Contract).join(Contract.case).where(rows(actor, "contract.read", Case))
    return dict(zip(Box, session.execute(query).one(), strict=True))


def late_reports(session: Session, case_id: int, today: date) -> int:
    """How many reports of a case's contract are late."""
    query = (
        select(func.count(PerformanceReport.id))
        .join(Contract)
        .where(
            Contract.case_id == case_id,
            PerformanceReport.submitted_at.is_(None),
            PerformanceReport.due < today,
        )
    )
    return session.scalar(query) or 0
