"""公示: how long it lasts, what stops its clock, and that nothing is signed before it ended in peace."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions.cases import end_case
from matcher.actions.notices import close_notice, decide_objection, file_objection, start_notice
from matcher.actions.pausing import continue_case, pause_case
from matcher.actions.pricing import withdraw_price
from matcher.actions.sales import open_listing
from matcher.actor import SYSTEM, VISITOR
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.pricing import ListingInput, ObjectionInput
from matcher.models import Delivery, Membership, Notice, Objection
from matcher.pricing import public
from matcher.pricing.period import last_second, lasts_until, resumed_end
from matcher.vocabulary import CaseState, EndReason, MembershipState, PauseReason
from matcher.workdays import due_after, end_of, local_day
from tests import factories as make
from tests.prices import Talks, agree_price
from workers.price_clocks import close_notices

SHANGHAI_MIDNIGHT = 16  # o'clock in UTC
SETTINGS = Settings()  # which these sweeps do not read


def objection(reason: str = "这项成果的权属有争议，请核实。") -> ObjectionInput:
    """An objection by somebody."""
    return parse(ObjectionInput, {"name": "张三", "contact": "zhang@example.org", "reason": reason})


def notice_of(number: int) -> Notice:
    """The notice as it is now."""
    with reading() as session:
        return session.get_one(Notice, number)


@pytest.fixture
def talks(database: Settings) -> Talks:
    """A public owner's case with an agreed price."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab)
    return talks


def refused_to_sign(talks: Talks) -> bool:
    """Whether the bridge refuses the contract because of the price; a refusal leaves the case where it was."""
    refused = bool(talks.lacking(CaseState.SIGNED))
    if refused:
        with pytest.raises(Conflict):
            talks.move(CaseState.SIGNED)
    return refused


@pytest.mark.parametrize(
    ("started", "last"),
    [
        (datetime(2026, 11, 25, 3, tzinfo=UTC), "2026-12-10"),  # fifteen days after 25 November
        (datetime(2026, 11, 25, 15, 59, tzinfo=UTC), "2026-12-10"),  # one minute to midnight
        (datetime(2026, 11, 25, 16, 1, tzinfo=UTC), "2026-12-11"),  # the next day in Shanghai
        (datetime(2026, 11, 27, 3, tzinfo=UTC), "2026-12-14"),  # ends on a Saturday: the Monday after
        (datetime(2026, 9, 17, 3, tzinfo=UTC), "2026-10-08"),  # ends in the National Day holidays
    ],
)
def test_the_day_it_begins_does_not_count(started: datetime, last: str, settings: Settings) -> None:
    """民法典 201, 203: from the next day, to the end of the last one, holidays moved on."""
    end = lasts_until(started, 15)
    assert end.hour == SHANGHAI_MIDNIGHT
    assert (end.astimezone(settings.zone) - timedelta(seconds=1)).date().isoformat() == last


def test_what_was_left_is_left(settings: Settings) -> None:
    """After an objection the rest of the notice follows, and at least three days."""
    start = datetime(2026, 11, 25, 3, tzinfo=UTC)
    end = lasts_until(start, 15)
    early = resumed_end(end, start + timedelta(days=5), start + timedelta(days=12))
    assert early - end == timedelta(days=7)
    late = resumed_end(end, end - timedelta(hours=1), end + timedelta(days=2))
    assert late - (end + timedelta(days=2)) >= timedelta(days=3)


def test_a_notice_runs_fifteen_days_and_opens_the_contract(talks: Talks) -> None:
    """Not signed a second before its end, signed at its end, by our clock alone; started once."""
    number = start_notice(talks.lab.actor, talks.id)
    with pytest.raises(Conflict):
        start_notice(talks.lab.actor, talks.id)
    assert talks.case.state == "notice"
    notice = notice_of(number)
    assert talks.case.due_at == last_second(notice.ends_at)
    assert notice.ends_at - notice.started_at >= timedelta(days=15)
    with clock.at(notice.ends_at - timedelta(seconds=1)):
        assert refused_to_sign(talks)
        assert close_notices(SETTINGS) == 0
    with clock.at(notice.ends_at):
        assert not refused_to_sign(talks)


def test_the_clocks_close_it_once(talks: Talks) -> None:
    """A sweep that runs twice closes once and tells once; the broker is to sign next."""
    number = start_notice(talks.broker.actor, talks.id)
    with clock.at(notice_of(number).ends_at + timedelta(minutes=1)):
        assert [close_notices(SETTINGS) for _ in range(2)] == [1, 0]
        with pytest.raises(Conflict):
            close_notice(SYSTEM, number)
    assert notice_of(number).state == "ended"
    assert (talks.case.next_party, talks.case.next_step) == ("broker", "签订合同")
    with reading() as session:
        told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "notice_ended")).all()
    assert sorted(told) == sorted({talks.firm.id, talks.lab.id, talks.broker.id})
    assert not refused_to_sign(talks)  # also when this machine's clock then jumps back


def test_an_objection_stops_the_clock(talks: Talks) -> None:
    """While it is open nothing is signed however late it is; after it was found groundless the rest follows."""
    number = start_notice(talks.lab.actor, talks.id)
    before = notice_of(number)
    with clock.at(before.started_at + timedelta(days=10)):
        found = file_objection(VISITOR, number, objection())
    assert (notice_of(number).state, talks.case.next_step) == ("paused", "处理公示异议")
    with clock.at(before.ends_at + timedelta(days=30)):
        assert close_notices(SETTINGS) == 0
        assert refused_to_sign(talks)
        decide_objection(talks.lab.actor, talks.id, found, uphold=False, decision="已核实，权属清楚。")
        assert refused_to_sign(talks)
    after = notice_of(number)
    assert after.state == "running"
    assert timedelta(days=35) <= after.ends_at - before.ends_at <= timedelta(days=40)
    assert talks.case.due_at == last_second(after.ends_at)
    with clock.at(after.ends_at):
        assert not refused_to_sign(talks)


def test_every_objection_must_be_decided(talks: Talks) -> None:
    """Two objections: the clock goes on after the second decision."""
    number = start_notice(talks.lab.actor, talks.id)
    first, second = (file_objection(VISITOR, number, objection(f"理由之{n}，请予以核实处理。")) for n in "一二")
    decide_objection(talks.lab.actor, talks.id, first, uphold=False, decision="不成立")
    assert notice_of(number).state == "paused"
    decide_objection(talks.staff.actor, talks.id, second, uphold=False, decision="不成立")
    assert notice_of(number).state == "running"


def test_an_upheld_objection_ends_the_price(talks: Talks) -> None:
    """The price is off, the case is back at 议价, and a new price needs a whole new notice."""
    number = start_notice(talks.lab.actor, talks.id)
    found = file_objection(VISITOR, number, objection())
    decide_objection(talks.staff.actor, talks.id, found, uphold=True, decision="权属确有争议")
    assert (notice_of(number).state, talks.case.state, talks.pricing) == ("failed", "pricing", None)
    assert refused_to_sign(talks)
    agree_price(talks.id, talks.firm, talks.lab, "70")
    assert notice_of(start_notice(talks.lab.actor, talks.id)).days == 15


def test_who_decides(talks: Talks) -> None:
    """The owner and operators; not the other side, the broker or strangers; with reasons, and once."""
    number = start_notice(talks.lab.actor, talks.id)
    found = file_objection(VISITOR, number, objection())
    for person in (talks.firm, talks.broker, make.institute()):
        with pytest.raises(NotFound):
            decide_objection(person.actor, talks.id, found, uphold=False, decision="不成立")
    with pytest.raises(Invalid):
        decide_objection(talks.lab.actor, talks.id, found, uphold=False, decision="")
    with pytest.raises(NotFound):
        decide_objection(talks.staff.actor, Talks().id, found, uphold=False, decision="别的工单")
    decide_objection(talks.lab.actor, talks.id, found, uphold=False, decision="不成立")
    with pytest.raises(Conflict):
        decide_objection(talks.lab.actor, talks.id, found, uphold=True, decision="改主意了")


def test_the_wrong_side_starts_no_notice(talks: Talks) -> None:
    """Bad input: the other side, strangers; only the calendar closes one."""
    for person in (talks.firm, make.institute()):
        with pytest.raises(NotFound):
            start_notice(person.actor, talks.id)
    number = start_notice(talks.lab.actor, talks.id)
    with pytest.raises(NotAllowed):
        close_notice(talks.staff.actor, number)


def test_late_and_doubled_objections_are_refused(talks: Talks) -> None:
    """Bad input: the same one twice, one after the end, one to no notice."""
    number = start_notice(talks.lab.actor, talks.id)
    file_objection(VISITOR, number, objection())
    with pytest.raises(Conflict):
        file_objection(VISITOR, number, objection())
    other = Talks()
    agree_price(other.id, other.firm, other.lab)
    late = start_notice(other.lab.actor, other.id)
    with clock.at(notice_of(late).ends_at), pytest.raises(Conflict):
        file_objection(VISITOR, late, objection())
    with pytest.raises(NotFound):
        file_objection(VISITOR, 999, objection())
    with reading() as session:
        assert len(session.scalars(select(Objection)).all()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": "张"}, "name"), ({"contact": "1"}, "contact"), ({"reason": "不行"}, "reason"), ({"reason": "字" * 2001}, "reason"),
     ({"name": "张\x00三"}, "name")],
)  # fmt: skip
def test_bad_objections(values: dict[str, str], field: str) -> None:
    """Bad input: too short, too long, control characters."""
    with pytest.raises(Invalid) as refused:
        parse(ObjectionInput, {"name": "张三", "contact": "zhang@example.org", "reason": "这项成果的权属有争议。", **values})
    assert list(refused.value.errors) == [field]


def test_a_withdrawn_price_takes_its_notice_down(talks: Talks) -> None:
    """It no longer stands in public, the case is back at 议价."""
    number = start_notice(talks.lab.actor, talks.id)
    assert talks.pricing is not None
    withdraw_price(talks.firm.actor, talks.id, talks.pricing.id, "预算有变")
    assert (notice_of(number).state, talks.case.state) == ("withdrawn", "pricing")
    with reading() as session:
        assert public.public_notice(session, number) is None
        assert public.notice_counts(session) == (0, 0)


def test_an_ended_case_shows_no_notice(talks: Talks) -> None:
    """At once in public, and for good when the clocks have seen it; no objection is taken."""
    number = start_notice(talks.lab.actor, talks.id)
    end_case(talks.broker.actor, talks.id, talks.case.version, EndReason.FUNDS)
    with reading() as session:
        assert public.notices(session) == []
    with pytest.raises(Conflict):
        file_objection(VISITOR, number, objection())
    assert close_notices(SETTINGS) == 1
    assert notice_of(number).state == "withdrawn"


def test_a_broker_of_the_owner_hears_once(talks: Talks) -> None:
    """A broker who belongs to the achievement's organisation would be told twice under one key, and nobody could object."""
    with transaction() as session:
        session.add(
            Membership(
                user_id=talks.broker.id,
                organisation_id=talks.lab.actor.org_id or 0,
                state=MembershipState.ACTIVE,
                created_at=clock.now(),
            )
        )
    file_objection(VISITOR, start_notice(talks.lab.actor, talks.id), objection())
    with reading() as session:
        told = session.scalars(select(Delivery.user_id).where(Delivery.kind == "objection_filed")).all()
    assert sorted(told) == sorted([talks.lab.id, talks.broker.id])


def test_a_rest_outlasts_the_end_of_a_notice(talks: Talks) -> None:
    """A paused case goes on on its own day, not on one that the notice's end happens to set; what is left then counts."""
    number = start_notice(talks.lab.actor, talks.id)
    until = local_day(clock.now()) + timedelta(days=90)
    pause_case(talks.firm.actor, talks.id, talks.case.version, PauseReason.SEASON, until)
    with clock.at(notice_of(number).ends_at):
        assert close_notices(SETTINGS) == 1
        assert (talks.case.due_at, talks.case.paused_left) == (end_of(until), 10)
        continue_case(talks.lab.actor, talks.id)
        assert talks.case.due_at == due_after(clock.now(), 10)


def test_no_notice_and_no_sale_begin_while_the_case_rests(talks: Talks) -> None:
    """Both are steps of the case, which `case.move` refuses then, too."""
    other = Talks()
    for case in (talks, other):
        pause_case(case.firm.actor, case.id, case.case.version, PauseReason.SEASON, local_day(clock.now()) + timedelta(days=9))
    with pytest.raises(Conflict, match="暂停"):
        start_notice(talks.lab.actor, talks.id)
    with pytest.raises(Conflict, match="暂停"):
        open_listing(other.lab.actor, other.id, parse(ListingInput, {"price": "100", "days": "30"}))
