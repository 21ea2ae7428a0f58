"""履约/效益报告: planned by the calendar for each half-year, filled in by the buyer, chased when late."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.contracts import SIGNED_STATES, find_contract
from matcher.actions.opening import add_event, tell_parties
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.contracts.halves import Half, ended
from matcher.errors import AlreadyDone, NotFound
from matcher.inputs.contracts import ReportInput
from matcher.messages import msg
from matcher.models import Contract, DeliveryKind, PerformanceReport


@action("report.plan")
def plan_reports(session: Session, actor: Actor, contract_id: int) -> int:
    """Add the reports of the half-years that have ended, and tell the parties of the newest; how many are new."""
    contract = session.get(Contract, contract_id, with_for_update=True)
    if contract is None or contract.signed is None or contract.case.state not in SIGNED_STATES:
        raise NotFound
    present = {report.period_from for report in contract.reports}
    halves = [
        half
        for half in ended(contract.signed, contract.valid_to, clock.today(get_settings().zone))
        if half.first not in present
    ]
    new = [_planned(contract, half) for half in halves]
    session.add_all(new)
    session.flush()
    if new:
        _tell(session, new[-1], late=False)
    audit.record(session, actor, "report.plan", contract, count=len(new))
    return len(new)


@action("report.chase")
def chase_report(session: Session, actor: Actor, report_id: int) -> None:
    """Tell the parties once that a report is late."""
    report = session.get(PerformanceReport, report_id, with_for_update=True)
    if report is None or report.submitted_at is not None or report.chased_at is not None:
        raise NotFound
    report.chased_at = clock.now()
    _tell(session, report, late=True)
    audit.record(session, actor, "report.chase", report)


@action("report.submit")
def submit_report(session: Session, actor: Actor, case_id: int, report_id: int, given: ReportInput) -> None:
    """Fill in a report. It is handed in once."""
    contract = find_contract(session, actor, "report.submit", case_id)
    report = session.scalar(
        select(PerformanceReport).where(
            PerformanceReport.id == report_id, PerformanceReport.contract_id == contract.id
        )
    )
    if report is None:
        raise NotFound
    if report.submitted_at is not None:
        raise AlreadyDone(msg("这份报告已经提交。"))
    report.sales, report.royalty, report.remark = given.sales, given.royalty, given.remark
    report.submitted_at, report.submitter_id = clock.now(), actor.user_id
    add_event(
        session, contract.case, actor, "report", given.remark, period=report.period_from.isoformat()
    )
    audit.record(session, actor, "report.submit", report)


def _planned(contract: Contract, half: Half) -> PerformanceReport:
    return PerformanceReport(
        contract_id=contract.id,
        period_from=half.first,
        period_to=half.last,
        due=half.due,
        created_at=clock.now(),
    )


def _tell(session: Session, report: PerformanceReport, *, late: bool) -> None:
    key = f"report-{report.id}-{'late' if late else 'due'}"
    tell_parties(session, report.contract.case, DeliveryKind.REPORT_DUE, key=key, report_id=report.id, late=late)
