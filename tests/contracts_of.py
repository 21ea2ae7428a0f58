"""Contracts for tests, made through the actions that people use."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from config.settings import get_settings
from matcher import clock, files
from matcher.actions.cases import assign_broker, move_case
from matcher.actions.contracts import draft_contract, save_contract
from matcher.actions.milestones import deliver_milestone, judge_milestone, plan_milestone
from matcher.actions.payments import record_payment
from matcher.actions.registration import enter_decision, submit_registration
from matcher.actor import SYSTEM, Actor, actor_of
from matcher.contracts.lists import ContractType, RegistrationState
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.contracts import ContractInput, DecisionInput, MilestoneInput, PaymentInput
from matcher.models import Case, CaseFile, Contract, Milestone, User
from matcher.pricing.current import has_agreed_price
from matcher.vocabulary import CaseState
from tests.factories import Person, broker
from tests.prices import agree_price

_numbers = count(1)
FILLED: dict[str, Any] = {
    "seller_party_type": "021",
    "buyer_party_type": "150",
    "amount_total": "1200000",
    "amount_tech": "1000000",
    "pay_mode": "instalments",
    "ip_kind": "invention",
    "field11": "biomedicine",
    "industry": "27",
    "plan": "none",
}
TEXTS = {
    "subject": "甲方委托乙方就药渣快速脱水装备进行研究开发，交付样机一台。",
    "plan": "十二个月内完成，地点在通化。",
    "payment": "合同生效后支付 50 %，验收后支付 50 %。",
    "results": "知识产权归双方共有。",
    "secrecy": "双方保密五年。",
    "acceptance": "含水率不高于 10 %，由第三方检测。",
    "risk": "无法克服的技术困难造成的损失由双方分担。",
    "scope": "普通许可，期限五年，地域为吉林省。",
    "conditions": "甲方提供厂房和物料。",
    "warranty": "乙方保证自己是合法拥有者。",
}


def today() -> date:
    """The day in the platform's zone."""
    return clock.today(get_settings().zone)


def contract_of(case_id: int) -> Contract:
    """The contract as it is in the database."""
    with reading() as session:
        return session.scalars(select(Contract).where(Contract.case_id == case_id)).one()


def contract_with(case_id: int) -> Contract:
    """The contract with its milestones and reports."""
    loaded = (selectinload(Contract.milestones), selectinload(Contract.reports))
    with reading() as session:
        return session.scalars(select(Contract).where(Contract.case_id == case_id).options(*loaded)).one()


def values_of(contract: Contract) -> dict[str, Any]:
    """What a form for it would hold."""
    return {name: getattr(contract, name) for name in ContractInput.model_fields}


def draft(case_id: int, kind: ContractType = ContractType.DEVELOPMENT, actor: Actor = SYSTEM) -> Contract:
    """A contract as it is prefilled."""
    draft_contract(actor, case_id, kind)
    return contract_of(case_id)


def save(case_id: int, actor: Actor = SYSTEM, **changes: Any) -> Contract:
    """Store the contract with some values changed."""
    contract = contract_of(case_id)
    save_contract(actor, case_id, contract.version, parse(ContractInput, {**values_of(contract), **changes}))
    return contract_of(case_id)


def complete(case_id: int, actor: Actor = SYSTEM, **changes: Any) -> Contract:
    """A contract of 1.2 million 元 with nothing missing, signed today and in force for three years."""
    contract = draft(case_id, actor=actor)
    clauses = [{**clause, "text": TEXTS.get(clause["code"], clause["text"])} for clause in contract.clauses]
    days = {"signed": today(), "valid_from": today(), "valid_to": today() + timedelta(days=3 * 365)}
    values = {**FILLED, "subtype": "commissioned", "clauses": clauses, **days, **changes}
    return save(case_id, actor, **values)


def proof(name: str = "银行回单.txt") -> CaseFile:
    """A stored file of its own content."""
    return files.store(get_settings(), name, f"回单 {next(_numbers)}".encode())


def seller(case_id: int) -> Actor:
    """Who speaks for the achievement's side."""
    with reading() as session:
        case = session.get_one(Case, case_id)
        return actor_of(session, session.get_one(User, case.achievement.author_id))


def pay(case_id: int, amount: str = "600000", actor: Actor | None = None, **changes: Any) -> int:
    """A payment of today with a proof; its id."""
    values = {"payer": "通化参业", "paid_on": today(), "amount": amount, "amount_tech": amount, **changes}
    return record_payment(actor or seller(case_id), case_id, parse(PaymentInput, values), proof())


def milestone(case_id: int, title: str = "样机交付", actor: Actor = SYSTEM) -> int:
    """A milestone that is due in a month; its id."""
    given = parse(MilestoneInput, {"title": title, "due": today() + timedelta(days=30)})
    return plan_milestone(actor, case_id, given)


def accept_all(case_id: int) -> None:
    """Hand over and accept every milestone."""
    with reading() as session:
        ids = session.scalars(select(Milestone.id).join(Contract).where(Contract.case_id == case_id)).all()
    for each in ids:
        deliver_milestone(SYSTEM, case_id, each, today())
        judge_milestone(SYSTEM, case_id, each, accept=True)


def submit(case_id: int, actor: Actor = SYSTEM, remark: str = "") -> None:
    """The registry accepts the application today."""
    submit_registration(actor, case_id, contract_of(case_id).version, today(), remark)


def decide(case_id: int, state: RegistrationState, actor: Actor = SYSTEM, **given: Any) -> None:
    """The registry's answer of today; recognised in full with a number of its own unless said otherwise."""
    number = f"{2026_22_00_00_000000 + next(_numbers):016d}"
    full = {"reg_no": number, "approved_tech": "1000000"} if state is RegistrationState.RECOGNISED else {}
    values = {"day": today(), "remark": "按登记机构的意见", **full, **given}
    enter_decision(actor, case_id, contract_of(case_id).version, state, parse(DecisionInput, values))


def register(case_id: int) -> None:
    """Submit and have it recognised."""
    submit(case_id)
    decide(case_id, RegistrationState.RECOGNISED)


def walk(case_id: int, *targets: CaseState) -> None:
    """Take a case at 双方同意 to 议价 and on, with whatever of the contract each step needs."""
    with reading() as session:
        assigned = session.get_one(Case, case_id).broker_id is not None
    if not assigned:
        assign_broker(SYSTEM, case_id, broker().id)
    for target in (CaseState.CONNECTED, CaseState.PRICING, *targets):
        prepare(case_id, target)
        move_case(SYSTEM, case_id, _version(case_id), target)


def _version(case_id: int) -> int:
    with reading() as session:
        return session.get_one(Case, case_id).version


def settle_price(case_id: int) -> None:
    """A price that both sides agreed on and that needs no notice; nothing where a price is agreed already."""
    with transaction() as session:
        case = session.get_one(Case, case_id)
        if has_agreed_price(session, case):
            return
        case.offer_org.is_public = False
        offer, need = (
            Person(author.id, author.email, actor_of(session, author))
            for author in (session.get_one(User, record.author_id) for record in (case.achievement, case.need))
        )
    agree_price(case_id, need, offer)


def prepare(case_id: int, target: CaseState) -> None:
    """Whatever of the contract must be there before the case enters `target`."""
    if target is CaseState.SIGNED:
        settle_price(case_id)
        complete(case_id)
    elif target is CaseState.REGISTERED:
        register(case_id)
    elif target is CaseState.CONVERTED:
        milestone(case_id)
        accept_all(case_id)
        pay(case_id)
