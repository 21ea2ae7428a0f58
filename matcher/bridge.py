"""The state machine of a bridge case (M01) as one table: who may move it where, what must be present, what follows.

推荐, 已读 and 有意向 are states of the match; a case starts at 双方同意, a broker's own at 待双方同意.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matcher.actor import Actor
from matcher.contracts import guards as contract
from matcher.integrity.blocks import sides_may_sign
from matcher.messages import Message, msg
from matcher.models import Case
from matcher.permissions import side_of
from matcher.pricing.current import has_agreed_price, needs_no_notice, needs_notice, notice_is_clear
from matcher.vocabulary import CaseParty, CaseState, Role
from matcher.waivers import Waivable, waivers

N, O, B, P = CaseParty.NEED, CaseParty.OFFER, CaseParty.BROKER, CaseParty.OPERATOR  # noqa: E741
BOTH_AND_BROKER = frozenset({N, O, B, P})
BROKER_ONLY = frozenset({B, P})


@dataclass(frozen=True)
class Guard:
    """A condition on the case; `missing` is what to tell whoever tries without it.

    A guard with a `code` may be lifted for one case by an approved exception (`matcher.waivers`).
    """

    holds: Callable[[Session, Case], bool]
    missing: Message
    code: str = ""


@dataclass(frozen=True)
class Step:
    """What a state means for the people in it: the next action, who owes it, and working days until it is due."""

    action: Message
    party: CaseParty
    workdays: int


@dataclass(frozen=True)
class Move:
    """An allowed step to `target` by `parties`, once all `guards` hold."""

    target: CaseState
    parties: frozenset[CaseParty]
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True)
class Row:
    """One state: the step that is due in it and the moves out of it. `mails`: entering it is told to all by mail."""

    step: Step | None
    moves: tuple[Move, ...] = ()
    mails: bool = True


NEED_AGREED = Guard(lambda _session, case: case.need_agreed_at is not None, msg("需求方同意对接"))
OFFER_AGREED = Guard(lambda _session, case: case.offer_agreed_at is not None, msg("成果方同意对接"))
PRICED = Guard(has_agreed_price, msg("商定价格"), Waivable.PRICE)
NOTICE_DUE = Guard(needs_notice, msg("须公示的价格（公立机构协议定价或作价入股）"))
NO_NOTICE_DUE = Guard(needs_no_notice, msg("完成公示"))
NOTICE_OVER = Guard(notice_is_clear, msg("公示期满且没有未处理的异议"))
PRICE_KEPT = Guard(contract.keeps_price, msg("合同总额不低于商定的价格"))
CONTRACT = Guard(contract.is_signed, msg("填写完整并已签订的技术合同"))
REGISTRATION = Guard(contract.is_recognised, msg("技术合同认定登记"))
PAID = Guard(contract.is_paid, msg("至少一笔有凭证的到账"))
ACCEPTED = Guard(contract.is_accepted, msg("全部里程碑验收"), Waivable.MILESTONES)
HAS_BROKER = Guard(lambda _session, case: case.broker_id is not None, msg("指定经纪人"), Waivable.BROKER)
NO_INTEGRITY_BLOCK = Guard(sides_may_sign, msg("双方都没有生效中的科研诚信记录"))

# First action after both said yes within three working days (anchors: acceptance numbers); the others by custom.
# Opening a case has a mail of its own, so the states a case is opened in send none.
TABLE: dict[CaseState, Row] = {
    CaseState.PROPOSED: Row(
        Step(msg("双方确认是否对接"), B, 5),
        (Move(CaseState.AGREED, BOTH_AND_BROKER, (NEED_AGREED, OFFER_AGREED)),),
        mails=False,
    ),
    CaseState.AGREED: Row(
        Step(msg("安排首次对接"), B, 3),
        (Move(CaseState.CONNECTED, BOTH_AND_BROKER, (HAS_BROKER,)),),
        mails=False,
    ),
    CaseState.CONNECTED: Row(
        Step(msg("提交合作方案或试用安排"), O, 10),
        (Move(CaseState.TRIAL, BOTH_AND_BROKER), Move(CaseState.PRICING, BOTH_AND_BROKER)),
    ),
    CaseState.TRIAL: Row(
        Step(msg("确认方案或试用结果"), N, 15),
        (Move(CaseState.PRICING, BOTH_AND_BROKER),),
    ),
    CaseState.PRICING: Row(
        Step(msg("商定价格与合作条件"), B, 10),
        (
            Move(CaseState.NOTICE, BROKER_ONLY, (PRICED, NOTICE_DUE)),
            Move(CaseState.SIGNED, BROKER_ONLY, (PRICED, NO_NOTICE_DUE, CONTRACT, PRICE_KEPT, NO_INTEGRITY_BLOCK)),
        ),
    ),
    CaseState.NOTICE: Row(
        Step(msg("完成公示并处理异议"), O, 15),
        (
            Move(CaseState.SIGNED, BROKER_ONLY, (NOTICE_OVER, CONTRACT, PRICE_KEPT, NO_INTEGRITY_BLOCK)),
            Move(CaseState.PRICING, BROKER_ONLY),
        ),
    ),
    CaseState.SIGNED: Row(
        Step(msg("办理技术合同认定登记"), O, 20),
        (Move(CaseState.REGISTERED, BROKER_ONLY, (REGISTRATION,)),),
    ),
    CaseState.REGISTERED: Row(
        Step(msg("按合同启动履约"), O, 20),
        (Move(CaseState.PERFORMING, BROKER_ONLY),),
    ),
    CaseState.PERFORMING: Row(
        Step(msg("更新履约进展与到账情况"), O, 60),
        (Move(CaseState.CONVERTED, BROKER_ONLY, (PAID, ACCEPTED)),),
    ),
    CaseState.CONVERTED: Row(None),
    CaseState.ENDED: Row(None),
}
PATH: tuple[CaseState, ...] = tuple(state for state in CaseState if state is not CaseState.ENDED)
CLOSED = frozenset({CaseState.CONVERTED, CaseState.ENDED})


def move_to(case: Case, target: CaseState) -> Move | None:
    """The move from the case's state to `target`, if the table has one."""
    return next((move for move in TABLE[CaseState(case.state)].moves if move.target == target), None)


def missing_for(session: Session, case: Case, move: Move) -> list[Message]:
    """What must still be present before `move`."""
    lacking = [guard for guard in move.guards if not guard.holds(session, case)]
    lifted = {waiver.waives for waiver in waivers(session, case, [guard.code for guard in lacking])}
    return [guard.missing for guard in lacking if guard.code not in lifted]


def waived_for(session: Session, case: Case, move: Move) -> list[int]:
    """Numbers of the exceptions that stand in for what `move` lacks."""
    lacking = [guard.code for guard in move.guards if not guard.holds(session, case)]
    return [waiver.id for waiver in waivers(session, case, lacking)]


def moves_of(case: Case, party: CaseParty) -> list[Move]:
    """Moves that `party` may make from here, guarded ones included."""
    return [move for move in TABLE[CaseState(case.state)].moves if party in move.parties]


def party_of(actor: Actor, case: Case) -> CaseParty | None:
    """As whom the actor works on the case."""
    if actor.role == Role.BROKER and case.broker_id == actor.user_id:
        return CaseParty.BROKER
    if actor.is_operator or actor.system:
        return CaseParty.OPERATOR
    side = side_of(actor, case)
    return CaseParty(side) if side else None
