"""认定登记 of a contract: submit it, enter the registry's answer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.contracts import SIGNED_STATES, find_contract, touch
from matcher.actions.opening import add_event, tell_parties
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.contracts.completeness import missing
from matcher.contracts.lists import RegistrationState
from matcher.contracts.registration import Step, check_day, due_of, number_problem, step_to
from matcher.errors import Conflict, Invalid
from matcher.inputs.base import free_text
from matcher.inputs.contracts import DecisionInput
from matcher.messages import msg
from matcher.models import Contract, DeliveryKind, RegistrationStep
from matcher.permissions import require

REMARK_LIMIT = 2000
S = RegistrationState
MAILS = {
    S.RETURNED: DeliveryKind.CONTRACT_RETURNED,
    S.RECOGNISED: DeliveryKind.CONTRACT_DECIDED,
    S.REFUSED: DeliveryKind.CONTRACT_DECIDED,
}


@action("contract.submit")
def submit_registration(
    session: Session, actor: Actor, case_id: int, version: int, day: date, remark: str = ""
) -> None:
    """The registry has accepted the application on `day`; it decides within 30 days. Again after 补正 or a refusal."""
    contract = find_contract(session, actor, "contract.submit", case_id, version)
    step = _step(contract, S.ACCEPTED)
    if contract.case.state not in SIGNED_STATES:
        raise Conflict(msg("签约之后才能提交认定登记。"))
    if lacking := missing(contract):
        raise Conflict(msg("合同还缺少以下内容："), list(lacking.values()))
    _enter(session, actor, contract, step, day, remark)
    contract.reg_accepted, contract.reg_due, contract.reg_decided = day, due_of(day), None
    audit.record(session, actor, "contract.submit", contract)


@action("contract.decide")
def enter_decision(
    session: Session, actor: Actor, case_id: int, version: int, target: RegistrationState, given: DecisionInput
) -> None:
    """Enter the registry's answer: 已认定 with number and 核定技术交易额, 补正 or 不予登记 with its words."""
    contract = find_contract(session, actor, "contract.decide", case_id, version)
    step = _step(contract, target)
    if target is S.ACCEPTED:  # an application, which is checked when it is submitted
        raise Invalid({"target": msg("请选择登记机构的答复。")})
    if target is S.RECOGNISED:
        _check_recognition(session, contract, given)
        contract.reg_no, contract.approved_tech = given.reg_no, given.approved_tech
    _enter(session, actor, contract, step, given.day, given.remark)
    contract.reg_due = None
    contract.reg_decided = None if target is S.RETURNED else given.day
    audit.record(session, actor, "contract.decide", contract, state=target)


def _step(contract: Contract, target: RegistrationState) -> Step:
    step = step_to(contract.reg_state, target)
    if step is None:
        raise Conflict(
            msg("登记不能从“%(now)s”到“%(target)s”。", now=S(contract.reg_state).label, target=target.label)
        )
    return step


def _check_recognition(session: Session, contract: Contract, given: DecisionInput) -> None:
    problem = number_problem(given.reg_no)
    if problem is None and session.scalar(
        select(Contract.id).where(Contract.reg_no == given.reg_no, Contract.id != contract.id)
    ):
        problem = msg("这个登记编号已用于另一份合同，请核对。")
    if problem is not None:
        raise Invalid({"reg_no": problem})
    if given.approved_tech is None:
        raise Invalid({"approved_tech": msg("请填写。")})
    if contract.amount_total is not None and given.approved_tech > contract.amount_total:
        raise Invalid({"approved_tech": msg("核定技术交易额不能超过合同成交总额。")})


def _enter(
    session: Session, actor: Actor, contract: Contract, step: Step, day: date, remark: str
) -> None:
    """Make the step: its day lies between the step before and today, its words are there where they must be."""
    require(actor, step.permission, contract.case)
    words = free_text("remark", remark, REMARK_LIMIT)
    if step.needs_remark and not words:
        raise Invalid({"remark": msg("请填写。")})
    before = max(filter(None, [contract.signed, *(each.day for each in contract.registration)]), default=date.min)
    check_day(
        "day", day, clock.today(get_settings().zone), before, msg("不能早于上一步的日期 %(day)s。", day=before.isoformat())
    )
    contract.reg_state = step.target
    entry = RegistrationStep(
        contract_id=contract.id,
        state=step.target,
        day=day,
        remark=words,
        actor_id=actor.user_id,
        created_at=clock.now(),
    )
    session.add(entry)
    session.flush()
    touch(contract)
    add_event(session, contract.case, actor, "registration", words, state=step.target)
    if step.target in MAILS:
        tell_parties(session, contract.case, MAILS[step.target], key=f"step-{entry.id}", step_id=entry.id)
