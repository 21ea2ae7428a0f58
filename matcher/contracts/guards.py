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
from matcher.pricing.current import current_pricing
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
    """The first day on which the contract can have been signed: the case's first, or the end of its price's notice."""
    pricing = current_pricing(session, case.id)
    notice = pricing.notice if pricing is not None else None
    return max(local_day(case.created_at), local_day(notice.ends_at) if notice is not None else date.min)


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
