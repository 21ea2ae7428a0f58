"""Read from a contract what the rules of claims ask."""

from __future__ import annotations

from decimal import Decimal

from matcher.claims.rules import NOTHING, Facts
from matcher.claims.terms import ClaimBase
from matcher.contracts.lists import RegistrationState
from matcher.models import Contract
from matcher.money import Yuan
from matcher.vocabulary import Side


def facts_of(contract: Contract) -> Facts:
    """The facts as they are now; cancelled payments count for nothing. Every payment has its proof."""
    case = contract.case
    sides = {Side.NEED: case.need_org, Side.OFFER: case.offer_org}
    paid = [payment for payment in contract.payments if payment.cancelled_at is None]
    recognised = contract.reg_state == RegistrationState.RECOGNISED
    return Facts(
        regions={side: org.region for side, org in sides.items()},
        kinds={side: org.kind for side, org in sides.items()},
        recognised_on=contract.reg_decided if recognised else None,
        amounts={
            ClaimBase.APPROVED_TECH: contract.approved_tech or NOTHING,
            ClaimBase.PAID: Yuan(sum((payment.amount for payment in paid), Decimal(0))),
            ClaimBase.PAID_TECH: Yuan(sum((payment.amount_tech for payment in paid), Decimal(0))),
        },
    )
