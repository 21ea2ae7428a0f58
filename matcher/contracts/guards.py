"""Conditions on the steps of a case that its contract must meet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import clock
from matcher.contracts.completeness import missing
from matcher.contracts.lists import MilestoneState, RegistrationState
from matcher.models import Case, Contract, Milestone, Payment
from matcher.money import Yuan
from matcher.pricing.current import agreed_amount, current_pricing
from matcher.workdays import local_day


def contract_of(session: Session, case_id: int) -> Contract | None:
    """The contract of a case."""
    return session.scalar(select(Contract).where(Contract.case_id == case_id))


def is_signed(session: Session, case: Case) -> bool:
    """Nothing is missing of what the registry asks for, and it was signed: today at the latest, after the notice."""
    contract = contract_of(session, case.id)
    if contract is None or missing(contract) or contract.signed is None:
        return False
    return earliest_signing(session, case) <= contract.signed <= clock.today(get_settings().zone)


def earliest_signing(session: Session, case: Case) -> date:
    """The first day on which the contract can have been signed: not before its price, nor before its notice is over."""
    pricing = current_pricing(session, case.id)
    moments = [case.created_at]
    if pricing is not None and pricing.agreed_at is not None:
        moments.append(pricing.agreed_at)
    if pricing is not None and pricing.notice is not None:
        moments.append(pricing.notice.ends_at)
    return max(map(local_day, moments))


def keeps_price(session: Session, case: Case) -> bool:
    """The contract's total is not below the price that was agreed on, and announced where a notice was due.

    The implementing rules of the 成果转化法 have name and price announced; another price would not have been.
    """
    contract, least = contract_of(session, case.id), least_amount(session, case)
    return least is None or (contract is not None and contract.amount_total is not None and contract.amount_total >= least)


def least_amount(session: Session, case: Case) -> Yuan | None:
    """The agreed price in 元, below which nothing is signed; None where none is named, as for shares."""
    return agreed_amount(current_pricing(session, case.id))


def is_recognised(session: Session, case: Case) -> bool:
    """The registry has recognised it."""
    contract = contract_of(session, case.id)
    return contract is not None and contract.reg_state == RegistrationState.RECOGNISED


def is_paid(session: Session, case: Case) -> bool:
    """At least one payment with proof has arrived."""
    paid = select(Payment.id).join(Contract).where(Contract.case_id == case.id, Payment.cancelled_at.is_(None))
    return bool(session.scalar(select(exists(paid))))


def is_accepted(session: Session, case: Case) -> bool:
    """There are milestones, and the buyer has accepted every one."""
    query = select(Milestone.state).join(Contract).where(Contract.case_id == case.id)
    states = session.scalars(query).all()
    return bool(states) and all(state == MilestoneState.ACCEPTED for state in states)
