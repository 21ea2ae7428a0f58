"""Questions about a pair on both engines: one answer to the last digit, the one that matching stores, and again months later."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Settings
from indexes import statistics, sync
from indexes.elastic import ElasticEngine
from indexes.engine import Engine
from indexes.opening import wanted_fingerprint
from indexes.questions import answer
from indexes.rebuild import rebuild
from matcher import clock
from matcher.actions import records
from matcher.actions.questions import Answered, keep_question, pair_to_ask
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.embedding import Encoder, open_encoder
from matcher.learning import features
from matcher.models import LearningChoice, LearningVersion, Match, Question
from matcher.ranking import CURRENT
from matcher.rerun import rerun
from tests import factories
from tests.contracts.corpus import fitting_engine
from tests.factories import Person
from workers.matching import Tools, compute

TEXTS = [
    {},  # the achievement that fits
    {"title": "大豆分离蛋白提取工艺", "abstract": "低温脱脂豆粕提取分离蛋白，提高溶解性。", "problem": "得率低。", "keywords": []},
    {"title": "콩 단백질 추출", "abstract": "저온 탈지 대두박에서 단백질을 추출하는 기술.", "problem": "수율이 낮다.", "lang": "ko", "keywords": []},
]
NUMBERS = ("score", "probability", "level", "parts", "reasons", "need_hash", "achievement_hash")


@pytest.fixture
def encoder(settings: Settings) -> Iterator[Encoder]:
    statistics.forget()
    yield open_encoder(settings)
    statistics.forget()


@pytest.fixture
def pairs(settings: Settings) -> tuple[Person, int, list[int]]:
    """A need, an achievement that fits, one that does not, and one in another language."""
    firm, lab = factories.enterprise(), factories.institute()
    need = factories.published(firm, "need")
    return firm, need, [factories.published(lab, "achievement", **changes) for changes in TEXTS]


def fill(engine: Engine, encoder: Encoder) -> None:
    while sync.step(engine, encoder).handled:
        pass


def filled(settings: Settings, encoder: Encoder) -> Engine:
    """An engine that holds everything, with a snapshot of it."""
    engine = fitting_engine(settings)
    fill(engine, encoder)
    statistics.take(encoder)
    return engine


def asked(engine: Engine, encoder: Encoder, person: Person, need: int, achievement: int) -> Answered:
    with reading() as session:
        return answer(session, engine, encoder, pair_to_ask(session, person.actor, need, achievement))


def numbers(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NUMBERS}


def stored(question_id: int) -> Question:
    with reading() as session:
        found = session.get_one(Question, question_id)
        assert found.inputs
        return found


def test_both_engines_give_one_answer(
    settings: Settings, encoder: Encoder, pairs: tuple[Person, int, list[int]], elasticsearch_url: str
) -> None:
    """Every digit, the reasons and both sides as they are kept are the same, whichever engine holds the texts."""
    firm, need, achievements = pairs
    embedded = fitting_engine(settings)
    elastic = ElasticEngine(elasticsearch_url, f"{settings.index_prefix}-questions", 20)
    elastic.make_live(elastic.create(wanted_fingerprint(encoder)).generation)
    fill(embedded, encoder)
    rebuild(elastic, encoder)
    statistics.take(encoder)
    levels = set()
    for achievement in achievements:
        one, other = (asked(each, encoder, firm, need, achievement) for each in (embedded, elastic))
        assert (one.values, one.inputs, one.causes) == (other.values, other.inputs, other.causes)
        assert one.values["parts"].keys() >= {"semantic", "words"}
        assert keep_question(firm.actor, one) == keep_question(firm.actor, other)
        levels.add(one.values["level"])
    assert "none" in levels
    assert len(levels) > 1
    live, previous, _ = elastic.generations()
    elastic.client.indices.delete(index=f"{live},{previous}")


def test_the_answer_is_what_matching_stores(
    engines: Settings, encoder: Encoder, pairs: tuple[Person, int, list[int]]
) -> None:
    """For a pair that matching keeps, from either side, the answer has the same digits, reasons, versions and hashes."""
    firm, need, achievements = pairs
    engine = fitting_engine(engines)
    fill(engine, encoder)
    for kind, number in (("need", need), ("achievement", achievements[0])):
        kept = compute(Tools(engine, encoder), kind, number, factories.version(kind, number))
        pair = next(each for each in kept if each.achievement_id == achievements[0])
        found = asked(engine, encoder, firm, need, achievements[0])
        names = ("need_id", "achievement_id", "need_version", "achievement_version")
        assert {name: found.values[name] for name in names} == {name: getattr(pair, name) for name in names}
        assert {name: found.values[name] for name in pair.values} == dict(pair.values)


def test_months_later_every_digit_is_the_same(
    engines: Settings, encoder: Encoder, pairs: tuple[Person, int, list[int]]
) -> None:
    """Records edited, snapshots renewed, the index emptied: the stored answer is computed again from itself."""
    firm, need, achievements = pairs
    engine = filled(engines, encoder)
    kept = {each: keep_question(firm.actor, asked(engine, encoder, firm, need, each)) for each in achievements}
    before = {number: numbers(stored(question)) for number, question in kept.items()}
    with clock.at(clock.now() + timedelta(days=150)):
        changed = factories.given("need", title="另一件事", problem="完全另一件事，另一件事。")
        records.save_record(firm.actor, "need", need, factories.version("need", need), changed)
        records.review_record(SYSTEM, "need", need, factories.version("need", need), publish=True)
        for subject in range(6):
            factories.published(factories.institute(), "achievement", title=f"参渣烘干{subject}")
        fill(engine, encoder)
        statistics.take(encoder)
        for number, question_id in kept.items():
            question = stored(question_id)
            with reading() as session:
                again = rerun(session, question, statistics.pinned(session, question.snapshot_id))
                newest, corpus = statistics.latest(session)
                assert not rerun(session, question, corpus).same, "another snapshot must show"
            assert numbers(question) == before[number]
            assert newest != question.snapshot_id
            assert (again.known, again.same, again.same_reasons) == (True, True, True)
        anew = keep_question(firm.actor, asked(engine, encoder, firm, need, achievements[0]))
        assert stored(anew).need_hash != stored(kept[achievements[0]]).need_hash
    with reading() as session:
        assert session.query(Match).count() == 0


def test_a_changed_digit_is_found(engines: Settings, encoder: Encoder, pairs: tuple[Person, int, list[int]]) -> None:
    """An answer that was tampered with, or of a version that this program has not, is not called the same."""
    firm, need, achievements = pairs
    engine = filled(engines, encoder)
    question_id = keep_question(firm.actor, asked(engine, encoder, firm, need, achievements[0]))
    with transaction() as session:
        row = session.get_one(Question, question_id)
        row.score += 0.000001
        session.flush()
        corpus = statistics.pinned(session, row.snapshot_id)
        assert rerun(session, row, corpus).differs == ("score",)
        row.ranking_version = "0"
        assert not rerun(session, row, corpus).known


def test_an_answer_names_the_correction_it_was_computed_with(
    engines: Settings, encoder: Encoder, pairs: tuple[Person, int, list[int]]
) -> None:
    """What was learnt from answers is part of the version: chosen away, the old answer still comes out the same."""
    firm, need, achievements = pairs
    engine = filled(engines, encoder)
    plain = keep_question(firm.actor, asked(engine, encoder, firm, need, achievements[0]))
    with transaction() as session:
        version = LearningVersion(
            base=CURRENT.version, features=features.VERSION, weights={"cooperation_met": 0.7}, created_at=clock.now()
        )
        session.add(LearningChoice(version=version, at=clock.now()))
    learnt = keep_question(firm.actor, asked(engine, encoder, firm, need, achievements[0]))
    with transaction() as session:
        session.add(LearningChoice(version_id=None, at=clock.now()))
    assert stored(learnt).ranking_version == f"{CURRENT.version}+a1"
    assert stored(learnt).probability != stored(plain).probability
    for number in (plain, learnt):
        with reading() as session:
            question = session.get_one(Question, number)
            assert rerun(session, question, statistics.pinned(session, question.snapshot_id)).same
