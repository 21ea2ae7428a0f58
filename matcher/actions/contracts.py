"""The contract of a case: draft it, fill it in, take up the proposed type."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.opening import add_event, tell_parties
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.bridge import CLOSED
from matcher.contracts.clauses import completed
from matcher.contracts.completeness import missing
from matcher.contracts.guards import earliest_signing, least_amount
from matcher.contracts.lists import SUBTYPES, ContractType, Subtype
from matcher.contracts.prefill import places, prefilled
from matcher.contracts.registration import EDITABLE, check_day
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound, Stale
from matcher.inputs.contracts import ContractInput
from matcher.messages import msg
from matcher.models import Case, Contract, DeliveryKind, Payment
from matcher.money import Yuan, yuan
from matcher.permissions import find, require
from matcher.pricing.current import current_pricing
from matcher.vocabulary import CaseState

SIGNED_STATES = frozenset({CaseState.SIGNED, CaseState.REGISTERED, CaseState.PERFORMING, CaseState.CONVERTED})


def find_contract(
    session: Session, actor: Actor, permission: str, case_id: int, version: int | None = None
) -> Contract:
    """The contract of a case, locked with its case, if `permission` is given.

    `NotFound` for whoever may not read it, `NotAllowed` for the wrong side, `Stale` when somebody changed it meanwhile.
    """
    case = find(session, actor, "contract.read", Case, case_id, lock=True)
    require(actor, permission, case)
    contract = session.scalar(select(Contract).where(Contract.case_id == case.id).with_for_update())
    if contract is None:
        raise NotFound
    if version is not None and contract.version != version:
        raise Stale
    return contract


def touch(contract: Contract) -> None:
    """Mark the contract as changed, so that whoever saw the older one is told."""
    contract.version += 1
    contract.updated_at = clock.now()


@action("contract.draft")
def draft_contract(session: Session, actor: Actor, case_id: int, kind: ContractType | None = None) -> int:
    """A new contract with what the case knows and the clauses of its type; the contract's id. A case has one."""
    case = find(session, actor, "contract.read", Case, case_id, lock=True)
    require(actor, "contract.edit", case)
    if case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    if session.scalar(select(Contract.id).where(Contract.case_id == case.id)):
        raise AlreadyDone(msg("这个工单已有合同。"))
    moment = clock.now()
    values = prefilled(case, kind, current_pricing(session, case.id))
    contract = Contract(case_id=case.id, **values, created_at=moment, updated_at=moment)
    session.add(contract)
    session.flush()
    add_event(session, case, actor, "contract_drafted", contract.name)
    audit.record(session, actor, "contract.draft", contract)
    return contract.id


@action("contract.save")
def save_contract(
    session: Session, actor: Actor, case_id: int, version: int, given: ContractInput
) -> None:
    """Store what was filled in. Once the case is 签约, nothing that the registry asks for may be missing any more."""
    contract = find_contract(session, actor, "contract.edit", case_id, version)
    _check_editable(contract)
    _check(session, contract, given)
    for name, value in given.values().items():
        setattr(contract, name, value)
    if contract.case.state in SIGNED_STATES and (lacking := missing(contract)):
        raise Invalid(lacking)
    changed = audit.changed_fields(contract)
    if changed and contract.case.state in SIGNED_STATES:
        _tell_of_change(session, actor, contract.case)
    touch(contract)
    audit.record(session, actor, "contract.save", contract, fields=changed)


def _tell_of_change(session: Session, actor: Actor, case: Case) -> None:
    """Both sides signed it, so whoever did not change it hears of it."""
    event = add_event(session, case, actor, "contract_changed")
    session.flush()
    key = f"event-{event.id}"
    tell_parties(session, case, DeliveryKind.CASE_MOVED, but=actor.user_id, key=key, event_id=event.id)


@action("contract.adopt")
def adopt_type(
    session: Session, actor: Actor, case_id: int, version: int, kind: ContractType, subtype: Subtype | None
) -> None:
    """Take up a type and subtype, such as the proposed ones."""
    contract = find_contract(session, actor, "contract.edit", case_id, version)
    _check_editable(contract)
    if subtype is not None and subtype not in SUBTYPES[kind]:
        raise Invalid({"subtype": msg("这个子类不属于所选的合同类别。")})
    contract.type, contract.subtype = kind, subtype
    touch(contract)
    audit.record(session, actor, "contract.adopt", contract, type=kind, subtype=subtype)


@action("contract.complete")
def add_clauses(session: Session, actor: Actor, case_id: int, version: int) -> None:
    """Add the clauses of the type's template that are not there yet; what people wrote stays."""
    contract = find_contract(session, actor, "contract.edit", case_id, version)
    _check_editable(contract)
    kind = ContractType(contract.type) if contract.type else None
    contract.clauses = completed(contract.clauses, kind, places(contract.case))
    touch(contract)
    audit.record(session, actor, "contract.complete", contract)


def _check_editable(contract: Contract) -> None:
    if contract.case.state in CLOSED:
        raise Conflict(msg("工单已结束。"))
    if contract.reg_state not in EDITABLE:
        raise Conflict(msg("合同已提交认定登记，审查期间和认定之后不能修改。"))


def _check(session: Session, contract: Contract, given: ContractInput) -> None:
    if given.signed is not None:
        earliest = earliest_signing(session, contract.case)
        before = msg("签订日期不能早于工单建立或公示结束的日期 %(day)s。", day=earliest.isoformat())
        check_day("signed", given.signed, clock.today(get_settings().zone), earliest, before)
    least = least_amount(session, contract.case) if contract.case.state in SIGNED_STATES else None
    if least is not None and (given.amount_total is None or given.amount_total < least):
        raise Invalid({"amount_total": msg("合同总额不能低于商定的价格 %(amount)s 元。", amount=f"{least:,.2f}")})
    paid = paid_sum(session, contract.id)
    if paid and (given.amount_total is None or given.amount_total < paid):
        raise Invalid({"amount_total": msg("合同总额不能少于已到账的 %(amount)s 元。", amount=f"{paid:,.2f}")})


def paid_sum(session: Session, contract_id: int) -> Yuan:
    """What has arrived so far, in 元; cancelled payments do not count."""
    total = session.scalar(
        select(func.sum(Payment.amount)).where(
            Payment.contract_id == contract_id, Payment.cancelled_at.is_(None)
        )
    )
    return yuan(0) if total is None else total
