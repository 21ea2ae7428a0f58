"""Milestones of a contract: planned by either side, handed over by the seller, accepted or sent back by the buyer."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.contracts import SIGNED_STATES, find_contract
from matcher.actions.opening import add_event
from matcher.actions.proofs import keep_proof
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.contracts.lists import MilestoneState
from matcher.contracts.registration import check_day
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.inputs.base import free_text
from matcher.inputs.contracts import MilestoneInput
from matcher.messages import msg
from matcher.models import CaseFile, Contract, Milestone
from matcher.permissions import require
from matcher.workdays import local_day

MOST, REMARK_LIMIT = 30, 1000
M = MilestoneState


@action("milestone.plan")
def plan_milestone(session: Session, actor: Actor, case_id: int, given: MilestoneInput) -> int:
    """Add a milestone; its id. The same title and date twice is one."""
    contract = find_contract(session, actor, "contract.edit", case_id)
    if contract.case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    if given.due < local_day(contract.case.created_at):
        raise Invalid({"due": msg("不能早于工单建立的日期。")})
    if any((each.title, each.due) == (given.title, given.due) for each in contract.milestones):
        raise AlreadyDone(msg("这个里程碑已经有了。"))
    if len(contract.milestones) >= MOST:
        raise Conflict(msg("最多 %(count)s 个里程碑。", count=MOST))
    milestone = Milestone(contract_id=contract.id, title=given.title, due=given.due, created_at=clock.now())
    session.add(milestone)
    session.flush()
    audit.record(session, actor, "milestone.plan", milestone)
    return milestone.id


@action("milestone.remove")
def remove_milestone(session: Session, actor: Actor, case_id: int, milestone_id: int) -> None:
    """Take away a milestone that nobody has worked on yet.

    Once signed it is a promise that the other side waits for and that 转化 asks for: no side strikes it out by itself.
    """
    contract = find_contract(session, actor, "contract.edit", case_id)
    milestone = _find(contract, milestone_id)
    if contract.case.state in CLOSED or milestone.state != M.PLANNED:
        raise Conflict(msg("已经交付的里程碑不能删除。"))
    if contract.case.state in SIGNED_STATES:
        require(actor, "milestone.strike", contract.case)
        add_event(session, contract.case, actor, "milestone_removed", milestone.title)
    session.delete(milestone)
    audit.record(session, actor, "milestone.remove", milestone)


@action("milestone.deliver")
def deliver_milestone(
    session: Session, actor: Actor, case_id: int, milestone_id: int, day: date, proof: CaseFile | None = None
) -> None:
    """The seller has handed it over on `day`; what was handed over may come along as a file."""
    contract = find_contract(session, actor, "milestone.deliver", case_id)
    milestone = _find(contract, milestone_id)
    _expect(contract, milestone, (M.PLANNED, M.RETURNED), M.DELIVERED)
    earliest = contract.signed or date.min
    check_day("day", day, clock.today(get_settings().zone), earliest, msg("不能早于合同签订日期。"))
    milestone.state, milestone.delivered_on = M.DELIVERED, day
    if proof is not None:
        milestone.proof_id = keep_proof(session, actor, contract.case, proof).id
    _tell(session, actor, contract, milestone)
    audit.record(session, actor, "milestone.deliver", milestone)


@action("milestone.judge")
def judge_milestone(
    session: Session, actor: Actor, case_id: int, milestone_id: int, *, accept: bool, remark: str = ""
) -> None:
    """The buyer accepts what was handed over, or sends it back and says why."""
    contract = find_contract(session, actor, "milestone.judge", case_id)
    milestone = _find(contract, milestone_id)
    target = M.ACCEPTED if accept else M.RETURNED
    _expect(contract, milestone, (M.DELIVERED,), target)
    words = free_text("remark", remark, REMARK_LIMIT)
    if not accept and not words:
        raise Invalid({"remark": msg("请写明要整改什么。")})
    milestone.state, milestone.remark = target, words
    milestone.accepted_on = clock.today(get_settings().zone) if accept else None
    _tell(session, actor, contract, milestone)
    audit.record(session, actor, "milestone.judge", milestone, accept=accept)


def _find(contract: Contract, milestone_id: int) -> Milestone:
    found = next((each for each in contract.milestones if each.id == milestone_id), None)
    if found is None:
        raise NotFound
    return found


def _expect(
    contract: Contract, milestone: Milestone, now: tuple[MilestoneState, ...], target: MilestoneState
) -> None:
    if milestone.state == target:
        raise AlreadyDone(msg("已经登记过了。"))
    if contract.case.state not in SIGNED_STATES:
        raise Conflict(msg("签约之后才能交付和验收。"))
    if milestone.state not in now:
        raise Conflict(msg("里程碑现在是“%(state)s”。", state=M(milestone.state).label))


def _tell(session: Session, actor: Actor, contract: Contract, milestone: Milestone) -> None:
    contract.updated_at = clock.now()
    add_event(
        session,
        contract.case,
        actor,
        "milestone",
        "\n".join(filter(None, [milestone.title, milestone.remark])),
        state=milestone.state,
        file_id=milestone.proof_id if milestone.state == M.DELIVERED else None,
    )
