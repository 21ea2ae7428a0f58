"""What follows the contract of the world's case: a milestone and a report, for the addresses of its page."""

from __future__ import annotations

from datetime import date

from matcher import clock
from matcher.db import transaction
from matcher.models import PerformanceReport
from tests import contracts_of as contracts


def contract_of(case_id: int) -> dict[str, object]:
    """Numbers of one of everything, and which paper in which form."""
    milestone = contracts.milestone(case_id)
    with transaction() as session:
        report = PerformanceReport(
            contract_id=contracts.contract_of(case_id).id,
            period_from=date(2026, 1, 1),
            period_to=date(2026, 6, 30),
            due=date(2026, 7, 31),
            created_at=clock.now(),
        )
        session.add(report)
        session.flush()
        return {"milestone_id": milestone, "report_id": report.id, "paper": "registration", "ending": "pdf"}
