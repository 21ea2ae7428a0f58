"""The money that follows the world's case: rights, a shared payment, a claim, finance, a voucher with its order."""

from __future__ import annotations

from datetime import timedelta

from config.settings import Settings
from matcher import files
from matcher.actions import claims, finance, orders, shares, vouchers
from matcher.actions.rights import set_rights
from matcher.db import reading
from matcher.inputs.base import parse
from matcher.inputs.money import (
    AmountInput,
    FinanceInput,
    OrderInput,
    ReferralInput,
    VoucherApplication,
    VoucherGrant,
)
from matcher.models import BenefitShare, Case
from tests.factories import Person
from tests.unit.matcher.deals import add_contract, add_payment, table


def money_of(settings: Settings, owner: Person, lab: Person, staff: Person, case_id: int) -> dict[str, object]:
    """Numbers of one of everything, for the addresses of its pages."""
    with reading() as session:
        achievement_id = session.get_one(Case, case_id).achievement_id
    set_rights(lab.actor, achievement_id, table(), 1)
    contract = add_contract(case_id)
    payment = add_payment(case_id, owner, contract)
    distribution = shares.compute_shares(staff.actor, case_id, payment)
    with reading() as session:
        share = session.query(BenefitShare.id).filter_by(distribution_id=distribution).order_by(BenefitShare.id).limit(1).scalar()
    need = finance.ask_for_finance(owner.actor, case_id, parse(FinanceInput, {"kind": "loan", "amount": "100", "purpose": "中试"}))
    told = parse(ReferralInput, {"institution": "某银行", "referred_on": vouchers.today()})
    return {
        "contract_id": contract,
        "payment_id": payment,
        "share_id": share,
        "claim_id": claims.apply_for_claim(owner.actor, case_id, "changchun-2026-need"),
        "finance_id": need,
        "referral_id": finance.refer(staff.actor, need, told),
        **_voucher(settings, owner, lab, staff),
    }


def _voucher(settings: Settings, owner: Person, lab: Person, staff: Person) -> dict[str, object]:
    given = {"service": "testing", "purpose": "样机检测", "asked": "1000"}
    voucher = vouchers.apply_for_voucher(owner.actor, parse(VoucherApplication, given))
    until = vouchers.today() + timedelta(days=30)
    vouchers.issue_voucher(staff.actor, voucher, parse(VoucherGrant, {"granted": "1000", "valid_until": until}))
    wanted = {"provider_id": lab.actor.org_id, "title": "振动试验", "amount": "100"}
    order = orders.reserve(owner.actor, voucher, parse(OrderInput, wanted))
    orders.use(owner.actor, order, parse(AmountInput, {"amount": "100"}))
    evidence = orders.add_evidence(lab.actor, order, files.store(settings, "发票.txt", "发票".encode()))
    return {"voucher_id": voucher, "order_id": order, "evidence_id": evidence}
