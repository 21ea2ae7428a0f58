"""The whole demonstration on an empty database: everything that a page wants to show is there, and was done properly."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

import demo
from config import settings as settings_module
from config.settings import Settings
from demo import listings
from demo.cases import AGREED, PROPOSED, TRIAL
from demo.people import PEOPLE
from demo.story import Story
from indexes.check import differences
from indexes.opening import encoder_or_none, open_engine
from matcher import clock, db, desk, files, inbox
from matcher.actor import Actor, actor_of
from matcher.board import CaseFilter, find_cases
from matcher.contracts.completeness import missing
from matcher.conversion.status import bound, clocks
from matcher.digest.plans import delivery_of, items_of
from matcher.digest.weeks import week_of
from matcher.disclosure.export import export_lines, verify_lines
from matcher.models import (
    Achievement,
    Answer,
    AuditEvent,
    Case,
    CaseEvent,
    CaseException,
    CaseFile,
    CaseTask,
    Contract,
    ConversionOffer,
    Delivery,
    Expert,
    FinanceNeed,
    IntegrityRecord,
    Match,
    Meeting,
    Membership,
    Need,
    OfficerPost,
    Organisation,
    OutboxItem,
    Receipt,
    Reception,
    RightsTable,
    SealedRange,
    Station,
    User,
    ViewCount,
    Visit,
    Voucher,
    VoucherOrder,
)
from matcher.passwords import verify_password
from matcher.pricing import public
from matcher.tasks.terms import OFFICERS
from matcher.vouchers.ledger import balances
from tests.fixtures.platform import _base_environment
from workers.matching import match_item

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
START = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # a Tuesday, 10:30 in Shanghai


def environment(folder: Path) -> dict[str, str]:
    """Settings of a demonstration in that folder."""
    return {**_base_environment(folder), "ENVIRONMENT": "demo"}


@pytest.fixture(scope="module")
def loaded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was loaded at START."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "daqiao.sqlite3")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Settings.model_config, "env_file", None)
        for name, value in environment(folder).items():
            patch.setenv(name, value)
        settings_module.get_settings.cache_clear()
        settings = settings_module.get_settings()
        db.configure(settings)
        seen: list[tuple[str, int, int]] = []
        with clock.at(START):
            assert demo.load(settings, match_item, lambda *step: seen.append(step))
        assert {part for part, _, _ in seen} == {"vectors", "history"}
        assert seen[-1][1] == seen[-1][2]
        db._dispose()
    settings_module.get_settings.cache_clear()
    return folder


@pytest.fixture(autouse=True)
def settings(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The demonstration's database, at the moment after its start."""
    for name, value in environment(loaded).items():
        monkeypatch.setenv(name, value)
    settings_module.get_settings.cache_clear()
    settings = settings_module.get_settings()
    db.configure(settings)
    with clock.at(START):
        yield settings
    db._dispose()


def states(model: type[Need | Achievement | Expert]) -> dict[str, int]:
    """How many records stand where."""
    with db.reading() as session:
        return Counter(session.scalars(select(model.state)))


def somebody(key: str) -> Actor:
    """A person of the demonstration as they act now."""
    email = next(person.email for person in PEOPLE if person.key == key)
    with db.reading() as session:
        return actor_of(session, session.scalars(select(User).where(User.email == email)).one())


def test_the_promised_listings_are_there() -> None:
    """All sample records published; drafts, one of each kind in review, and returned ones with their remarks."""
    # 40 samples, what a client said at a counter, and two of the past
    assert states(Need) == {"published": 41, "draft": 3, "submitted": 1, "returned": 1, "expired": 2}
    assert states(Achievement) == {"published": 200, "draft": 1, "submitted": 1, "returned": 1}
    assert states(Expert) == {"published": 12}
    with db.reading() as session:
        remarks = session.scalars(select(Need.review_remark).where(Need.state == "returned")).all()
        assert all(remarks)
        assert session.scalar(select(func.count()).select_from(Need).where(Need.anonymous)) == 2


def test_people_and_organisations_are_there() -> None:
    """28 organisations, one of them waiting; 46 people, one of them waiting to join; brokers with profiles."""
    with db.reading() as session:
        orgs = Counter(session.scalars(select(Organisation.state)))
        members = Counter(session.scalars(select(Membership.state)))
        users = session.scalars(select(User)).all()
        assert orgs == {"checked": 27, "pending": 1}
        assert members == {"active": 33, "pending": 1}
        assert len(users) == 46
        assert verify_password(users[0].password_hash, demo.PASSWORD)
        assert all(user.broker_profile for user in users if user.role == "broker")


def test_matches_have_reasons_and_the_right_ones_are_strong() -> None:
    """Every match names its version, its snapshot and reasons; most needs meet the achievement made for them."""
    with db.reading() as session:
        matches = session.scalars(select(Match)).all()
        needs = {match.need_id for match in matches if match.level in ("strong", "fair")}
    assert len(matches) > 100
    assert all(match.reasons["reasons"] and match.snapshot_id and match.ranking_version for match in matches)
    assert len(needs) >= 35


def test_index_agrees_with_the_record_and_nothing_waits(settings: Settings) -> None:
    """12: missing, extra and stale documents would be found here; the outbox is empty."""
    with closing(open_engine(settings)) as engine:
        assert differences(engine, encoder_or_none(settings)).ids == []
    with db.reading() as session:
        assert set(session.scalars(select(OutboxItem.stage))) == {"done"}


def test_three_cases_stand_at_different_stages(settings: Settings) -> None:
    """One in trial with messages, files and a next step, one agreed and overdue, one that waits for both sides."""
    with db.reading() as session:
        early = [row["title"] for row in listings.read("needs.jsonl") if row["need_id"] in (TRIAL, AGREED, PROPOSED)]
        cases = session.scalars(
            select(Case).where(Case.need.has(Need.title.in_(early))).order_by(Case.number)
        ).all()
        kinds = Counter(event.kind for event in cases[0].events)
        stored = session.scalars(select(CaseFile)).all()
        mine = find_cases(session, somebody("enterprise"), CaseFilter())
    assert cases[0].number == "DQ-2026-000001"
    assert [case.state for case in cases] == ["trial", "agreed", "proposed"]
    assert [desk.is_overdue(case) for case in cases] == [False, True, False]
    # when late tasks climb depends on the weekday of the start
    assert {kind: count for kind, count in kinds.items() if not kind.startswith("task_")} == {
        "note": 1,
        "opened": 1,
        "assigned": 2,  # by proposal, then by the operator
        "message": 6,
        "moved": 2,
        "file": 2,
        "planned": 1,
        "finance": 1,
        "exception_requested": 1,
        "exception_approved": 1,
            "meeting_called": 2,
            "meeting_held": 1,
            "decision": 1,
    }
    assert all(files.path_of(settings, file).is_file() for file in stored)
    assert all(case.broker_id for case in cases)
    assert len(mine) == 2


def test_traces_of_disclosure_and_of_what_bars(settings: Settings) -> None:
    """N11, M51, M59: chains that agree, a record lifted and one whose appeal waits, an exception decided and one not."""
    with db.reading() as session:
        owners = set(session.scalars(select(Receipt.owner_id)))
        for owner in owners:
            lines = export_lines(session, session.get_one(Organisation, owner))
            assert verify_lines(line.encode() for line in lines)[1] is None
        records = session.scalars(select(IntegrityRecord).order_by(IntegrityRecord.id)).all()
        states = session.scalars(select(CaseException.state).order_by(CaseException.id)).all()
    assert len(owners) > 2
    assert [(each.lifted_at is None, each.appealed_at is None) for each in records] == [(False, True), (True, False)]
    assert states == ["approved", "requested"]


def test_matches_are_answered_in_every_way() -> None:
    """有兴趣, 稍后再看 and 不合适 with different reasons, by both sides; most matches are still open."""
    with db.reading() as session:
        answers = session.scalars(select(Answer)).all()
        box = inbox.counts(session, somebody("enterprise"))
    assert {answer.answer for answer in answers} == {"interested", "later", "refused"}
    assert {answer.side for answer in answers} == {"need", "offer"}
    assert len({answer.reason for answer in answers if answer.reason}) >= 4
    assert box[inbox.Box.OPEN] > 0


def test_digests_of_some_weeks_went_out_and_this_weeks_waits(settings: Settings) -> None:
    """Past ones count as sent, this week's is planned for the mailer; the demo's enterprise has something new."""
    week = week_of(START, settings.zone)
    with db.reading() as session:
        rows = session.execute(
            select(Delivery.key, Delivery.state).where(Delivery.kind == "digest").order_by(Delivery.key)
        ).all()
        own = delivery_of(session, somebody("enterprise").user_id or 0, week)
    by_week = {key: {state for found, state in rows if found == key} for key, _ in rows}
    assert len(by_week) == 6
    assert by_week[week] == {"planned", "skipped"}
    assert sum("sent" in found for found in by_week.values()) >= 3
    assert own is not None
    assert items_of(own.payload)


def test_views_of_three_weeks_are_counted() -> None:
    """Only published records are seen, on days after they were published."""
    with db.reading() as session:
        days = session.scalars(select(ViewCount.day).distinct()).all()
        shown, opened = session.execute(select(func.sum(ViewCount.shown), func.sum(ViewCount.opened))).one()
    assert len(days) >= 14
    assert shown > opened > 100


def test_everything_lies_in_the_past_and_in_the_trail() -> None:
    """History ends before the start; publishing, answers and steps were actions with an event each."""
    with db.reading() as session:
        assert session.scalar(select(func.max(AuditEvent.at))) <= START
        actions = Counter(session.scalars(select(AuditEvent.action)))
        first, last = session.execute(select(func.min(Match.created_at), func.max(Match.created_at))).one()
        premature = session.scalar(
            select(func.count())
            .select_from(Match)
            .join(Need, Need.id == Match.need_id)
            .where(Match.created_at < Need.published_at)
        )
    assert actions["record.review"] == 40 + 200 + 12 + 2 + 2  # samples, returned ones, and needs that ran out
    assert premature == 0
    assert (last - first).days > 21


def test_loading_again_does_nothing(settings: Settings) -> None:
    """A second start finds it loaded."""
    assert demo.is_loaded()
    assert not demo.load(settings, match_item)
    assert states(Need)["published"] == 41


@pytest.mark.parametrize("days", range(7))
def test_whatever_the_weekday_something_came_just_before_this_weeks_digest(days: int) -> None:
    """The best achievements of some needs are published in the week that this week's digest looks back on."""
    zone = ZoneInfo("Asia/Shanghai")
    story = Story(datetime(2026, 11, 23, 15, tzinfo=zone) + timedelta(days=days), zone)
    published = story.day(listings._day(story, {"need_id": "c22", "grade": 3}))
    assert published == date(2026, 11, 20)


def test_conversion_deadlines_stand_at_different_places() -> None:
    """Some duties are open, some done, some overdue, and what is overdue was offered to enterprises."""
    today = clock.today(ZoneInfo("Asia/Shanghai"))
    with db.reading() as session:
        found = session.scalars(select(Achievement).where(bound())).all()
        running = clocks(session, found).values()
        offers = session.scalar(select(func.count()).select_from(ConversionOffer)) or 0
    late = sum(bool(each.overdue(today)) for each in running)
    assert 5 <= late < len(running) / 2
    assert any(step.done_on for each in running for step in each.steps)
    assert any(each.case is not None for each in running)
    assert offers > 0


def test_money_is_there_at_every_stage() -> None:
    """Vouchers that wait, are used up to settlement and end soon; rights, a finance need; ledgers that balance."""
    with db.reading() as session:
        vouchers = {voucher.author.name: voucher for voucher in session.scalars(select(Voucher))}
        assert Counter(voucher.state for voucher in vouchers.values()) == {"issued": 3, "applied": 1}
        assert {order.state for order in session.scalars(select(VoucherOrder))} == {"settled", "evidenced"}
        for voucher in vouchers.values():
            assert sum(balances(voucher.entries).values()) == 0
        assert session.scalar(select(func.count()).select_from(RightsTable)) >= 1
        assert [len(need.referrals) for need in session.scalars(select(FinanceNeed))] == [1]


def test_the_four_officers_are_at_work() -> None:
    """Named, one visit written down, and something late that has climbed beyond the first of them."""
    with db.reading() as session:
        duties = set(session.scalars(select(OfficerPost.duty)))
        assert duties == set(OFFICERS)
        assert session.scalar(select(func.count()).select_from(Visit)) == 1
        assert max(session.scalars(select(CaseTask.level))) >= 2


def test_one_meeting_was_held_and_one_is_to_come() -> None:
    """Yes and no to the first, its minutes became tasks and a decision; the second still waits for an answer."""
    with db.reading() as session:
        held, planned = session.scalars(select(Meeting).order_by(Meeting.starts_at)).all()
        assert (held.state, planned.state) == ("held", "planned")
        assert held.starts_at.astimezone(UTC) < START < planned.starts_at.astimezone(UTC)
        assert {guest.reply for guest in held.guests} == {"accepted", "declined"}
        assert {guest.reply for guest in planned.guests} == {"accepted", "open"}
        agreed = session.scalars(select(CaseTask).where(CaseTask.origin == "meeting")).all()
        assert [task.state for task in agreed] == ["done", "done"]
        decision = select(CaseEvent).where(CaseEvent.case_id == held.case_id, CaseEvent.kind == "decision")
        assert session.scalars(decision).one().data["meeting_id"] == held.id


def test_one_case_rests_and_another_has_rested() -> None:
    """Only the one that waits for next spring's fields is paused now, until a day to come."""
    with db.reading() as session:
        resting = session.scalars(select(Case).where(Case.paused_at.is_not(None))).one()
        assert (resting.pause_reason, resting.state) == ("season", "connected")
        assert resting.due_at is not None
        assert resting.due_at.astimezone(UTC) > START + timedelta(days=30)
        rested = session.scalars(select(CaseEvent.case_id).where(CaseEvent.kind == "continued")).one()
        assert rested != resting.id


def test_prices_stand_at_different_points() -> None:
    """A gap that sealed ranges told of, a notice whose objection was decided, an auction with bids above its reserve."""
    with db.reading() as session:
        (sale,) = public.sales(session)
        (notice,) = public.notices(session)
        assert [bid.amount for bid in sale.bids] == [95, 85, 80]
        assert (len(sale.participants), sale.reserve) == (3, 90)
        assert notice.state == "running"
        assert [objection.state for objection in notice.objections] == ["rejected"]
        gaps = session.scalars(select(SealedRange.gap).distinct()).all()
        assert gaps == ["near"]
        assert session.scalars(select(SealedRange.id).where(SealedRange.box.is_not(None))).all() == []


def test_a_contract_went_from_the_price_to_the_money() -> None:
    """M41: after its notice signed, corrected once, recognised, half paid; a delivery waits for the buyer."""
    with db.reading() as session:
        contract = session.scalars(select(Contract).where(Contract.reg_no == "2026220000000017")).one()
        assert contract.case.state == "performing"
        assert [step.state for step in contract.registration] == ["accepted", "returned", "accepted", "recognised"]
        assert [payment.amount for payment in contract.payments] == [300_000]
        assert [each.state for each in contract.milestones] == ["delivered", "planned"]
        assert missing(contract) == {}


def test_a_client_who_came_in_has_a_case() -> None:
    """Two stations; the client's need was published on sight, and what fits best was proposed with their word."""
    with db.reading() as session:
        assert len(session.scalars(select(Station)).all()) == 2
        reception = session.scalars(select(Reception)).one()
        case = session.scalars(select(Case).where(Case.need_id == reception.need_id)).one()
        assert (case.channel, case.station_id) == ("counter", reception.station_id)
        assert case.need_agreed_at is not None
        assert case.offer_agreed_at is None
