"""限时转化: dates of duties, what stops the clock, who is reminded and to whom overdue achievements are offered."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, conversion, records
from matcher.actions.matches import answer_match
from matcher.actor import SYSTEM
from matcher.clock import add_months
from matcher.contracts.lists import RegistrationState
from matcher.conversion.status import Clock, clocks, overdue
from matcher.conversion.terms import Duty, completed_by, due_on
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.conversion import DisclosureInput, PlanInput
from matcher.inputs.records import missing
from matcher.models import Achievement, AuditEvent, Case, Contract, ConversionOffer, Delivery, DeliveryKind
from matcher.vocabulary import AnswerKind, EndReason
from tests import factories as make
from tests.factories import Person
from workers.conversion import offer_overdue, remind_of_duties

TODAY = date(2026, 11, 26)
DISCLOSURE = {"project_ref": "2023YFD0400123", "disclosed_on": "2026-11-01", "rights": [{"type": "invention"}]}
PLAN = {"started_on": "2026-11-01", "mode": "licence", "text": "与两家企业洽谈许可。"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Noon of TODAY in Shanghai."""
    with clock.at(datetime(2026, 11, 26, 4, tzinfo=UTC)):
        yield


def funded(lab: Person, completed: date | str, **fields: object) -> int:
    """A published, publicly funded achievement."""
    values = {"funding": "national", "project_ref": "2023YFD0400123", "completed_on": f"{completed}", **fields}
    return make.published(lab, "achievement", **values)


def clock_of(number: int) -> Clock:
    with reading() as session:
        return clocks(session, [session.get_one(Achievement, number)])[number]


def late(duty: Duty, day: date = TODAY) -> list[int]:
    """Overdue achievements by the query."""
    with reading() as session:
        return list(session.scalars(select(Achievement.id).where(overdue(duty, day)).order_by(Achievement.id)))


def mails(kind: DeliveryKind) -> list[Delivery]:
    with reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)))


days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(completed=days, day=days, duty=st.sampled_from(list(Duty)))
def test_one_date_divides_all_rows(completed: date, day: date, duty: Duty) -> None:
    """Month ends and leap years: the condition on the column agrees with the date of each row."""
    assert (due_on(completed, duty) <= day) == (completed <= completed_by(day, duty))


@given(
    zone=st.sampled_from(["Asia/Shanghai", "America/Santiago", "Europe/London", "Pacific/Apia", "Africa/Casablanca"]),
    completed=st.dates(date(2010, 1, 1), date(2020, 1, 1)),
    minutes=st.integers(-3000, 3000),
    duty=st.sampled_from(list(Duty)),
)
def test_a_duty_ends_with_its_day_in_the_configured_zone(zone: str, completed: date, minutes: int, duty: Duty) -> None:
    """Summer time begins or ends in between: overdue from the first minute of the next local day, not an hour off."""
    due = due_on(completed, duty)
    moment = datetime(due.year, due.month, due.day, 12, tzinfo=UTC) + timedelta(minutes=minutes)
    with clock.at(moment):
        local = clock.today(ZoneInfo(zone))
    assert (local > due) == (moment.astimezone(ZoneInfo(zone)).date() > due)
    assert (completed <= completed_by(local - timedelta(days=1), duty)) == (local > due)


@pytest.mark.parametrize(
    ("completed", "duty", "day"),
    [("2025-08-31", Duty.DISCLOSE, "2026-02-28"), ("2024-02-29", Duty.START, "2025-02-28"), ("2024-01-15", Duty.CONVERT, "2026-01-15")],
)  # fmt: skip
def test_due_dates(completed: str, duty: Duty, day: str) -> None:
    """M44, M45: 6, 12 and 24 months, the last of the month where the day is missing."""
    assert due_on(date.fromisoformat(completed), duty) == date.fromisoformat(day)


def test_public_money_is_derived_from_its_source(settings: Settings) -> None:
    given = make.given("achievement", funding="provincial", completed_on="2026-01-01")
    assert given.publicly_funded
    assert not make.given("achievement", funding="horizontal").publicly_funded
    assert make.given("achievement", publicly_funded=True).publicly_funded


def test_a_completion_in_the_future_or_missing_is_refused(settings: Settings) -> None:
    """Neither can be published; the sentence stands at the field."""
    for changes in ({"completed_on": "2026-11-27"}, {"completed_on": ""}):
        given = make.given("achievement", funding="national", **changes)
        assert set(missing("achievement", given, TODAY)) == {"completed_on"}
    assert missing("achievement", make.given("achievement", funding="national", completed_on="2026-11-26"), TODAY) == {}


@pytest.mark.parametrize("field", ["project_ref"])
def test_control_characters_are_refused(field: str) -> None:
    with pytest.raises(Invalid):
        make.given("achievement", **{field: "2023\x00YFD"})
    with pytest.raises(Invalid):
        parse(DisclosureInput, {**DISCLOSURE, field: "a\x07b"})


def test_the_clock_and_its_duties(database: Settings) -> None:
    """Each duty is overdue from the day after its last; reporting ends it."""
    lab = make.institute()
    number = funded(lab, add_months(TODAY, -13))
    assert [step.is_overdue(TODAY) for step in clock_of(number).steps] == [True, True, False]
    assert (late(Duty.DISCLOSE), late(Duty.START), late(Duty.CONVERT)) == ([number], [number], [])
    conversion.disclose(lab.actor, number, parse(DisclosureInput, DISCLOSURE))
    conversion.start(lab.actor, number, parse(PlanInput, PLAN))
    assert (late(Duty.DISCLOSE), late(Duty.START), late(Duty.CONVERT, add_months(TODAY, 12))) == ([], [], [number])
    found = clock_of(number)
    assert found.next is not None
    assert found.next.duty is Duty.CONVERT


def test_the_last_day_is_in_time(database: Settings) -> None:
    number = funded(make.institute(), add_months(TODAY, -24))
    assert late(Duty.CONVERT) == []
    assert late(Duty.CONVERT, TODAY + timedelta(days=1)) == [number]


def case_of(firm: Person, lab: Person, offer: int) -> int:
    match = make.matched(make.published(firm, "need"), offer)
    answer_match(firm.actor, match, AnswerKind.INTERESTED)
    case_id = answer_match(lab.actor, match, AnswerKind.INTERESTED)
    assert case_id is not None
    return case_id


def test_a_running_case_or_a_registered_contract_stops_the_clock(database: Settings) -> None:
    """The disclosure stays due; when the case ends without a contract, the clock runs again with its old dates."""
    firm, lab = make.enterprise(), make.institute()
    number = funded(lab, add_months(TODAY, -30))
    case_id = case_of(firm, lab, number)
    assert (late(Duty.DISCLOSE), late(Duty.START), late(Duty.CONVERT)) == ([number], [], [])
    stopped = clock_of(number)
    assert stopped.case is not None
    assert [step.is_open for step in stopped.steps] == [True, False, False]
    with reading() as session:
        version = session.get_one(Case, case_id).version
    cases.end_case(firm.actor, case_id, version, EndReason.PRICE)
    assert late(Duty.CONVERT) == [number]
    with transaction() as session:
        session.add(Contract(case_id=case_id, name="c", reg_state=RegistrationState.RECOGNISED,
                             created_at=clock.now(), updated_at=clock.now()))  # fmt: skip
    assert late(Duty.CONVERT) == []


def test_only_published_publicly_funded_achievements_have_a_clock(database: Settings) -> None:
    lab = make.institute()
    long_ago = add_months(TODAY, -40)
    make.published(lab, "achievement", funding="own", completed_on=f"{long_ago}")
    make.draft(lab, "achievement", funding="national", completed_on=f"{long_ago}")
    gone = funded(lab, long_ago)
    records.withdraw_record(lab.actor, "achievement", gone, make.version("achievement", gone))
    assert late(Duty.CONVERT) == []


def test_owners_are_reminded_once_before_and_once_after(database: Settings) -> None:
    """A month ahead and when overdue; running twice, or after a clock that jumped back, plans nothing new."""
    lab = make.institute()
    soon, now_late = funded(lab, add_months(TODAY, -6) + timedelta(days=20)), funded(lab, add_months(TODAY, -6) - timedelta(days=2))
    funded(lab, add_months(TODAY, -60))  # came to the platform years late: shown, not mailed
    assert remind_of_duties(database) == 2
    assert remind_of_duties(database) == 0
    with clock.at(clock.now() - timedelta(days=1)):
        remind_of_duties(database)
    planned = {(mail.payload["stage"], mail.payload["achievement_id"]) for mail in mails(DeliveryKind.CONVERSION_DUTY)}
    assert planned == {("soon", soon), ("overdue", now_late)}
    assert {mail.user_id for mail in mails(DeliveryKind.CONVERSION_DUTY)} == {lab.id}


def test_overdue_ones_are_offered_once_to_each_enterprise(database: Settings) -> None:
    """N20: two needs of one firm: one mail, about the better match; weak matches, other kinds and running cases: none."""
    lab, firm, second = make.institute(), make.enterprise(), make.enterprise()
    overdue_one, in_time = funded(lab, add_months(TODAY, -25)), funded(lab, add_months(TODAY, -7))
    needs = [make.published(firm, "need", title=f"需求{n}") for n in range(2)]
    make.matched(needs[0], overdue_one, 0.6, "fair")
    best = make.matched(needs[1], overdue_one, 0.9, "strong")
    make.matched(make.published(second, "need"), overdue_one, 0.3, "weak")
    make.matched(needs[0], in_time, 0.9, "strong")
    assert offer_overdue(database) == 1
    assert offer_overdue(database) == 0
    with reading() as session:
        rows = session.execute(select(ConversionOffer.achievement_id, ConversionOffer.organisation_id, ConversionOffer.match_id))
        assert [tuple(row) for row in rows] == [(overdue_one, firm.actor.org_id, best)]
    assert [mail.user_id for mail in mails(DeliveryKind.CONVERSION_OFFER)] == [firm.id]


def test_a_new_enterprise_is_offered_later_and_the_old_one_not_again(database: Settings) -> None:
    lab, firm, second = make.institute(), make.enterprise(), make.enterprise()
    number = funded(lab, add_months(TODAY, -25))
    make.matched(make.published(firm, "need"), number)
    assert offer_overdue(database) == 1
    make.matched(make.published(second, "need"), number)
    with clock.at(clock.now() + timedelta(days=1)):
        assert offer_overdue(database) == 1
    assert [mail.user_id for mail in mails(DeliveryKind.CONVERSION_OFFER)] == [firm.id, second.id]


def test_reports_are_checked(settings: Settings) -> None:
    """A day to come, nothing disclosed without a word, and an unknown way are refused at their fields."""
    lab = make.institute()
    number = funded(lab, add_months(TODAY, -3))
    with pytest.raises(Invalid) as refused:
        conversion.disclose(lab.actor, number, parse(DisclosureInput, {**DISCLOSURE, "disclosed_on": "2026-11-27"}))
    assert set(refused.value.errors) == {"disclosed_on"}
    with pytest.raises(Invalid) as refused:
        parse(DisclosureInput, {**DISCLOSURE, "rights": []})
    assert set(refused.value.errors) == {"remark"}
    with pytest.raises(Invalid) as refused:
        parse(PlanInput, {**PLAN, "mode": "barter", "text": ""})
    assert set(refused.value.errors) == {"mode", "text"}
    with pytest.raises(Invalid):
        conversion.start(lab.actor, number, parse(PlanInput, {**PLAN, "started_on": "2027-01-01"}))


def test_who_may_report(settings: Settings) -> None:
    """The owner alone, of what is publicly funded; foreign and unknown ids are the same."""
    lab = make.institute()
    number = funded(lab, add_months(TODAY, -3))
    given = parse(DisclosureInput, DISCLOSURE)
    for stranger in (make.institute(), make.enterprise()):
        with pytest.raises(NotFound):
            conversion.disclose(stranger.actor, number, given)
    with pytest.raises(Conflict):
        conversion.disclose(lab.actor, make.published(lab, "achievement"), given)
    with pytest.raises(NotAllowed):
        conversion.offer(lab.actor, [number])
    conversion.disclose(lab.actor, number, given)
    conversion.disclose(lab.actor, number, parse(DisclosureInput, {**DISCLOSURE, "project_ref": "其他"}))
    with reading() as session:
        events = session.scalar(select(func.count()).where(AuditEvent.action == "conversion.disclose"))
    assert events == 2


def test_the_calendar_alone_reminds(settings: Settings) -> None:
    window = (TODAY - timedelta(days=1), TODAY)
    with pytest.raises(NotAllowed):
        conversion.remind(make.institute().actor, "soon", Duty.START, window, [])
    with pytest.raises(Conflict):
        conversion.remind(SYSTEM, "soon", Duty.START, window, [])
