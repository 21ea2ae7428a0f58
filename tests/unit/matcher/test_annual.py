"""年度科技成果转化情况 (M47): counts and amounts of one institution and one year, from its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from config.settings import Settings
from matcher import clock
from matcher.actions import conversion
from matcher.actions.matches import answer_match
from matcher.contracts.lists import RegistrationState
from matcher.conversion.annual import Annual, Year, annual, lines
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.conversion import DisclosureInput, PlanInput
from matcher.models import CaseFile, Contract, Payment
from matcher.money import yuan
from matcher.vocabulary import AnswerKind
from tests import factories as make
from tests.factories import Person


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 26, 4, tzinfo=UTC)):
        yield


def figures(lab: Person, year: int = 2026) -> Annual:
    assert lab.actor.org_id is not None
    with reading() as session:
        return annual(session, lab.actor.org_id, Year(year))


def deal(firm: Person, lab: Person, offer: int) -> int:
    """A signed and registered contract of 1,000,000.50 元 with one payment that arrived and one that was cancelled."""
    match = make.matched(make.published(firm, "need"), offer)
    answer_match(firm.actor, match, AnswerKind.INTERESTED)
    case_id = answer_match(lab.actor, match, AnswerKind.INTERESTED)
    assert case_id is not None
    now = clock.now()
    with transaction() as session:
        proof = CaseFile(case_id=case_id, uploader_id=lab.id, name="p.pdf", media_type="application/pdf", size=1,
                         sha256="0" * 64, storage_key=f"k{case_id}", created_at=now)  # fmt: skip
        contract = Contract(
            case_id=case_id, name="合同", signed=date(2026, 3, 1), amount_total=yuan("1000000.50"), amount_tech=yuan("900000"),
            reg_state=RegistrationState.RECOGNISED, reg_decided=date(2026, 4, 1), approved_tech=yuan("850000"),
            created_at=now, updated_at=now,
        )  # fmt: skip
        session.add_all([proof, contract])
        session.flush()
        for amount, cancelled in (("300000.25", None), ("1", now)):
            session.add(Payment(contract_id=contract.id, payer="甲公司", paid_on=date(2026, 5, 1), amount=yuan(amount),
                                amount_tech=yuan("0"), fee=yuan("0"), vat=yuan("0"), proof_id=proof.id,
                                cancelled_at=cancelled, created_at=now))  # fmt: skip
    return case_id


def test_the_figures_of_a_year(database: Settings) -> None:
    """Everything of the institution's own in that year; nothing of others or of other years."""
    firm, lab, other = make.enterprise(), make.institute(), make.institute()
    offer = make.published(lab, "achievement", funding="national", project_ref="P1", completed_on="2026-01-01")
    make.published(lab, "achievement", title="未获资助")
    make.published(other, "achievement")
    disclosure = {"project_ref": "P1", "disclosed_on": "2026-06-01", "remark": "无"}
    conversion.disclose(lab.actor, offer, parse(DisclosureInput, disclosure))
    conversion.start(lab.actor, offer, parse(PlanInput, {"started_on": "2025-12-31", "mode": "licence", "text": "谈判"}))
    deal(firm, lab, offer)
    assert figures(lab) == Annual(
        published=2, funded=1, disclosed=1, started=0, matched=1, cases=1, converted=0, contracts=1,
        signed=yuan("1000000.50"), technical=yuan("900000"), registered=1, approved=yuan("850000"), paid=yuan("300000.25"),
    )  # fmt: skip
    assert figures(lab, 2025).started == 1
    assert figures(lab, 2024).is_empty
    assert figures(other).contracts == 0
    with reading() as session:
        assert lab.actor.org_id is not None
        found = {line.achievement.id: line for line in lines(session, lab.actor.org_id, Year(2026))}
    assert len(found) == 2
    line = found[offer]
    assert (line.matches, line.cases, line.contracts, line.signed, line.paid) == (
        1, 1, 1, yuan("1000000.50"), yuan("300000.25"),
    )  # fmt: skip


def test_the_year_turns_at_midnight_of_the_zone(database: Settings) -> None:
    """A record of 1 January 00:30 in Shanghai is of the new year, though UTC still counts the old one."""
    lab = make.institute()
    with clock.at(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):
        make.published(lab, "achievement")
    assert (figures(lab, 2026).published, figures(lab, 2027).published) == (0, 1)
