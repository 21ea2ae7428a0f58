"""Free text beside decisions and in conversations is refused alike, whichever database stores it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from config.settings import Settings
from matcher import clock
from matcher.actions import accounts, cases, matches, organisations, records
from matcher.errors import Invalid
from matcher.inputs.base import free_line, free_text
from matcher.vocabulary import AnswerKind, CaseParty, CaseState, Refusal
from tests import factories as make
from tests.unit.matcher.test_cases import Bridge

Act = Callable[[str], object]


def test_text_is_stripped_and_line_ends_are_unified() -> None:
    """Tabs and line ends stay; one line has neither."""
    assert free_text("note", "  甲\r\n乙\t丙\r ", 10) == "甲\n乙\t丙"
    assert free_line("step", " 甲\r\n 乙 ", 10) == "甲 乙"


@pytest.mark.parametrize("bad", ["\x00", "\x1f", "\x7f", "\x85", "\ud800", "\x1c"])
def test_what_no_person_types_is_refused(bad: str) -> None:
    """NUL, other control characters and halves of surrogate pairs, at either place of the text."""
    for value in (f"甲{bad}乙", f"甲{bad}"):
        with pytest.raises(Invalid) as refused:
            free_line("note", value, 10)
        assert str(refused.value.errors["note"]) == "含有不能使用的控制字符，请删除后重试。"


def _on_case(act: Callable[[Bridge, str], object]) -> Act:
    bridge = Bridge()
    return lambda value: act(bridge, value)


def _move() -> Act:
    return _on_case(
        lambda bridge, value: cases.move_case(
            bridge.broker.actor, bridge.id, bridge.case.version, CaseState.CONNECTED, value
        )
    )


def _plan() -> Act:
    return _on_case(
        lambda bridge, value: cases.plan_step(
            bridge.broker.actor,
            bridge.id,
            bridge.case.version,
            value,
            CaseParty.OFFER,
            clock.now() + timedelta(days=3),
        )
    )


def _message() -> Act:
    return _on_case(lambda bridge, value: cases.write_message(bridge.firm.actor, bridge.id, value))


def _review() -> Act:
    person = make.enterprise()
    need_id = make.draft(person, "need")
    records.submit_record(person.actor, "need", need_id, 1)
    staff = make.operator()
    return lambda value: records.review_record(staff.actor, "need", need_id, 2, publish=False, remark=value)


def _answer() -> Act:
    firm = make.enterprise()
    match = make.matched(make.published(firm, "need"), make.published(make.institute(), "achievement"))
    return lambda value: matches.answer_match(
        firm.actor, match, AnswerKind.REFUSED, Refusal.PRICE, value
    )


def _organisation() -> Act:
    founder, staff = make.enterprise(checked=False), make.operator()
    return lambda value: organisations.review_organisation(
        staff.actor, founder.actor.member_of or 0, accept=False, remark=value
    )


def _token() -> Act:
    person = make.add_person()
    return lambda value: accounts.create_token(person.actor, value, ["read"])


@pytest.mark.parametrize(
    ("start", "field", "most"),
    [
        (_move, "note", 5000),
        (_plan, "step", 300),
        (_message, "body", 5000),
        (_review, "remark", 1000),
        (_answer, "comment", 500),
        (_organisation, "remark", 500),
        (_token, "name", 50),
    ],
)
def test_every_place_of_free_text(
    database: Settings, start: Callable[[], Act], field: str, most: int
) -> None:
    """NUL and one character too many are refused at their field; the most that may be typed is taken."""
    act = start()
    for bad in ("a\x00b", "字" * (most + 1)):
        with pytest.raises(Invalid) as refused:
            act(bad)
        assert set(refused.value.errors) == {field}
    act("字" * most)
