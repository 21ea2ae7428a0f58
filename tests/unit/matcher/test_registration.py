"""认定登记 as a machine: who, when, with what; the number and the approved amount."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions.registration import submit_registration
from matcher.actor import SYSTEM
from matcher.contracts.lists import RegistrationState
from matcher.contracts.registration import TABLE, number_problem
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.models import CaseEvent, Delivery, RegistrationStep
from matcher.vocabulary import CaseState
from tests import contracts_of as contracts
from tests import factories as make
from tests.unit.web.work import Pair, make_case, make_pair

S = RegistrationState


@pytest.fixture
def pair(database: Settings) -> Pair:
    """Two sides."""
    return make_pair()


@pytest.fixture
def case_id(pair: Pair) -> int:
    """Their case at 签约."""
    case_id = make_case(pair)
    contracts.walk(case_id, CaseState.SIGNED)
    return case_id


def test_every_state_is_in_the_table() -> None:
    """Only 已认定 is an end: a refused contract may be applied for again."""
    assert set(TABLE) == set(S)
    assert [state for state, steps in TABLE.items() if not steps] == [S.RECOGNISED]


def test_the_way_with_one_correction(case_id: int) -> None:
    """待提交 → 受理 → 补正 → 受理 → 已认定, with the words of both and the day by which the registry decides."""
    contracts.submit(case_id)
    assert contracts.contract_of(case_id).reg_due == contracts.today() + timedelta(days=30)
    contracts.decide(case_id, S.RETURNED, remark="请补充验收标准")
    assert contracts.contract_of(case_id).reg_due is None
    contracts.save(case_id, terms="验收标准见附件一。")
    contracts.submit(case_id, remark="已补充附件一")
    contracts.decide(case_id, S.RECOGNISED, reg_no="2026220100000123")
    contract = contracts.contract_of(case_id)
    assert (contract.reg_state, contract.reg_no, contract.approved_tech) == ("recognised", "2026220100000123", 1000000)
    with reading() as session:
        steps = session.execute(select(RegistrationStep.state, RegistrationStep.remark)).all()
        kinds = session.scalars(select(CaseEvent.kind).where(CaseEvent.kind == "registration")).all()
    assert [tuple(step) for step in steps[:3]] == [("accepted", ""), ("returned", "请补充验收标准"), ("accepted", "已补充附件一")]
    assert len(kinds) == 4


def test_corrections_and_results_are_mailed_to_all(pair: Pair, case_id: int) -> None:
    """补正 and the result reach both sides and the broker, once each."""
    contracts.submit(case_id)
    contracts.decide(case_id, S.RETURNED)
    contracts.submit(case_id, remark="已改")
    contracts.decide(case_id, S.REFUSED)
    with reading() as session:
        sent = session.execute(select(Delivery.kind, Delivery.user_id).where(Delivery.kind.like("contract_%"))).all()
    assert sorted(kind for kind, _user in sent) == ["contract_decided"] * 3 + ["contract_returned"] * 3
    assert {pair.firm.id, pair.lab.id} <= {user for _kind, user in sent}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("202622010000012", "现在是 15 位"),
        ("20262201000001234", "现在是 17 位"),
        ("2026-2201-0000-1", "只有数字"),
        ("２０２６２２０１００００００１２", "只有数字"),
        ("", "只有数字"),
    ],
)
def test_a_number_of_15_digits_is_refused(case_id: int, number: str, words: str) -> None:
    """Length and digits are checked; the sentence says what is wrong; nothing changes."""
    assert words in str(number_problem(number))
    contracts.submit(case_id)
    with pytest.raises(Invalid) as refused:
        contracts.decide(case_id, S.RECOGNISED, reg_no=number)
    assert set(refused.value.errors) == {"reg_no"}
    assert contracts.contract_of(case_id).reg_state == "accepted"


def test_a_number_belongs_to_one_contract(pair: Pair, case_id: int) -> None:
    """Bad input: the number of another contract."""
    other = make_case(make_pair(pair.firm))
    contracts.walk(other, CaseState.SIGNED)
    for each in (case_id, other):
        contracts.submit(each)
    contracts.decide(case_id, S.RECOGNISED, reg_no="2026220100000123")
    with pytest.raises(Invalid) as refused:
        contracts.decide(other, S.RECOGNISED, reg_no="2026220100000123")
    assert set(refused.value.errors) == {"reg_no"}


@pytest.mark.parametrize("amount", ["1200000.01", "", "-1", "x"])
def test_the_approved_amount_is_at_most_the_total(case_id: int, amount: str) -> None:
    """核定技术交易额 ≤ 合同总额."""
    contracts.submit(case_id)
    with pytest.raises(Invalid) as refused:
        contracts.decide(case_id, S.RECOGNISED, approved_tech=amount)
    assert set(refused.value.errors) == {"approved_tech"}


def test_days_lie_between_the_step_before_and_today(case_id: int) -> None:
    """Neither ahead nor before signing; a decision not before the application."""
    version = contracts.contract_of(case_id).version
    for day in (contracts.today() + timedelta(days=1), contracts.today() - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            submit_registration(SYSTEM, case_id, version, day)
        assert set(refused.value.errors) == {"day"}
    with clock.at(clock.now() + timedelta(days=5)):
        contracts.submit(case_id)
        early = contracts.today() - timedelta(days=1)
        with pytest.raises(Invalid):
            contracts.decide(case_id, S.RETURNED, day=early)


def test_sides_do_not_decide_and_the_buyer_does_not_submit(pair: Pair, case_id: int) -> None:
    """The seller submits; the registry's answer is entered by broker or operator; strangers find nothing."""
    with pytest.raises(NotAllowed):
        contracts.submit(case_id, pair.firm.actor)
    contracts.submit(case_id, pair.lab.actor)
    for side in (pair.firm, pair.lab):
        with pytest.raises(NotAllowed):
            contracts.decide(case_id, S.RECOGNISED, side.actor)
    with pytest.raises(NotFound):
        contracts.decide(case_id, S.RECOGNISED, make.institute().actor)


def test_answers_without_words_are_refused(case_id: int) -> None:
    """补正 and 不予登记 say why; an application that goes in again says what changed; NUL is refused."""
    contracts.submit(case_id)
    for words in (" ", "a\x00b"):
        with pytest.raises(Invalid) as refused:
            contracts.decide(case_id, S.RETURNED, remark=words)
        assert set(refused.value.errors) == {"remark"}
    contracts.decide(case_id, S.RETURNED, remark="补充附件")
    with pytest.raises(Invalid):
        contracts.submit(case_id)


def test_steps_out_of_order_and_two_at_once(case_id: int) -> None:
    """A decision without application; a second press with the older version."""
    with pytest.raises(Conflict):
        contracts.decide(case_id, S.RECOGNISED)
    version = contracts.contract_of(case_id).version
    contracts.submit(case_id)
    with pytest.raises(Stale):
        submit_registration(SYSTEM, case_id, version, contracts.today())


def test_nothing_is_submitted_before_signing(pair: Pair) -> None:
    """A complete contract of a case that is still at 议价."""
    case_id = make_case(make_pair(pair.firm, pair.lab))
    contracts.complete(case_id)
    with pytest.raises(Conflict):
        contracts.submit(case_id)


def test_an_answer_is_no_application(pair: Pair) -> None:
    """Bad input: 受理 sent as the registry's answer would skip signing and every check of the contract."""
    draft = make_case(make_pair(pair.firm, pair.lab))
    contracts.draft(draft)
    with pytest.raises(Invalid) as refused:
        contracts.decide(draft, S.ACCEPTED)
    assert list(refused.value.errors) == ["target"]
    assert contracts.contract_of(draft).reg_state == S.PENDING


def test_under_examination_the_contract_rests(case_id: int) -> None:
    """Nobody changes what the registry is reading, nor what it has recognised."""
    contracts.submit(case_id)
    with pytest.raises(Conflict):
        contracts.save(case_id, name="改名")
    contracts.decide(case_id, S.RECOGNISED)
    with pytest.raises(Conflict):
        contracts.save(case_id, name="改名")
