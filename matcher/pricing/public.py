"""What everybody may see: notices, and sales in the open. Nothing of the case and of the side that would take it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matcher import clock
from matcher.models import Case, Notice, Pricing, Sale
from matcher.pricing.terms import STANDING, NoticeState, SaleState
from matcher.vocabulary import CaseState


def is_standing(case_state: str, notice: Notice) -> bool:
    """Whether the notice takes objections at this moment; the clocks may not have closed it yet."""
    over = notice.state == NoticeState.RUNNING and notice.ends_at <= clock.now()
    return notice.state in STANDING and not over and case_state != CaseState.ENDED


def _standing() -> ColumnElement[bool]:
    """The same as a condition on rows."""
    runs = and_(Notice.state == NoticeState.RUNNING, Notice.ends_at > clock.now())
    return and_(or_(runs, Notice.state == NoticeState.PAUSED), Case.state != CaseState.ENDED)


def _over() -> ColumnElement[bool]:
    """Notices that ended without an objection that was upheld."""
    ran_out = and_(Notice.state == NoticeState.RUNNING, Notice.ends_at <= clock.now())
    return or_(Notice.state == NoticeState.ENDED, and_(ran_out, Case.state != CaseState.ENDED))


def _of(*conditions: ColumnElement[bool]) -> Select[Notice]:
    joined = (
        select(Notice).join(Pricing, Pricing.id == Notice.pricing_id).join(Case, Case.id == Pricing.case_id)
    )
    return joined.where(*conditions)


def notices(session: Session, *, over: bool = False, offset: int = 0, limit: int = 25) -> list[Notice]:
    """Standing notices, the next to end first, or those that are over, the last first."""
    query = (
        _of(_over()).order_by(Notice.ends_at.desc()) if over else _of(_standing()).order_by(Notice.ends_at)
    )
    loaded = query.options(joinedload(Notice.pricing), selectinload(Notice.objections))
    return list(session.scalars(loaded.order_by(Notice.id).offset(offset).limit(limit)))


def notice_counts(session: Session) -> tuple[int, int]:
    """How many notices stand and how many are over."""
    counts = [
        session.scalar(_of(condition).with_only_columns(func.count()).order_by(None))
        for condition in (_standing(), _over())
    ]
    return counts[0] or 0, counts[1] or 0


def public_notice(session: Session, notice_id: int) -> tuple[Notice, bool] | None:
    """A notice that everybody may see, and whether it stands; None when there is none or it was taken back."""
    row = session.execute(
        _of(Notice.id == notice_id, or_(_standing(), _over())).add_columns(Case.state)
    ).first()
    return (row[0], is_standing(row[1], row[0])) if row else None


def _shown(*, over: bool) -> ColumnElement[bool]:
    """Sales that everybody may see: running ones of a case that goes on, or what became of the others."""
    if over:
        ended = and_(Sale.state == SaleState.OPEN, Sale.ends_at <= clock.now(), Case.state != CaseState.ENDED)
        return or_(Sale.state.in_((SaleState.SOLD, SaleState.UNSOLD)), ended)
    return and_(Sale.state == SaleState.OPEN, Sale.ends_at > clock.now(), Case.state != CaseState.ENDED)


def _sales(*conditions: ColumnElement[bool]) -> Select[Sale]:
    joined = select(Sale).join(Pricing, Pricing.id == Sale.pricing_id).join(Case, Case.id == Pricing.case_id)
    return joined.where(*conditions)


def _loaded(query: Select[Sale]) -> Select[Sale]:
    """With all that a page says of a sale."""
    return query.options(
        joinedload(Sale.pricing),
        joinedload(Sale.owner),
        selectinload(Sale.participants),
        selectinload(Sale.bids),
    )


def sales(session: Session, *, over: bool = False, offset: int = 0, limit: int = 25) -> list[Sale]:
    """Running sales, the next to end first, or those that are over, the last first."""
    query = _loaded(_sales(_shown(over=over))).order_by(Sale.ends_at.desc() if over else Sale.ends_at, Sale.id)
    return list(session.scalars(query.offset(offset).limit(limit)))


def sale_counts(session: Session) -> tuple[int, int]:
    """How many sales run and how many are over."""
    counts = [
        session.scalar(_sales(_shown(over=over)).with_only_columns(func.count())) for over in (False, True)
    ]
    return counts[0] or 0, counts[1] or 0


def public_sale(session: Session, sale_id: int) -> Sale | None:
    """A sale that everybody may see; None when there is none or it was withdrawn."""
    either = or_(_shown(over=False), _shown(over=True))
    return session.scalar(_loaded(_sales(Sale.id == sale_id, either)))
