"""Why a pair is not among the matches: each cause comes from the facts that decided, on a real index by words alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from indexes import statistics
from indexes.opening import open_engine
from indexes.questions import answer
from matcher import inbox
from matcher.actions.matching import KEEP, MAX_ATTEMPTS, claim
from matcher.actions.questions import keep_question, pair_to_ask
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, NotAllowed, NotFound
from matcher.models import AuditEvent, Match, Question
from matcher.permissions import find
from matcher.rerun import rerun
from tests import factories
from tests.factories import Person
from tests.unit.workers.carrying import carry, match_all, matches, waiting
from tests.unit.workers.test_matching import UNRELATED, edit, withdraw
from workers import matching


@pytest.fixture(autouse=True)
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model: vectors are tested on both engines by `tests.contracts.test_questions`."""
    monkeypatch.setattr(matching, "encoder_or_none", lambda _settings: None)
    matching._open.cache_clear()


@pytest.fixture
def sides(settings: Settings) -> tuple[Person, Person]:
    return factories.enterprise(), factories.institute()


def ask(settings: Settings, person: Person, need: int, achievement: int) -> list[dict[str, Any]]:
    """The causes told, without that of the missing vectors, which all answers here have."""
    engine = open_engine(settings)
    with reading() as session:
        found = answer(session, engine, None, pair_to_ask(session, person.actor, need, achievement))
    keep_question(person.actor, found)
    assert found.causes[-1] == {"code": "by_words", "kinds": ["need", "achievement"]}
    return [dict(cause) for cause in found.causes[:-1]]


def codes(causes: list[dict[str, Any]]) -> list[str]:
    return [cause["code"] for cause in causes]


def test_a_match_is_said_to_be_one(settings: Settings, sides: tuple[Person, Person]) -> None:
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement")
    match_all(settings)
    assert ask(settings, lab, need, achievement) == [{"code": "matched", "match_id": matches()[0].id}]


def test_below_the_lowest_level(settings: Settings, sides: tuple[Person, Person]) -> None:
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement", **UNRELATED)
    match_all(settings)
    (cause,) = ask(settings, firm, need, achievement)
    assert (cause["code"], cause["least"]) == ("below", 0.15)
    assert 0 < cause["probability"] < 0.15


def test_one_organisation(settings: Settings) -> None:
    agency = factories.add_member(factories.OrgKind.AGENCY)
    need, achievement = factories.published(agency, "need"), factories.published(agency, "achievement")
    match_all(settings)
    assert codes(ask(settings, agency, need, achievement)) == ["same_organisation"]


def test_still_being_computed_and_parked(settings: Settings, sides: tuple[Person, Person]) -> None:
    firm, lab = sides
    need = factories.published(firm, "need")
    match_all(settings)
    achievement = factories.published(lab, "achievement")
    carry(settings)
    assert codes(ask(settings, firm, need, achievement)) == ["waiting"]
    (item,) = waiting()
    for attempt in range(MAX_ATTEMPTS):
        claim(item, attempt, 60)
    claim(item, None, 60)
    assert codes(ask(settings, firm, need, achievement)) == ["parked"]


def test_closed_match(settings: Settings, sides: tuple[Person, Person]) -> None:
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement")
    match_all(settings)
    with transaction() as session:
        session.scalars(select(Match)).one().state = "closed"
    assert codes(ask(settings, firm, need, achievement)) == ["closed"]


def test_beyond_the_kept_places_of_both(
    settings: Settings, sides: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better matches fill the places of both records; with room on one side, the pair is said to come."""
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement")
    match_all(settings)
    with transaction() as session:
        session.delete(session.scalars(select(Match)).one())
    assert codes(ask(settings, firm, need, achievement)) == ["next_time"]
    monkeypatch.setattr("matcher.causes.KEEP", 1)
    monkeypatch.setattr("matcher.actions.matching.KEEP", 1)
    better(factories.published(firm, "need"), achievement)
    settle_all()
    assert codes(ask(settings, firm, need, achievement)) == ["next_time"]
    better(need, factories.published(lab, "achievement"))
    settle_all()
    found = ask(settings, firm, need, achievement)
    assert found == [{"code": "places", "kind": kind, "kept": 1, "better": 1} for kind in ("need", "achievement")]
    assert KEEP > 1


def better(need: int, achievement: int) -> None:
    """An open match whose score nothing reaches."""
    match_id = factories.matched(need, achievement)
    with transaction() as session:
        session.get_one(Match, match_id).score = 9.0


def settle_all() -> None:
    """What waits for matching is done, without being matched."""
    from matcher.models import OutboxItem, Stage

    with transaction() as session:
        for item in session.scalars(select(OutboxItem).where(OutboxItem.stage != Stage.DONE)):
            item.stage = Stage.DONE


def test_not_proposed(settings: Settings, sides: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for candidates ends before it: told for either side."""
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement")
    match_all(settings)
    with transaction() as session:
        session.delete(session.scalars(select(Match)).one())
    monkeypatch.setattr("indexes.questions.candidates", lambda *_args: ())
    found = ask(settings, firm, need, achievement)
    assert found == [{"code": "not_proposed", "kind": kind} for kind in ("need", "achievement")]


def test_an_answer_is_no_match(settings: Settings, sides: tuple[Person, Person]) -> None:
    """It is in no list, count or digest, asked twice it is one, each asking leaves one word in the trail."""
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement", **UNRELATED)
    match_all(settings)
    for _ in range(2):
        ask(settings, firm, need, achievement)
    ask(settings, lab, need, achievement)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Question)) == 2, "one for each side"
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "question.ask")).all()
        assert len(events) == 3
        assert session.scalar(select(func.count()).select_from(Match)) == 0
        assert sum(inbox.counts(session, firm.actor).values()) == 0
        assert inbox.matches_of_record(session, firm.actor, "need", need) == []


def test_who_may_ask_and_read(settings: Settings, sides: tuple[Person, Person]) -> None:
    """A side, brokers and operators ask; the answer is for the side that asked, and for nobody while a record is withdrawn."""
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement")
    draft = factories.draft(firm, "need")
    match_all(settings)
    stranger, broker = factories.enterprise(), factories.broker()
    with reading() as session:
        for person, error in ((stranger, NotAllowed), (factories.add_person(), NotAllowed)):
            with pytest.raises(error):
                pair_to_ask(session, person.actor, need, achievement)
        with pytest.raises(NotFound):
            pair_to_ask(session, lab.actor, draft, achievement)
        with pytest.raises(Conflict):
            pair_to_ask(session, firm.actor, draft, achievement)
        pair_to_ask(session, factories.operator().actor, need, achievement)
    question = factories.asked(firm, need, achievement)
    with reading() as session:
        for person in (firm, broker, factories.operator()):
            assert find(session, person.actor, "question.read", Question, question).id == question
        for person in (lab, stranger):
            with pytest.raises(NotFound):
                find(session, person.actor, "question.read", Question, question)
    withdraw(lab, "achievement", achievement)
    with reading() as session, pytest.raises(NotFound):
        find(session, firm.actor, "question.read", Question, question)


def test_overtaken_while_computing(settings: Settings, sides: tuple[Person, Person]) -> None:
    """A record that changed between computing and storing, or is not indexed as it is, gives no answer."""
    firm, lab = sides
    need, achievement = factories.published(firm, "need"), factories.published(lab, "achievement")
    match_all(settings)
    engine = open_engine(settings)
    with reading() as session:
        found = answer(session, engine, None, pair_to_ask(session, firm.actor, need, achievement))
    edit(lab, "achievement", achievement, advantage="又改进了。")
    with pytest.raises(Conflict):
        keep_question(firm.actor, found)
    with reading() as session, pytest.raises(Conflict):
        answer(session, engine, None, pair_to_ask(session, firm.actor, need, achievement))
    with pytest.raises(NotAllowed):
        match_all(settings)
        with reading() as session:
            fresh = answer(session, engine, None, pair_to_ask(session, SYSTEM, need, achievement))
        keep_question(factories.enterprise().actor, fresh)


def test_stored_digits_on_both_databases(database: Settings) -> None:
    """What comes back from the database is what was computed: the answer is the same again from its own row."""
    firm, lab = factories.enterprise(), factories.institute()
    question_id = factories.asked(firm, factories.published(firm, "need"), factories.published(lab, "achievement"))
    with reading() as session:
        question = session.get_one(Question, question_id)
        again = rerun(session, question, statistics.pinned(session, question.snapshot_id))
    assert (again.known, again.same, again.same_reasons) == (True, True, True)
