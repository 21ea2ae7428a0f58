"""What a case's money page shows to each side, read in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matcher.actions.vouchers import today
from matcher.bridge import CLOSED
from matcher.claims.facts import facts_of
from matcher.claims.rules import ClaimRule, amount_of, claim_rules, lacking, may_fit, worked
from matcher.models import (
    BenefitShare,
    Case,
    Claim,
    Contract,
    Distribution,
    FinanceNeed,
    Payment,
)
from matcher.money import Yuan
from matcher.permissions import allowed, rows, side_of
from matcher.rights.tables import valid_on, versions_of
from web.cases.frame import frame_of
from web.locale import translated
from web.money.forms import FinanceForm, OutcomeForm, ReferralForm
from web.session import current_actor, reading


@dataclass(frozen=True)
class PaymentLine:
    """A payment and what became of it; `ready` when a rights table of its day is there."""

    payment: Payment
    net: Yuan
    shares: list[BenefitShare]
    distribution: Distribution | None
    ready: bool


@dataclass(frozen=True)
class Offer:
    """A rule that one's side may claim by: the amount with its figures, or what is still missing."""

    rule: ClaimRule
    amount: Yuan | None
    figures: dict[str, Any]
    missing: list[str]


def contract_of(case: Case) -> Contract | None:
    """The case's contract with its payments."""
    query = (
        select(Contract)
        .where(Contract.case_id == case.id)
        .options(selectinload(Contract.payments), joinedload(Contract.case))
    )
    return reading().scalar(query)


def payment_lines(case: Case, contract: Contract | None) -> list[PaymentLine]:
    """Payments, newest first, with their shares."""
    if contract is None:
        return []
    query = (
        select(Distribution).where(Distribution.case_id == case.id).options(selectinload(Distribution.shares))
    )
    found = {each.payment_id: each for each in reading().scalars(query)}
    versions = versions_of(reading(), case.achievement_id)
    return [
        PaymentLine(
            payment,
            Yuan(payment.amount - payment.fee - payment.vat),
            found[payment.id].shares if payment.id in found else [],
            found.get(payment.id),
            payment.cancelled_at is None and valid_on(versions, payment.paid_on) is not None,
        )
        for payment in reversed(contract.payments)
    ]


def offers(case: Case, contract: Contract | None, taken: set[str]) -> list[Offer]:
    """Rules of one's side that speak of this contract and were not used yet."""
    side = side_of(current_actor(), case)
    if contract is None or side is None:
        return []
    facts = facts_of(contract)
    found = []
    for rule in claim_rules().values():
        if rule.side == side and rule.code not in taken and may_fit(rule, facts):
            missing = [translated(item) for item in lacking(rule, facts)]
            amount = None if missing else amount_of(rule, facts)
            found.append(Offer(rule, amount, worked(rule, facts), missing))
    return found


def money_page(case: Case, notice: str = "", **forms: Any) -> str:
    """The page; `forms` are those to show again with what was typed, `at` the need they belong to."""
    actor = current_actor()
    contract = contract_of(case)
    claims = list(
        reading().scalars(
            select(Claim).where(Claim.case_id == case.id, rows(actor, "claim.read", Claim)).order_by(Claim.id)
        )
    )
    needs = reading().scalars(
        select(FinanceNeed)
        .where(FinanceNeed.case_id == case.id, rows(actor, "finance.read", FinanceNeed))
        .options(selectinload(FinanceNeed.referrals), joinedload(FinanceNeed.organisation))
        .order_by(FinanceNeed.id)
    )
    referral = forms.get("referral") or ReferralForm(formdata=None)
    if referral.referred_on.data is None:
        referral.referred_on.data = today().isoformat()
    sees_shares = allowed(actor, "shares.read", case)
    return render_template(
        "money/of_case.html",
        frame=frame_of(case),
        notice=notice,
        contract=contract,
        sees_shares=sees_shares,
        lines=payment_lines(case, contract) if sees_shares else [],
        may_share=allowed(actor, "shares.compute", case),
        owns_achievement=actor.org_id == case.achievement.organisation_id,
        claims=claims,
        rules=claim_rules(),
        offers=offers(case, contract, {claim.rule for claim in claims}),
        needs=list(needs),
        may_ask=side_of(actor, case) is not None
        and case.state not in CLOSED
        and allowed(actor, "finance.ask", case),
        may_refer=lambda need: allowed(actor, "finance.refer", need),
        may_list=allowed(actor, "finance.white_list"),
        finance=forms.get("finance") or FinanceForm(formdata=None),
        referral=referral,
        outcome=forms.get("outcome") or OutcomeForm(formdata=None),
        at=forms.get("at"),
        may_file=allowed(actor, "case.diligence", case),
    )
