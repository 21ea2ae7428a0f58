"""Answers to a match; two yeses open a case."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.learning import forget_answer, keep_answer
from matcher.actions.mail import members, plan_mail
from matcher.actions.opening import open_agreed_case
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.base import free_text
from matcher.messages import msg
from matcher.models import Answer, DeliveryKind, Match
from matcher.permissions import find, side_of
from matcher.vocabulary import AnswerKind, MatchState, Refusal, Side

LATER_DAYS = 14
COMMENT_LIMIT = 500


@action("match.answer")
def answer_match(
    session: Session,
    actor: Actor,
    match_id: int,
    answer: AnswerKind,
    reason: Refusal | None = None,
    comment: str = "",
) -> int | None:
    """One side's answer, replacing its earlier one; the case's id when this was the second yes.

    有兴趣 / 稍后再看 (comes back after 14 days) / 不合适 with a reason code (F22, N3).
    """
    match, side = _answerable(session, actor, match_id)
    if answer == AnswerKind.REFUSED and reason is None:
        raise Invalid({"reason": msg("请选择原因，对方会以汇总数看到它。")})
    row = session.scalar(select(Answer).where(Answer.match_id == match.id, Answer.side == side))
    first_yes = answer == AnswerKind.INTERESTED and (row is None or row.answer != AnswerKind.INTERESTED)
    row = row or Answer(match_id=match.id, side=side)
    _fill(row, actor, answer, reason, comment)
    session.add(row)
    session.flush()
    keep_answer(session, match, row)
    case_id = _open_if_both(session, actor, match)
    if first_yes and case_id is None:
        _tell_other_side(session, match, side)
    audit.record(
        session, actor, "match.answer", match, side=side, answer=answer, reason=reason, case_id=case_id
    )
    return case_id


def _answerable(session: Session, actor: Actor, match_id: int) -> tuple[Match, Side]:
    match = find(session, actor, "match.answer", Match, match_id, lock=True)
    side = side_of(actor, match)
    if side is None:
        raise NotFound
    if match.state == MatchState.CASED:
        raise Conflict(msg("双方都已同意，请在工单中继续。"))
    if match.state != MatchState.OPEN:
        raise Conflict(msg("这条匹配已关闭。"))
    return match, Side(side)


def _fill(row: Answer, actor: Actor, answer: AnswerKind, reason: Refusal | None, comment: str) -> None:
    moment = clock.now()
    assert actor.org_id is not None and actor.user_id is not None  # noqa: PT018 - `side_of` has checked
    row.organisation_id, row.user_id = actor.org_id, actor.user_id
    row.answer = answer
    row.reason = reason if answer == AnswerKind.REFUSED else None
    row.comment = free_text("comment", comment, COMMENT_LIMIT)
    row.later_until = moment + timedelta(days=LATER_DAYS) if answer == AnswerKind.LATER else None
    row.created_at = moment


def _open_if_both(session: Session, actor: Actor, match: Match) -> int | None:
    yes = session.scalars(
        select(Answer).where(Answer.match_id == match.id, Answer.answer == AnswerKind.INTERESTED)
    ).all()
    return open_agreed_case(session, actor, match).id if len(yes) == len(Side) else None


def _tell_other_side(session: Session, match: Match, side: Side) -> None:
    record = match.achievement if side is Side.NEED else match.need
    for user in members(session, record.organisation_id):
        plan_mail(session, user, DeliveryKind.OTHER_SIDE_YES, match_id=match.id)


@action("match.retract")
def retract_answer(session: Session, actor: Actor, match_id: int) -> None:
    """Take one's side's answer back; possible until both have said yes."""
    match, side = _answerable(session, actor, match_id)
    row = session.scalar(select(Answer).where(Answer.match_id == match.id, Answer.side == side))
    if row is None:
        raise Conflict(msg("还没有回复可以撤回。"))
    session.delete(row)
    forget_answer(session, match.id, side)
    audit.record(session, actor, "match.retract", match, side=side)
