"""A case with its contract, payments and rights table, for tests of the money that follows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher import clock
from matcher.actions import cases
from matcher.actions.matches import answer_match
from matcher.actions.rights import set_rights
from matcher.contracts.lists import RegistrationState
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.money import RightsInput
from matcher.models import CaseFile, Contract, Payment, RightsTable
from matcher.money import yuan
from matcher.vocabulary import AnswerKind
from tests import factories as make
from tests.factories import Person

_numbers = itertools.count(1)
DAY = date(2026, 6, 1)
TABLE: dict[str, Any] = {
    "valid_from": "2026-01-01",
    "route": "transfer",
    "holders": [
        {"kind": "organisation", "name": "研究院", "type": "unit", "share": "70"},
        {"kind": "person", "name": "赵工", "type": "ownership", "share": "30"},
    ],
    "team_percent": "60",
    "team": [{"name": "赵工", "share": "50"}, {"name": "钱工", "share": "50"}],
}


def table(**fields: Any) -> RightsInput:
    """A rights table with some fields changed."""
    return parse(RightsInput, {**TABLE, **fields})


@dataclass
class Deal:
    """A firm, a lab, a broker, an operator and their case."""

    firm: Person = field(default_factory=make.enterprise)
    lab: Person = field(default_factory=make.institute)
    broker: Person = field(default_factory=make.broker)
    staff: Person = field(default_factory=make.operator)
    case_id: int = 0
    achievement_id: int = 0

    def __post_init__(self) -> None:
        """Open the case that two yeses open."""
        need, self.achievement_id = make.published(self.firm, "need"), make.published(self.lab, "achievement")
        match = make.matched(need, self.achievement_id)
        answer_match(self.firm.actor, match, AnswerKind.INTERESTED)
        self.case_id = answer_match(self.lab.actor, match, AnswerKind.INTERESTED) or 0
        cases.assign_broker(self.staff.actor, self.case_id, self.broker.id)

    def rights(self, **fields: Any) -> int:
        """Set down the rights table."""
        with reading() as session:
            count = session.query(RightsTable).filter_by(achievement_id=self.achievement_id).count()
        return set_rights(self.lab.actor, self.achievement_id, table(**fields), count + 1)

    def contract(self, **fields: Any) -> int:
        """A recognised contract."""
        return add_contract(self.case_id, **fields)

    def payment(self, contract_id: int, amount: str = "300000", **fields: Any) -> int:
        """A payment with its proof."""
        return add_payment(self.case_id, self.firm, contract_id, amount, **fields)


def add_contract(case_id: int, **fields: Any) -> int:
    """The case's contract as the registration leaves it; the one that it has, if it has one."""
    values: dict[str, Any] = {
        "name": "药渣快速脱水装备专利实施许可合同",
        "amount_total": yuan("1200000"),
        "approved_tech": yuan("1000000"),
        "reg_state": RegistrationState.RECOGNISED,
        "reg_no": f"{2026220100000000 + next(_numbers)}",
        "reg_decided": date(2026, 5, 20),
        "signed": date(2026, 5, 1),
    }
    with transaction() as session:
        row = session.query(Contract).filter_by(case_id=case_id).one_or_none()
        row = row or Contract(case_id=case_id, created_at=clock.now(), updated_at=clock.now())
        for name, value in {**values, **fields}.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def add_payment(case_id: int, payer: Person, contract_id: int, amount: str = "300000", **fields: Any) -> int:
    """A payment with its proof, as the contract's page records it."""
    values: dict[str, Any] = {"paid_on": DAY, "fee": yuan(0), "vat": yuan(0), "amount_tech": yuan(amount)}
    number = next(_numbers)
    with transaction() as session:
        proof = CaseFile(
            case_id=case_id,
            uploader_id=payer.id,
            name=f"回单{number}.pdf",
            media_type="application/pdf",
            size=1,
            sha256=f"{number:064d}",
            storage_key=f"{number:048d}",
            created_at=clock.now(),
        )
        session.add(proof)
        session.flush()
        row = Payment(
            contract_id=contract_id,
            payer="单位",
            amount=yuan(amount),
            proof_id=proof.id,
            created_at=clock.now(),
            **{**values, **fields},
        )
        session.add(row)
        session.flush()
        return row.id
