"""仍有效? (N5): who is asked when, what silence leads to, and that clocks may jump."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import records
from matcher.actions.freshness import archive_record, ask_after, remind_of, revive_record
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.freshness.terms import ExpiryReason, days_ago
from matcher.models import AuditEvent, Delivery, DeliveryKind, Match, OutboxItem
from matcher.vocabulary import MatchState, RecordState
from tests import factories as make
from workers.freshness import keep_fresh

DAY = timedelta(days=1)


def mails(stage: str) -> list[Delivery]:
    with reading() as session:
        found = session.scalars(select(Delivery).where(Delivery.kind == DeliveryKind.FRESHNESS))
        return [row for row in found if row.payload["stage"] == stage]


def night(settings: Settings, days: int) -> int:
    """The sweep so many days from now."""
    with clock.at(clock.now() + days * DAY):
        return keep_fresh(settings)


def test_asked_reminded_archived_and_brought_back(database: Settings) -> None:
    """M43: 60 days, 14 more, 30 more; each step once, each told once; one click brings it back with its open matches' way."""
    firm, lab = make.enterprise(), make.institute()
    need, offer = make.published(firm, "need"), make.published(lab, "achievement")
    match = make.matched(need, offer)
    records.confirm_record(lab.actor, "achievement", offer)
    with clock.at(clock.now() + 50 * DAY):
        records.confirm_record(lab.actor, "achievement", offer)
    steps = [night(database, days) for days in (59, 60, 60, 73, 74, 74, 103, 104, 104)]
    assert steps == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert [len(mails(stage)) for stage in ("ask", "remind", "archive")] == [1, 1, 1]
    assert {mail.user_id for mail in mails("ask")} == {firm.id}
    record = make.load("need", need)
    assert (record.state, record.expiry_reason) == (RecordState.EXPIRED, ExpiryReason.SILENT)
    with reading() as session:
        assert session.get_one(Match, match).state == MatchState.CLOSED
    revive_record(firm.actor, "need", need)
    record = make.load("need", need)
    assert (record.state, record.asked_at, record.silent_since, record.expiry_reason) == ("published", None, None, "")
    with pytest.raises(Conflict):
        revive_record(firm.actor, "need", need)


def test_sinking_reaches_the_index_and_asking_does_not(settings: Settings) -> None:
    """A record that is only asked after stays as it is; one that sinks is carried to the index behind people's edits."""
    need = make.published(make.enterprise(), "need")
    before = make.version("need", need)
    night(settings, 60)
    assert make.version("need", need) == before
    night(settings, 74)
    assert make.version("need", need) == before + 1
    with reading() as session:
        assert session.scalars(select(OutboxItem.priority).order_by(OutboxItem.id.desc())).first() == 10


def test_confirming_ends_the_question(database: Settings) -> None:
    """An answer in time: no reminder, and the next question comes 60 days after the answer."""
    firm = make.enterprise()
    need = make.published(firm, "need")
    night(database, 60)
    with clock.at(clock.now() + 65 * DAY):
        records.confirm_record(firm.actor, "need", need)
    assert [night(database, days) for days in (80, 124, 125)] == [0, 0, 1]
    assert len(mails("ask")) == 2


def test_a_platform_that_was_off_asks_before_it_archives(settings: Settings) -> None:
    """After a year of silence of the platform itself, nobody's record sinks or goes unasked."""
    need = make.published(make.enterprise(), "need", valid_until=(clock.now() + 900 * DAY).date())
    assert night(settings, 400) == 1
    record = make.load("need", need)
    assert (record.state, record.silent_since) == (RecordState.PUBLISHED, None)
    assert night(settings, 401) == 0


def test_a_clock_that_jumps_back_sends_nothing_twice(database: Settings) -> None:
    """89: forward by 80 days, back, forward again: one question, one reminder, nothing archived early."""
    make.published(make.enterprise(), "need")
    assert [night(database, days) for days in (80, 10, 60, 94, 20, 94, 80)] == [1, 0, 0, 1, 0, 0, 0]
    assert [len(mails(stage)) for stage in ("ask", "remind", "archive")] == [1, 1, 0]


def test_two_sweeps_at_once_plan_each_mail_once(database: Settings) -> None:
    """The second finds nothing due; even with the row put back, the key admits no second mail."""
    need = make.published(make.enterprise(), "need")
    with clock.at(clock.now() + 60 * DAY):
        assert ask_after(SYSTEM, "need", [need]) == 1
        with pytest.raises(Conflict):
            ask_after(SYSTEM, "need", [need])
    assert len(mails("ask")) == 1


def test_who_is_asked(settings: Settings) -> None:
    """The author; once they have left, every member of the organisation; of nobody, nobody, and it still ends."""
    from matcher.actions.organisations import leave_organisation

    firm = make.enterprise()
    need = make.published(firm, "need")
    leave_organisation(firm.actor)
    night(settings, 60)
    assert mails("ask") == []
    assert make.load("need", need).asked_at is not None


def test_experts_and_achievements_are_asked_too(settings: Settings) -> None:
    lab = make.institute()
    make.published(lab, "achievement")
    make.published(lab, "expert")
    make.draft(lab, "achievement", title="草稿")
    assert night(settings, 60) == 2


def test_what_was_changed_unreviewed_does_not_come_back_by_one_click(settings: Settings) -> None:
    """An archived record that was edited since must pass the review again."""
    firm = make.enterprise()
    need = make.published(firm, "need")
    for days in (60, 74, 104):
        night(settings, days)
    records.save_record(firm.actor, "need", need, make.version("need", need), make.given("need", title="新的题目"))
    with pytest.raises(Conflict):
        revive_record(firm.actor, "need", need)
    assert make.load("need", need).state == RecordState.EXPIRED


def test_an_archived_need_whose_deadline_passed_must_be_updated(settings: Settings) -> None:
    firm = make.enterprise()
    need = make.published(firm, "need", deadline=(clock.now() + 90 * DAY).date())
    for days in (60, 74, 104):
        night(settings, days)
    with clock.at(clock.now() + 110 * DAY), pytest.raises(Invalid):
        revive_record(firm.actor, "need", need)


def test_people_cannot_run_the_calendar_and_strangers_cannot_revive(settings: Settings) -> None:
    firm, stranger = make.enterprise(), make.enterprise()
    need = make.published(firm, "need")
    for act in (ask_after, remind_of):
        with pytest.raises(NotAllowed):
            act(firm.actor, "need", [need])
    with pytest.raises(NotAllowed):
        archive_record(firm.actor, "need", need)
    for days in (60, 74, 104):
        night(settings, days)
    with pytest.raises(NotFound):
        revive_record(stranger.actor, "need", need)


def test_every_step_is_in_the_audit_trail(settings: Settings) -> None:
    need = make.published(make.enterprise(), "need")
    for days in (60, 74, 104):
        night(settings, days)
    with reading() as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-3:]
    assert [event.action for event in found] == ["freshness.ask", "freshness.remind", "record.archive"]
    assert [event.changes.get("ids", [event.object_id]) for event in found] == [[need]] * 3


@given(
    zone=st.sampled_from(sorted(zone for zone in available_timezones() if zone not in ("localtime", "Factory"))),
    moment=st.datetimes(*(datetime(year, 1, 1) for year in (2015, 2030)), timezones=st.just(UTC)),  # noqa: DTZ001
    hours=st.integers(0, 24 * 200),
    count=st.integers(1, 100),
)
def test_days_are_the_zones_own_days(zone: str, moment: datetime, hours: int, count: int) -> None:
    """Summer time of any zone, midnights that do not exist included: `count` local days have passed, or they have not."""
    settings = Settings(environment="test", timezone=zone)
    earlier = moment - timedelta(hours=hours)
    with clock.at(moment):
        limit = days_ago(count, settings)

    def day(when: datetime) -> date:
        return when.astimezone(ZoneInfo(zone)).date()

    assert (earlier < limit) == ((day(moment) - day(earlier)).days >= count)
