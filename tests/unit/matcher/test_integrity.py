"""Integrity records: what they bar and for how long, the appeal, and who decides it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, records
from matcher.actions.integrity import appeal, decide_appeal, enter_record, lift_record
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.integrity import IntegrityInput
from matcher.integrity.blocks import today
from matcher.models import Delivery, IntegrityRecord, Organisation
from matcher.vocabulary import CaseState
from tests import factories as make
from tests.contracts_of import prepare, walk
from tests.factories import Person
from tests.unit.web.work import case_of, make_case, make_pair


def given(subject: str, **fields: object) -> IntegrityInput:
    values = {
        "subject": subject,
        "source": "省科技厅 2026-17 号认定书",
        "scope": "all",
        "reason": "成果材料造假。",
        "starts_on": today(),
        "ends_on": today() + timedelta(days=30),
    }
    return parse(IntegrityInput, {**values, **fields})


def name_of(person: Person) -> str:
    with reading() as session:
        return session.get_one(Organisation, person.actor.org_id).name


def enter(person: Person, staff: Person | None = None, **fields: object) -> int:
    return enter_record((staff or make.operator()).actor, given(name_of(person), **fields))


def submit(person: Person, record_id: int, kind: str = "need") -> None:
    records.submit_record(person.actor, kind, record_id, make.version(kind, record_id))


def test_a_record_bars_submitting_and_publishing_until_its_day_is_over(database: Settings) -> None:
    """M59: submitting, changing what is published, and an operator's publishing; the day after the last it is possible."""
    firm = make.enterprise()
    draft, waiting, public = make.draft(firm, "need"), make.draft(firm, "need"), make.published(firm, "need")
    submit(firm, waiting)
    enter(firm)
    with pytest.raises(Conflict, match="科研诚信"):
        submit(firm, draft)
    with pytest.raises(Conflict, match="科研诚信"):
        records.review_record(SYSTEM, "need", waiting, make.version("need", waiting), publish=True)
    with pytest.raises(Conflict, match="科研诚信"):
        records.save_record(firm.actor, "need", public, make.version("need", public), make.given("need", title="改题"))
    records.review_record(SYSTEM, "need", waiting, make.version("need", waiting), publish=False, remark="暂退")
    records.save_record(firm.actor, "need", draft, make.version("need", draft), make.given("need", title="草稿可以改"))
    with clock.at(clock.now() + timedelta(days=30)), pytest.raises(Conflict):
        submit(firm, draft)
    with clock.at(clock.now() + timedelta(days=31)):
        submit(firm, draft)


def test_days_are_those_of_the_configured_zone(settings: Settings) -> None:
    """The last day ends at midnight in Shanghai, not in Greenwich; a record that begins later does not bar yet."""
    firm = make.enterprise()
    draft = make.draft(firm, "need", deadline="2027-01-01")
    enter(firm, starts_on=date(2026, 11, 10), ends_on=date(2026, 11, 20))
    with clock.at(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)), pytest.raises(Conflict):
        submit(firm, draft)
    with clock.at(datetime(2026, 11, 9, 15, 59, tzinfo=UTC)):
        submit(firm, draft)


def test_scope_and_person(database: Settings) -> None:
    """A bar on signing leaves publishing free; a record about a person bars what that person entered, not a colleague's."""
    firm = make.enterprise()
    enter(firm, scope="signing")
    submit(firm, make.draft(firm, "need"))
    other = make.enterprise()
    enter_record(make.operator().actor, given(other.email, scope="publishing"))
    with pytest.raises(Conflict):
        submit(other, make.draft(other, "need"))


def test_either_side_bars_signing(database: Settings) -> None:
    """NO_INTEGRITY_BLOCK: with everything else in place nothing is signed while a side is barred, and no exception helps."""
    pair = make_pair()
    case_id = make_case(pair)
    broker = make.broker()
    cases.assign_broker(make.operator().actor, case_id, broker.id)
    walk(case_id)
    prepare(case_id, CaseState.SIGNED)
    number = enter(pair.lab, scope="signing")
    with pytest.raises(Conflict) as refused:
        cases.move_case(broker.actor, case_id, case_of(case_id).version, CaseState.SIGNED)
    assert [str(each) for each in refused.value.missing] == ["双方都没有生效中的科研诚信记录"]
    lift_record(make.operator().actor, number, "整改完成")
    cases.move_case(broker.actor, case_id, case_of(case_id).version, CaseState.SIGNED)


def test_appeal_once_decided_by_another_lifts(database: Settings) -> None:
    """The barred side objects once; the operator who entered it does not decide; granted, it is lifted; all are told."""
    firm, staff = make.enterprise(), make.operator()
    number = enter(firm, staff)
    appeal(firm.actor, number, "认定书已被撤销。")
    with pytest.raises(Conflict):
        appeal(firm.actor, number, "再次申诉")
    with pytest.raises(NotAllowed):
        decide_appeal(staff.actor, number, grant=False, answer="维持")
    decide_appeal(make.administrator().actor, number, grant=True, answer="属实，解除。")
    submit(firm, make.draft(firm, "need"))
    with pytest.raises(Conflict):
        decide_appeal(make.operator().actor, number, grant=False, answer="反悔")
    with reading() as session:
        news = session.scalars(select(Delivery.payload).where(Delivery.kind == "integrity").order_by(Delivery.id)).all()
    assert [each["news"] for each in news] == ["entered", "granted"]


def test_dismissed_appeal_leaves_the_bar(database: Settings) -> None:
    firm = make.enterprise()
    number = enter(firm)
    appeal(firm.actor, number, "不服")
    decide_appeal(make.operator().actor, number, grant=False, answer="证据充分")
    with pytest.raises(Conflict):
        submit(firm, make.draft(firm, "need"))


def test_others_neither_appeal_nor_decide(database: Settings) -> None:
    """52: another organisation's record is as unknown as one that never was; members decide nothing."""
    firm, stranger = make.enterprise(), make.institute()
    number = enter(firm)
    for person, record in ((stranger, number), (firm, 999_999), (make.operator(), number)):
        with pytest.raises(NotFound):
            appeal(person.actor, record, "申诉")
    for person in (firm, stranger, make.broker()):
        with pytest.raises(NotFound):
            lift_record(person.actor, number, "解除")
        with pytest.raises(NotAllowed):
            enter_record(person.actor, given(name_of(firm)))


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "\ud800", "字" * 2001])
def test_bad_texts(database: Settings, text: str) -> None:
    """Bad input: nothing, NUL, half a surrogate, too long; nothing is kept."""
    firm, staff = make.enterprise(), make.operator()
    number = enter(firm, staff)
    with pytest.raises(Invalid):
        appeal(firm.actor, number, text)
    with pytest.raises(Invalid):
        lift_record(staff.actor, number, text)
    with reading() as session:
        row = session.get_one(IntegrityRecord, number)
        assert (row.appealed_at, row.lifted_at) == (None, None)


def test_appeals_that_come_too_late(database: Settings) -> None:
    """Bad input: against a record that is over or lifted; lifting twice."""
    firm, staff = make.enterprise(), make.operator()
    number = enter(firm, staff)
    with clock.at(clock.now() + timedelta(days=40)), pytest.raises(Conflict):
        appeal(firm.actor, number, "申诉")
    lift_record(staff.actor, number, "撤销")
    with pytest.raises(Conflict):
        lift_record(staff.actor, number, "撤销")
    with pytest.raises(Conflict):
        appeal(firm.actor, number, "申诉")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": "没有这家"}, "subject"),
        ({"subject": "nobody@example.org"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": "a\x00"}, "subject"),
        ({"subject": "x" * 255}, "subject"),
        ({"source": ""}, "source"),
        ({"scope": "everything"}, "scope"),
        ({"reason": "字" * 2001}, "reason"),
        ({"starts_on": "gestern"}, "starts_on"),
        ({"ends_on": ""}, "ends_on"),
        ({"ends_on": "2001-01-01"}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
    ],
)
def test_bad_records(settings: Settings, fields: dict[str, object], field: str) -> None:
    """Bad input: unknown, empty or impossible values, an end before its beginning or without end."""
    with pytest.raises(Invalid) as refused:
        enter_record(make.operator().actor, given(**{"subject": "x", **fields}))  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}


def test_names_that_several_bear(settings: Settings) -> None:
    """Two organisations of one name: the code decides."""
    first, _second = make.enterprise(name="同名厂"), make.enterprise(name="同名厂")
    with pytest.raises(Invalid, match="请修改"):
        enter(first)
    with reading() as session:
        code = session.get_one(Organisation, first.actor.org_id).credit_code
    enter_record(make.operator().actor, given(str(code).lower()))
