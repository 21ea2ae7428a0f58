"""Matching of one changed record on a real index, by words alone: what is stored, changed, closed and opened again."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from indexes.engine import EngineUnavailableError
from matcher import clock
from matcher.actions import cases, outbox, records
from matcher.actions import matches as answering
from matcher.actions.matching import MAX_ATTEMPTS, UNFIT, claim, postpone, settle
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, NotAllowed, NotFound
from matcher.models import AuditEvent, CorpusSnapshot, Match, OutboxItem, Stage
from matcher.vocabulary import AnswerKind, MatchState
from tests import factories
from tests.factories import Person
from tests.unit.workers.carrying import carry, item, match_all, matches, waiting
from workers import matching, snapshots


@pytest.fixture(autouse=True)
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model: vectors are the relay's, and are tested with it."""
    monkeypatch.setattr(matching, "encoder_or_none", lambda _settings: None)
    matching._open.cache_clear()


@pytest.fixture
def pair(settings: Settings) -> tuple[Person, Person, int, int]:
    """An enterprise and an institute with a need and an achievement that fit, matched."""
    enterprise, institute = factories.enterprise(), factories.institute()
    need, achievement = factories.published(enterprise, "need"), factories.published(institute, "achievement")
    match_all(settings)
    return enterprise, institute, need, achievement


def edit(person: Person, kind: str, record_id: int, **fields: object) -> None:
    """Change a published record, review included."""
    records.save_record(
        person.actor, kind, record_id, factories.version(kind, record_id), factories.given(kind, **fields)
    )
    publish(kind, record_id)


def publish(kind: str, record_id: int) -> None:
    records.review_record(SYSTEM, kind, record_id, factories.version(kind, record_id), publish=True)


def withdraw(person: Person, kind: str, record_id: int) -> None:
    records.withdraw_record(person.actor, kind, record_id, factories.version(kind, record_id))


UNRELATED = {
    "title": "Cataloguing old books",
    "abstract": "Scanning and full-text search for local libraries",
    "problem": "Chronicles are hard to search",
    "advantage": "Fast",
    "keywords": [],
    "indicators": [],
}


def test_one_row_with_what_it_was_computed_from(pair: tuple[Person, Person, int, int]) -> None:
    """A pair becomes one row, whichever side came last, with parts, level, versions and hashes (88: by words alone)."""
    _, _, need, achievement = pair
    found = matches()
    assert [(row.need_id, row.achievement_id, row.state) for row in found] == [
        (need, achievement, MatchState.OPEN)
    ]
    row = found[0]
    assert set(row.parts) == {"words"}
    assert 0.15 < row.probability <= 1
    assert row.level in {"strong", "fair", "weak"}
    assert len(row.need_hash) == len(row.achievement_hash) == 64
    assert row.snapshot_id is not None
    assert row.reasons["reasons"]
    assert waiting() == []


def test_one_event_for_each_item(pair: tuple[Person, Person, int, int]) -> None:
    """71: each matching of a record writes one event; what it added is counted."""
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "match.refresh")).all()
    assert len(events) == 2
    assert sum(event.changes["added"] for event in events) == 1


def test_again_changes_nothing(settings: Settings) -> None:
    """24: the same item again, or the other side's, changes no row."""
    factories.published(factories.enterprise(), "need")
    factories.published(factories.institute(), "achievement")
    match_all(settings)
    before = [(row.updated_at, row.score) for row in matches()]
    with transaction() as session:
        for row in session.scalars(select(OutboxItem).where(OutboxItem.id.in_([3, 6]))):
            row.stage, row.attempts = Stage.MATCH, 0
    match_all(settings)
    assert [(row.updated_at, row.score) for row in matches()] == before


def test_change_is_computed_anew(pair: tuple[Person, Person, int, int], settings: Settings) -> None:
    """A changed record gives its matches new hashes and versions; the row stays the same."""
    _, institute, _, achievement = pair
    old = matches()[0]
    edit(institute, "achievement", achievement, advantage="脱水快，能耗低，已中试，另有干燥余热回收。")
    match_all(settings)
    new = matches()[0]
    assert new.id == old.id
    assert new.achievement_hash != old.achievement_hash
    assert new.need_hash == old.need_hash
    assert new.achievement_version > old.achievement_version
    assert new.updated_at > old.updated_at
    assert new.state == MatchState.OPEN


def test_withdrawn_closes_and_published_again_opens(
    pair: tuple[Person, Person, int, int], settings: Settings
) -> None:
    """Withdrawal closes a record's matches at once; when it is published again they open again."""
    enterprise, _, need, _ = pair
    withdraw(enterprise, "need", need)
    match_all(settings)
    assert [(row.state, row.closed_reason) for row in matches()] == [(MatchState.CLOSED, "withdrawn")]
    records.submit_record(enterprise.actor, "need", need, factories.version("need", need))
    publish("need", need)
    match_all(settings)
    assert [(row.state, row.closed_reason) for row in matches()] == [(MatchState.OPEN, "")]


def test_under_review_closes(pair: tuple[Person, Person, int, int], settings: Settings) -> None:
    """A published record that is changed and waits for review has no open matches meanwhile."""
    enterprise, _, need, _ = pair
    changed = factories.given("need", problem="另一个问题，另一个问题。")
    records.save_record(enterprise.actor, "need", need, factories.version("need", need), changed)
    match_all(settings)
    assert [(row.state, row.closed_reason) for row in matches()] == [(MatchState.CLOSED, "submitted")]


def test_what_does_not_fit_any_more_closes(pair: tuple[Person, Person, int, int], settings: Settings) -> None:
    """Below 弱相关 a match closes, and opens when it fits again."""
    _, institute, _, achievement = pair
    edit(institute, "achievement", achievement, **UNRELATED)
    match_all(settings)
    assert [(row.state, row.closed_reason) for row in matches()] == [(MatchState.CLOSED, UNFIT)]
    edit(institute, "achievement", achievement)
    match_all(settings)
    assert [row.state for row in matches()] == [MatchState.OPEN]


def test_a_yes_keeps_it_open(pair: tuple[Person, Person, int, int], settings: Settings) -> None:
    """Somebody said yes and waits: the match stays, whatever the score is now."""
    enterprise, institute, _, achievement = pair
    answering.answer_match(enterprise.actor, matches()[0].id, AnswerKind.INTERESTED)
    edit(institute, "achievement", achievement, **UNRELATED)
    match_all(settings)
    assert [row.state for row in matches()] == [MatchState.OPEN]


def test_a_case_keeps_its_row(pair: tuple[Person, Person, int, int], settings: Settings) -> None:
    """A match that became a case keeps what it was decided on."""
    _, institute, need, achievement = pair
    cases.open_case(factories.broker().actor, need, achievement)
    old = matches()[0]
    edit(institute, "achievement", achievement, **UNRELATED)
    match_all(settings)
    new = matches()[0]
    assert (new.state, new.achievement_hash, new.score) == (MatchState.CASED, old.achievement_hash, old.score)


def test_nothing_between_records_of_one_organisation(settings: Settings) -> None:
    """An agency's need and its own achievement are no match."""
    agency = factories.add_member(factories.OrgKind.AGENCY)
    factories.published(agency, "need")
    factories.published(agency, "achievement")
    match_all(settings)
    assert matches() == []


def test_overtaken_item_is_settled(settings: Settings) -> None:
    """An item whose record has a newer version computes nothing; the newer one does."""
    enterprise = factories.enterprise()
    need = factories.published(enterprise, "need")
    carry(settings)
    old = waiting()[-1]
    edit(enterprise, "need", need, problem="换成别的问题了，换成别的问题了。")
    matching.match_item(old)
    assert item(old).stage == Stage.DONE
    assert matches() == []


def test_index_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index does not answer: the item waits longer each time, is parked at last, and an operator starts it again."""
    factories.published(factories.enterprise(), "need")
    carry(settings)
    number = waiting()[-1]

    def away(*_: object) -> None:
        raise EngineUnavailableError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(matching, "compute", away)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            matching.match_item(number, attempt - 1)
            found = item(number)
            assert (found.attempts, found.last_error) == (attempt, "gone")
            assert attempt == MAX_ATTEMPTS or found.available_at > clock.now()
    assert item(number).stage == Stage.DEAD
    boss = factories.operator()
    outbox.retry_item(boss.actor, number)
    match_all(settings)
    assert item(number).stage == Stage.DONE
    for actor, wanted, error in (
        (boss.actor, number, Conflict),
        (boss.actor, 9999, NotFound),
        (factories.enterprise().actor, number, NotAllowed),
    ):
        with pytest.raises(error):
            outbox.retry_item(actor, wanted)


def test_poison_is_parked(settings: Settings) -> None:
    """30: an item that ended its process each time is parked after the last attempt, without being run again."""
    factories.published(factories.enterprise(), "need")
    carry(settings)
    number = waiting()[-1]
    for attempt in range(MAX_ATTEMPTS):
        assert claim(number, attempt, 60) is not None
    assert claim(number, None, 60) is None
    assert item(number).stage == Stage.DEAD
    postpone(number, "x")
    settle(number)
    assert item(number).stage == Stage.DEAD


def test_mistake_is_reported_and_postponed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """35: an unexpected error reaches Celery's log, and the row keeps its name alone."""
    factories.published(factories.enterprise(), "need")
    carry(settings)
    number = waiting()[-1]
    monkeypatch.setattr(matching, "compute", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        matching.match_item(number)
    assert (item(number).stage, item(number).last_error) == (Stage.MATCH, "ZeroDivisionError")


def test_two_messages_for_one_item(database: Settings) -> None:
    """4: of two messages for the same attempt one takes the item."""
    factories.published(factories.enterprise(), "need")
    carry(database)
    number, both, taken = waiting()[-1], threading.Barrier(2), []

    def take() -> None:
        both.wait(10)
        taken.append(claim(number, 0, 60) is not None)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(taken) == [False, True]


def test_both_sides_at_once(database: Settings) -> None:
    """36: a need's and an achievement's item at the same time leave one row for their pair."""
    factories.published(factories.enterprise(), "need")
    factories.published(factories.institute(), "achievement")
    carry(database)
    snapshots.ensure(None)
    both = threading.Barrier(2)

    def work(number: int) -> None:
        both.wait(10)
        matching.match_item(number)

    threads = [threading.Thread(target=work, args=[number]) for number in waiting()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(matches()) == 1
    assert waiting() == []


def test_only_the_platform_stores_matches(settings: Settings) -> None:
    """Storing matches is nobody's right but the system's."""
    from matcher.actions.matching import refresh_matches

    with pytest.raises(NotAllowed):
        refresh_matches(factories.operator().actor, 1, 1, [])


def test_expert_needs_no_matching(settings: Settings) -> None:
    """Experts have no matches: their items end."""
    factories.published(factories.institute(), "expert")
    match_all(settings)
    with transaction() as session:
        row = session.scalars(select(OutboxItem).order_by(OutboxItem.id.desc())).first()
        assert row is not None
        row.stage = Stage.MATCH
    match_all(settings)
    assert waiting() == []


def test_what_is_not_published_does_not_renew_the_statistics(database: Settings) -> None:
    """Numbers of records run ahead of what is published: drafts alone are no growth."""
    enterprise = factories.enterprise()
    factories.published(enterprise, "need")
    assert snapshots.ensure(None)
    for _ in range(13):
        factories.draft(enterprise, "need")
    assert not snapshots.ensure(None)
    for number in range(11):
        factories.published(enterprise, "need", title=f"Cataloguing old books {number}")
    assert snapshots.ensure(None)


def test_growing_platform_renews_its_statistics(settings: Settings) -> None:
    """Early matches, scored on few texts, are computed again when the platform has become much larger."""
    enterprise, institute = factories.enterprise(), factories.institute()
    factories.published(enterprise, "need")
    match_all(settings)
    for number in range(12):
        factories.published(
            institute, "achievement", **{**UNRELATED, "title": f"Cataloguing old books {number}"}
        )
    factories.published(institute, "achievement")
    match_all(settings)
    with reading() as session:
        documents = session.scalars(select(CorpusSnapshot.documents).order_by(CorpusSnapshot.id)).all()
        newest = session.scalars(select(CorpusSnapshot.id).order_by(CorpusSnapshot.id.desc())).first()
        used = set(session.scalars(select(Match.snapshot_id)))
    assert len(documents) == 2
    assert documents[1] >= 2 * documents[0]
    assert used == {newest}
    with clock.at(clock.now() + timedelta(days=1)):
        matching.refresh_snapshot()
        assert waiting() == []
