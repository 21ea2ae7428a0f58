"""The contract of a case: what it knows, what it lacks, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.actions.contracts import add_clauses, draft_contract, save_contract
from matcher.actor import SYSTEM
from matcher.contracts.completeness import has_blanks, missing
from matcher.contracts.lists import ContractType
from matcher.db import reading
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.inputs.base import parse
from matcher.inputs.contracts import ContractInput
from matcher.models import AuditEvent, CaseEvent, Delivery
from matcher.vocabulary import CaseState, EndReason
from tests import contracts_of as contracts
from tests import factories as make
from tests.unit.web.work import Pair, case_of, make_case, make_pair


@pytest.fixture
def pair(database: Settings) -> Pair:
    """Two sides whose names tell what they are."""
    return make_pair(make.enterprise(name="通化参业股份有限公司"), make.institute(name="松江大学"))


@pytest.fixture
def case_id(pair: Pair) -> int:
    """Their case."""
    return make_case(pair)


def refused(case_id: int, **changes: object) -> Invalid:
    """The refusal of these values."""
    with pytest.raises(Invalid) as found:
        contracts.save(case_id, **changes)
    return found.value


def test_a_draft_knows_what_the_case_knows(case_id: int) -> None:
    """Both sides with code, kind and region, the title, the field, the clauses of the type with the project's name."""
    contract = contracts.draft(case_id)
    assert (contract.buyer_name, contract.seller_name) == ("通化参业股份有限公司", "松江大学")
    assert (contract.buyer_party_type, contract.seller_party_type) == ("160", "022")
    assert (contract.buyer_country, contract.buyer_region, contract.field11) == ("142", "220100", "biomedicine")
    assert len(contract.seller_code) == 18
    assert "过热蒸汽" in contract.name
    assert "过热蒸汽" in contract.clauses[0]["text"]
    assert {"risk", "secrecy"} <= {clause["code"] for clause in contract.clauses}


def test_a_case_has_one_contract(case_id: int) -> None:
    """A second press of the button drafts nothing."""
    contracts.draft(case_id)
    with pytest.raises(AlreadyDone):
        draft_contract(SYSTEM, case_id)


def test_what_is_missing_is_named_field_by_field(case_id: int) -> None:
    """A template's blanks count as missing; a complete contract lacks nothing."""
    contract = contracts.draft(case_id)
    lacking = missing(contract)
    assert {"subtype", "amount_total", "pay_mode", "signed", "industry", "plan", "clauses.subject"} <= set(lacking)
    assert "空白" in str(lacking["clauses.subject"])
    assert missing(contracts.save(case_id, **contracts.FILLED)).keys() < lacking.keys()


def test_a_complete_contract_lacks_nothing(case_id: int) -> None:
    """And each removal is noticed."""
    contract = contracts.complete(case_id)
    assert missing(contract) == {}
    without = [clause for clause in contract.clauses if clause["code"] != "secrecy"]
    assert "保密" in str(missing(contracts.save(case_id, clauses=without))["clauses.secrecy"])


def test_a_transfer_needs_new_input_and_output(case_id: int) -> None:
    """fields.md 4.4: must be filled for 转让."""
    lacking = missing(contracts.complete(case_id, type="transfer", subtype="secret"))
    assert {"new_input", "new_output", "clauses.warranty"} <= set(lacking)


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("要求：", True),
        ("要求：\n指标：含水率 12 %", True),
        ("要求：见附件\n指标：", True),
        ("要求：\n含水率：12 %\n指标：见附件", False),
        ("双方约定如下：", False),
        ("", False),
    ],
)
def test_a_label_of_the_template_must_not_stand_alone(text: str, blanks: bool) -> None:
    """“指标：” with nothing after it is a blank; people's own colons are their own."""
    assert has_blanks(text, {"要求：", "指标："}) is blanks


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_total": "100", "amount_tech": "100.01"}, "amount_tech"),
        ({"amount_total": "-1"}, "amount_total"),
        ({"amount_total": "0.001"}, "amount_total"),
        ({"amount_total": "NaN"}, "amount_total"),
        ({"amount_total": "100000000000"}, "amount_total"),
        ({"type": "consulting", "subtype": "training"}, "subtype"),
        ({"valid_from": "2027-01-02", "valid_to": "2027-01-01"}, "valid_to"),
        ({"seller_region": "999999"}, "seller_region"),
        ({"seller_country": "999"}, "seller_country"),
        ({"buyer_code": "91220100000000000X"}, "buyer_code"),
        ({"industry": "98"}, "industry"),
        ({"name": ""}, "name"),
        ({"terms": "a\x00b"}, "terms"),
        ({"clauses": [{"title": "标的", "text": "a\x00"}]}, "clauses.0.text"),
        ({"owners": [{"name": "甲", "share": "99.99"}]}, "owners.0.share"),
        ({"owners": [{"name": "甲", "share": "50"}, {"name": "甲", "share": "50"}]}, "owners.0.name"),
        ({"owners": [{"name": "甲", "share": "100"}, {"name": "乙", "share": "0"}]}, "owners.1.share"),
    ],
)
def test_bad_values_are_refused_at_their_field(case_id: int, changes: dict[str, object], field: str) -> None:
    """Technical amount above the total, fractions of a fen, shares of 99.99 %, foreign subtypes, NUL."""
    contracts.draft(case_id)
    assert field in refused(case_id, **changes).errors


def test_days_of_signing(case_id: int) -> None:
    """Signed in the future, and back-dated before the case opened, are refused; today is not."""
    contracts.draft(case_id)
    opened = case_of(case_id).created_at.date()
    for day in (contracts.today() + timedelta(days=1), opened - timedelta(days=2)):
        assert set(refused(case_id, signed=day).errors) == {"signed"}
    assert contracts.save(case_id, signed=contracts.today()).signed == contracts.today()


def test_joint_owners_share_exactly_one_hundred(case_id: int) -> None:
    """M65: owners with shares and obligations."""
    owners = [
        {"name": "通化参业", "share": "33.33", "duties": "缴纳年费"},
        {"name": "松江大学", "share": "66.67", "duties": "维护专利"},
    ]
    contracts.draft(case_id)
    stored = contracts.save(case_id, owners=owners).owners
    assert sum(Decimal(owner["share"]) for owner in stored) == 100
    assert stored[1]["duties"] == "维护专利"


def test_two_people_at_once(case_id: int) -> None:
    """The second of two who saw the same version is told and changes nothing."""
    contract = contracts.draft(case_id)
    given = parse(ContractInput, contracts.values_of(contract))
    save_contract(SYSTEM, case_id, contract.version, given)
    with pytest.raises(Stale):
        save_contract(SYSTEM, case_id, contract.version, given.model_copy(update={"name": "另一个名字"}))
    assert contracts.contract_of(case_id).name == contract.name


def test_strangers_find_nothing_and_unagreed_sides_neither(pair: Pair, case_id: int) -> None:
    """Another organisation's case is not found; nor is a case before both agreed, since a contract names both."""
    for person in (make.enterprise(), make.broker()):
        with pytest.raises(NotFound):
            draft_contract(person.actor, case_id)
    proposed = cases.open_case(make.broker().actor, make.published(pair.firm, "need"), pair.offer_id)
    with pytest.raises(NotFound):
        draft_contract(pair.lab.actor, proposed)


def test_an_unverified_person_may_not_write(pair: Pair, case_id: int) -> None:
    """Reading is allowed, so the refusal says no rather than hiding the case."""
    contracts.draft(case_id)
    with pytest.raises(NotAllowed):
        contracts.save(case_id, replace(pair.firm.actor, verified=False))


def test_an_ended_case_takes_no_contract(case_id: int) -> None:
    """Neither a draft nor a change."""
    contracts.draft(case_id)
    cases.end_case(SYSTEM, case_id, case_of(case_id).version, EndReason.PRICE)
    with pytest.raises(Conflict):
        contracts.save(case_id, name="改名")


def test_template_clauses_are_added_not_replaced(case_id: int) -> None:
    """After another type was chosen, its clauses come along and what people wrote stays."""
    contracts.complete(case_id)
    contract = contracts.save(case_id, type="licence", subtype="patent_licence")
    add_clauses(SYSTEM, case_id, contract.version)
    clauses = {clause["code"]: clause["text"] for clause in contracts.contract_of(case_id).clauses}
    assert clauses["subject"] == contracts.TEXTS["subject"]
    assert {"scope", "warranty"} <= clauses.keys()


def test_the_audit_names_fields_never_values(case_id: int) -> None:
    """One event for each action, with the names of what changed."""
    contracts.complete(case_id)
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("contract.%"))).all()
    assert [event.action for event in events] == ["contract.draft", "contract.save"]
    assert "amount_total" in events[1].changes["fields"]
    assert "1200000" not in str(events[1].changes)


def test_after_signing_nothing_may_go_missing(pair: Pair, case_id: int) -> None:
    """Once the case is 签约, a required field cannot be emptied."""
    contracts.walk(case_id, CaseState.SIGNED)
    assert set(refused(case_id, pay_mode="").errors) == {"pay_mode"}
    assert contracts.contract_of(case_id).pay_mode == "instalments"


def test_types_and_their_subtypes(case_id: int) -> None:
    """A consulting contract has no subtype and lacks none."""
    assert "subtype" not in missing(contracts.complete(case_id, type="consulting", subtype=None))
    assert ContractType.by_label("技术许可") is ContractType.LICENCE


def test_nothing_is_signed_below_the_agreed_price(pair: Pair, case_id: int) -> None:
    """Announce a hundred, sign fifty: the step names what is missing, and later the field does."""
    contracts.walk(case_id)
    contracts.settle_price(case_id)
    contracts.complete(case_id, amount_total="999999.99", amount_tech="500000")
    with pytest.raises(Conflict) as found:
        cases.move_case(SYSTEM, case_id, case_of(case_id).version, CaseState.SIGNED)
    assert [str(message) for message in found.value.missing] == ["合同总额不低于商定的价格"]
    contracts.save(case_id, amount_total="1000000")
    cases.move_case(SYSTEM, case_id, case_of(case_id).version, CaseState.SIGNED)
    assert set(refused(case_id, amount_total="999999.99").errors) == {"amount_total"}


def test_a_contract_is_not_older_than_its_price(database: Settings) -> None:
    """Signed while the case was there, but before its price was agreed: refused at the field."""
    yesterday = contracts.today() - timedelta(days=1)
    with clock.at(clock.now() - timedelta(days=5)):
        case_id = make_case(make_pair())
        contracts.walk(case_id)
    contracts.settle_price(case_id)
    contracts.draft(case_id)
    assert set(refused(case_id, signed=yesterday).errors) == {"signed"}


def test_a_signed_contract_does_not_change_in_silence(pair: Pair, case_id: int) -> None:
    """What one side changes after both signed is told to the other by mail."""
    contracts.walk(case_id, CaseState.SIGNED)
    contracts.save(case_id, pair.firm.actor, amount_total="1300000")
    with reading() as session:
        event = session.scalars(select(CaseEvent.id).where(CaseEvent.kind == "contract_changed")).one()
        told = session.scalars(select(Delivery.user_id).where(Delivery.key == f"event-{event}")).all()
    assert pair.lab.id in told
    assert pair.firm.id not in told
