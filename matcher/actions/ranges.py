"""Enter a sealed price range. The system compares once both sides have, says one word, and forgets the figures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.cases import find_case
from matcher.actions.opening import add_event
from matcher.actions.registry import action
from matcher.actor import SYSTEM, Actor
from matcher.bridge import CLOSED
from matcher.errors import AlreadyDone, Conflict, NotAllowed
from matcher.inputs.pricing import RangeInput
from matcher.messages import msg
from matcher.models import Case, SealedRange
from matcher.permissions import side_of
from matcher.pricing.ranges import MOST_ROUNDS, gap_between, ranges_of, round_under_way
from matcher.pricing.sealing import Place, Range, UnsealedError, seal, unseal
from matcher.vocabulary import CaseState, Side

# from the first meeting until the price is agreed
TALKING = frozenset({CaseState.CONNECTED, CaseState.TRIAL, CaseState.PRICING})


@action("range.enter")
def enter_range(session: Session, actor: Actor, case_id: int, given: RangeInput, wanted: int | None = None) -> int:
    """Seal this side's range for the round under way; the round's number from 1.

    A side enters once in a round and a round ends with both, so nobody tries figures against the other's one by one.
    `wanted` is the round that the form was made for: sent twice, it does not use up the next one.
    """
    case = find_case(session, actor, "range.enter", case_id)
    side = side_of(actor, case)
    if side is None:
        raise NotAllowed
    keys = get_settings().price_keys()
    _refuse_if_closed(case, keys)
    rows = ranges_of(session, case.id)
    number = round_under_way(rows)
    if number > MOST_ROUNDS:
        raise Conflict(msg("双方已各填写 %(count)s 次，不能再填。", count=MOST_ROUNDS))
    if wanted is not None and wanted < number and any(row.side == side and row.round == wanted for row in rows):
        raise AlreadyDone(msg("这一次您已经填写。"))
    if any(row.side == side and row.round == number for row in rows):
        raise Conflict(msg("您已填写，等对方填写后显示结果。"))
    own = SealedRange(case_id=case.id, round=number, side=side, entered_at=clock.now())
    own.box = seal(keys, _place(own), Range(given.low, given.high))
    session.add(own)
    add_event(session, case, actor, "range_entered", side=side, round=number)
    other = next((row for row in rows if row.round == number), None)
    if other is not None:
        _compare(session, actor, case, keys, own, other)
    audit.record(session, actor, "range.enter", case, side=side, round=number)
    return number


def _refuse_if_closed(case: Case, keys: list[bytes]) -> None:
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    if case.state not in TALKING:
        raise Conflict(msg("从“已对接”到“议价”之间才能填写密封区间。"))
    if not keys:
        raise Conflict(msg("平台没有设置密封价格的密钥，这项功能暂不可用。"))


def _compare(
    session: Session, actor: Actor, case: Case, keys: list[bytes], own: SealedRange, other: SealedRange
) -> None:
    """One word for the two of them; then neither box is kept. A box that does not open is thrown away, to be entered anew."""
    try:
        opened = {row.side: unseal(keys, _place(row), row.box or b"") for row in (own, other)}
    except UnsealedError:
        session.delete(other)
        add_event(session, case, SYSTEM, "range_lost", side=other.side, round=other.round)
        return
    gap = gap_between(opened[Side.NEED], opened[Side.OFFER])
    for row in (own, other):
        row.gap, row.box = gap, None
    add_event(session, case, actor, "ranges_compared", gap=gap, round=own.round)


def _place(row: SealedRange) -> Place:
    return Place(row.case_id, row.round, row.side)
