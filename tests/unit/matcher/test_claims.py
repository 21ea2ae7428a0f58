"""Subsidies and rewards: from a registered contract with paid proof, each side apart, once by each rule."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cli.doctor import check_rules
from config.settings import Settings, get_settings
from matcher import clock
from matcher.actions import claims
from matcher.actions.payments import cancel_payment
from matcher.actions.vouchers import today
from matcher.claims.rules import claim_rules
from matcher.claims.terms import ClaimState
from matcher.contracts.lists import RegistrationState
from matcher.db import reading, transaction
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound
from matcher.models import Claim, Contract, Delivery, Organisation, Payment
from matcher.money import yuan
from tests import factories as make
from tests.unit.matcher.deals import Deal

NEED, OFFER = "changchun-2026-need", "changchun-2026-offer"


def missing(deal: Deal, rule: str = NEED) -> list[str]:
    """What the refusal names."""
    with pytest.raises(Conflict) as error:
        claims.apply_for_claim(deal.firm.actor, deal.case_id, rule)
    return [str(item) for item in error.value.missing]


def claim(number: int) -> Claim:
    with reading() as session:
        return session.get_one(Claim, number)


def test_each_side_claims_apart(database: Settings) -> None:
    """M05: the firm by its rule, the lab by its own; the amounts come with the figures that they were computed from."""
    deal = Deal()
    deal.payment(deal.contract(), "300000.10")
    firm = claim(claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED))
    lab = claim(claims.apply_for_claim(deal.lab.actor, deal.case_id, OFFER))
    assert (firm.amount, lab.amount) == (Decimal("15000.01"), Decimal("6000.00"))
    assert firm.worked["base_amount"] == "300000.10"
    assert (firm.worked["rate"], firm.worked["capped"], firm.worked["verified"]) == ("5", False, False)


def test_the_cap_holds(database: Settings) -> None:
    deal = Deal()
    deal.payment(deal.contract(), "90000000")
    found = claim(claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED))
    assert (found.amount, found.worked["capped"]) == (yuan(1_000_000), True)


def test_without_paid_proof_nothing_is_claimed(database: Settings) -> None:
    """Bad input: no contract, no registration, no payment, a payment that was cancelled; each is named."""
    deal = Deal()
    assert missing(deal) == ["技术合同已认定登记", "有凭证的到账记录"]
    contract = deal.contract(reg_state=RegistrationState.ACCEPTED)
    assert missing(deal) == ["技术合同已认定登记", "有凭证的到账记录"]
    with transaction() as session:
        session.get_one(Contract, contract).reg_state = RegistrationState.RECOGNISED
    assert missing(deal) == ["有凭证的到账记录"]
    payment = deal.payment(contract)
    with transaction() as session:
        session.get_one(Payment, payment).cancelled_at = clock.now()
    assert missing(deal) == ["有凭证的到账记录"]


def test_region_and_year_decide(database: Settings) -> None:
    """A supplier from elsewhere, and a contract recognised in another year, do not fit."""
    deal = Deal()
    contract = deal.contract(reg_decided=date(2025, 12, 31))
    deal.payment(contract)
    assert missing(deal) == ["符合该政策的地区、单位类型和年度"]
    with transaction() as session:
        session.get_one(Contract, contract).reg_decided = date(2026, 1, 1)
        session.get_one(Organisation, deal.lab.actor.org_id).region = "220200"
    assert missing(deal) == ["符合该政策的地区、单位类型和年度"]


def test_a_rule_is_used_once(database: Settings) -> None:
    """Double submit, and a rule of the other side or of nobody."""
    deal = Deal()
    deal.payment(deal.contract())
    claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED)
    with pytest.raises(AlreadyDone):
        claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED)
    for rule in (OFFER, "nothing", "\x00"):
        with pytest.raises(Invalid):
            claims.apply_for_claim(deal.firm.actor, deal.case_id, rule)
    with reading() as session:
        assert session.query(Claim).count() == 1


def test_others_may_not_claim_or_decide(database: Settings) -> None:
    """Bad input: another organisation's case and claim."""
    deal = Deal()
    deal.payment(deal.contract())
    with pytest.raises(NotFound):
        claims.apply_for_claim(make.enterprise().actor, deal.case_id, NEED)
    number = claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED)
    for person in (deal.firm, deal.lab, deal.broker):
        with pytest.raises(NotFound):
            claims.check_claim(person.actor, number)


def test_checked_decided_paid(database: Settings) -> None:
    """The steps in their order, each once; the applicant is told of the decision and of the money."""
    deal = Deal()
    deal.payment(deal.contract())
    number = claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED)
    staff = deal.staff.actor
    with pytest.raises(Conflict):
        claims.decide_claim(staff, number, approve=True)
    claims.check_claim(staff, number)
    with pytest.raises(AlreadyDone):
        claims.check_claim(staff, number)
    claims.decide_claim(staff, number, approve=True)
    for day in (today() + timedelta(days=1), today() - timedelta(days=1), date.min):
        with pytest.raises(Invalid):
            claims.pay_claim(staff, number, day)
    claims.pay_claim(staff, number, today())
    assert (claim(number).state, claim(number).paid_on) == (ClaimState.PAID, today())
    with reading() as session:
        told = [row.payload["state"] for row in session.query(Delivery).filter_by(kind="claim").order_by(Delivery.id)]
    assert told == ["approved", "paid"]


def test_a_refusal_needs_its_reason(database: Settings) -> None:
    deal = Deal()
    deal.payment(deal.contract())
    number = claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED)
    claims.check_claim(deal.staff.actor, number)
    for bad in ("", " ", "a\x00b"):
        with pytest.raises(Invalid):
            claims.decide_claim(deal.staff.actor, number, approve=False, remark=bad)
    claims.decide_claim(deal.staff.actor, number, approve=False, remark="回单金额与合同不符")
    assert claim(number).state == ClaimState.REFUSED


def test_every_rule_says_where_it_comes_from() -> None:
    """Rule sets are data: source, year and region on each; none poses as verified without having been read."""
    for rule in claim_rules().values():
        assert rule.source
        assert rule.first <= rule.last
        assert 0 < rule.rate <= 100
        assert rule.verified or "示例" in rule.source


def test_the_operators_own_rules_replace_the_shipped(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RULES_DIR: a file of the same name counts alone; one that is malformed is refused, and doctor says so."""
    (tmp_path / "claims.toml").write_text(
        '[[rule]]\ncode = "own"\nkind = "reward"\nside = "need"\nregion = "220000"\nfrom = 2026-01-01\n'
        'until = 2026-12-31\nbase = "paid"\nrate = 1.5\ncap = 1000\nlocal = []\nverified = true\nsource = "通知第 1 号"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("RULES_DIR", str(tmp_path))
    get_settings.cache_clear()
    assert list(claim_rules()) == ["own"]
    assert claim_rules()["own"].rate == Decimal("1.5")
    (tmp_path / "minimum-shares.toml").write_text("nothing = 1\n", encoding="utf-8")
    found = check_rules(settings)
    assert (found.state, "minimum-shares.toml" in found.text) == ("missing", True)


def test_a_payment_that_a_claim_counts_is_not_cancelled(database: Settings) -> None:
    """Attack: claim by a payment, then take it back. Once the claim is refused it may go."""
    deal = Deal()
    payment = deal.payment(deal.contract())
    number = claims.apply_for_claim(deal.firm.actor, deal.case_id, NEED)
    with pytest.raises(Conflict):
        cancel_payment(deal.broker.actor, deal.case_id, payment, "填错")
    claims.check_claim(deal.staff.actor, number)
    claims.decide_claim(deal.staff.actor, number, approve=False, remark="凭证不符")
    cancel_payment(deal.broker.actor, deal.case_id, payment, "填错")
