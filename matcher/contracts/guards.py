"""Conditions on the steps of a case that its contract must meet."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import clock
from matcher.contracts.completeness import missing
from matcher.contracts.lists import MilestoneState, RegistrationState
from matcher.models import Case, Contract, Milestone, Payment


def contract_of(session: Session, case_id: int) -> Contract | None:
    """The contract of a case."""
    return session.scalar(select(Contract).where(Contract.case_id == case_id))


def is_signed(session: Session, case: Case) -> bool:
    """Nothing is missing of what the registry asks for, and it has been signed, today at the latest."""
    contract = contract_of(session, case.id)
    return (
        contract is not None
        and not missing(contract)
        and contract.signed is not None
        and contract.signed <= clock.today(get_settings().zone)
    )


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
