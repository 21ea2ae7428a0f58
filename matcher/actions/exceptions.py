"""一事一议: ask that a case may depart from a named rule, and decide it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.mail import plan_mail
from matcher.actions.opening import add_event, tell_parties
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.errors import Conflict, Invalid, NotAllowed
from matcher.inputs.base import free_text
from matcher.messages import msg
from matcher.models import Case, CaseException, DeliveryKind, User
from matcher.permissions import find
from matcher.waivers import ExceptionState, Waivable

TEXT = 2000


@action("exception.request")
def request_exception(session: Session, actor: Actor, case_id: int, waives: str, reason: str) -> int:
    """Ask that the guard `waives` be lifted for this case, and say why; the id."""
    case = find_case(session, actor, "exception.request", case_id)
    text = free_text("reason", reason, TEXT)
    errors = {} if text else {"reason": msg("请填写。")}
    if waives not in set(Waivable):
        errors["waives"] = msg("请从列表中选择。")
    if errors:
        raise Invalid(errors)
    _require_room(session, case, waives)
    row = CaseException(
        case_id=case.id,
        waives=waives,
        reason=text,
        state=ExceptionState.REQUESTED,
        requested_by=actor.user_id or 0,
        requested_at=clock.now(),
    )
    session.add(row)
    session.flush()
    add_event(session, case, actor, "exception_requested", text, exception=row.id, waives=waives)
    audit.record(session, actor, "exception.request", row, case_id=case.id, waives=waives)
    return row.id


def _require_room(session: Session, case: Case, waives: str) -> None:
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    same = select(CaseException.id).where(
        CaseException.case_id == case.id,
        CaseException.waives == waives,
        CaseException.state != ExceptionState.REFUSED,
    )
    if session.scalar(same) is not None:
        raise Conflict(msg("这条规则已经申请过，请等审批或查看结果。"))


@action("exception.decide", refused=lambda exception_id, *_, **__: ("case_exceptions", exception_id))
def decide_exception(session: Session, actor: Actor, exception_id: int, *, approve: bool, decision: str) -> None:
    """Approve or refuse with a reason; by an operator who did not ask for it."""
    row = find(session, actor, "exception.decide", CaseException, exception_id, lock=True)
    if row.state != ExceptionState.REQUESTED:
        raise Conflict(msg("这项申请已经审批。"))
    if row.requested_by == actor.user_id:
        raise NotAllowed(msg("申请人不能审批自己的申请。"))
    text = free_text("decision", decision, TEXT)
    if not text:
        raise Invalid({"decision": msg("请说明理由。")})
    row.state = ExceptionState.APPROVED if approve else ExceptionState.REFUSED
    row.decided_by, row.decided_at, row.decision = actor.user_id, clock.now(), text
    _tell(session, actor, row)
    audit.record(session, actor, "exception.decide", row, case_id=row.case_id, waives=row.waives, approve=approve)


def _tell(session: Session, actor: Actor, row: CaseException) -> None:
    """The timeline and a mail tell everybody on the case, and the person who asked."""
    kind = f"exception_{row.state}"
    add_event(session, row.case, actor, kind, row.decision, exception=row.id, waives=row.waives)
    tell_parties(session, row.case, DeliveryKind.EXCEPTION, but=row.requested_by, exception_id=row.id)
    requester = session.get_one(User, row.requested_by)
    plan_mail(session, requester, DeliveryKind.EXCEPTION, case_id=row.case_id, exception_id=row.id)
