"""Nightly sweeps of contracts: plan the reports on the half-year that has ended, chase those that are late."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import exists, or_, select

from config.settings import Settings
from matcher import clock
from matcher.actions import reports
from matcher.actions.contracts import SIGNED_STATES
from matcher.actor import SYSTEM
from matcher.contracts.halves import last_ended
from matcher.db import reading
from matcher.errors import NotFound
from matcher.models import Case, Contract, PerformanceReport


def plan_reports(settings: Settings) -> int:
    """Contracts that got reports: those in force whose newest ended half-year has none yet."""
    half = last_ended(clock.today(settings.zone))
    planned = exists().where(
        PerformanceReport.contract_id == Contract.id, PerformanceReport.period_from == half.first
    )
    waiting = (
        select(Contract.id)
        .join(Case)
        .where(
            Case.state.in_(SIGNED_STATES),
            Contract.signed <= half.last,
            or_(Contract.valid_to.is_(None), Contract.valid_to >= half.first),
            ~planned,
        )
        .order_by(Contract.id)
    )
    with reading() as session:
        ids = session.scalars(waiting).all()
    return sum(_plan(contract_id) for contract_id in ids)


def _plan(contract_id: int) -> bool:
    with suppress(NotFound):  # the case ended meanwhile
        return reports.plan_reports(SYSTEM, contract_id) > 0
    return False


def chase_reports(settings: Settings) -> int:
    """Reports whose day has passed unanswered, each once."""
    late = (
        select(PerformanceReport.id)
        .join(Contract)
        .join(Case)
        .where(
            PerformanceReport.submitted_at.is_(None),
            PerformanceReport.due < clock.today(settings.zone),
            PerformanceReport.chased_at.is_(None),
            Case.state.in_(SIGNED_STATES),
        )
        .order_by(PerformanceReport.id)
    )
    with reading() as session:
        ids = session.scalars(late).all()
    return sum(_chase(report_id) for report_id in ids)


def _chase(report_id: int) -> bool:
    with suppress(NotFound):  # handed in meanwhile
        reports.chase_report(SYSTEM, report_id)
        return True
    return False
