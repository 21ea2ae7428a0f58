"""一事一议 (M51): which guards an approved exception may lift for one case, and which exceptions do.

The list is closed. Consent of the sides, a notice that the law prescribes, and integrity records protect others than those
who ask, so no exception lifts them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Case, CaseException
from matcher.vocabulary import Term


class Waivable(Term):
    """A rule that a case may be allowed to depart from; the code is that of its guard."""

    BROKER = "broker", "须先指定经纪人"
    PRICE = "price", "须先在平台商定价格"
    MILESTONES = "milestones", "须验收全部里程碑"


class ExceptionState(Term):
    """Where a request stands."""

    REQUESTED = "requested", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"


def waivers(session: Session, case: Case, codes: Collection[str]) -> Sequence[CaseException]:
    """Approved exceptions of the case that lift one of these guards; asks the database only when there is one to ask for."""
    wanted = {code for code in codes if code in set(Waivable)}
    if not wanted:
        return []
    query = select(CaseException).where(
        CaseException.case_id == case.id,
        CaseException.state == ExceptionState.APPROVED,
        CaseException.waives.in_(wanted),
    )
    return session.scalars(query.order_by(CaseException.id)).all()


def exceptions_of(session: Session, case: Case) -> Sequence[CaseException]:
    """All requests of the case, the latest first."""
    query = select(CaseException).where(CaseException.case_id == case.id)
    return session.scalars(query.order_by(CaseException.id.desc())).all()
