"""From outbox to index on both engines: nothing lost, nothing twice, the index ends equal to the record."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from config.settings import Settings
from indexes import sync
from indexes.check import differences
from indexes.engine import Engine, EngineUnavailableError, Filters, Operation, OpResult, Outcome, SetQuery
from indexes.opening import open_engine
from matcher import clock
from matcher.db import in_transaction, reading, transaction
from matcher.embedding import Encoder, open_encoder
from matcher.models import PRIORITY_IMPORT, PRIORITY_PERSON, OutboxItem, Stage
from matcher.vocabulary import RecordState
from tests.contracts.corpus import fitting_engine, organisation, publish, publish_many, touch
from tests.fixtures.platform import environment_of
from tests.servers.process import ServerProcess

PUBLIC = Filters(frozenset({"public"}))


@pytest.fixture
def engine(engines: Settings) -> Engine:
    return fitting_engine(engines)


@pytest.fixture
def encoder(settings: Settings) -> Encoder:
    return open_encoder(settings)


def run(engine: Engine, encoder: Encoder | None) -> list[sync.Step]:
    """Steps until nothing waits."""
    steps = []
    while (step := sync.step(engine, encoder)).handled or step.postponed:
        steps.append(step)
    return steps


def stages() -> dict[str, int]:
    with reading() as session:
        query = select(OutboxItem.stage, func.count()).group_by(OutboxItem.stage)
        return {str(stage): int(count) for stage, count in session.execute(query)}


def later(seconds: float) -> object:
    return clock.at(clock.now() + timedelta(seconds=seconds))


def total(engine: Engine) -> int:
    return engine.page(SetQuery(PUBLIC)).total


def imported(count: int, vectors: str) -> None:
    """So many published records whose outbox items are an import's."""
    publish_many(count, vectors=vectors)
    with transaction() as session:
        session.execute(update(OutboxItem).values(priority=PRIORITY_IMPORT))


class Wrapped:
    """A real engine whose `apply` can be told to fail in ways that a test cannot make a server fail."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.refuse: dict[str, bool] = {}
        self.down = False
        self.calls: list[tuple[int, bool]] = []  # how many operations, whether to be visible
        self.down_after: int | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)

    def apply(self, operations: Sequence[Operation], *, visible: bool = True) -> list[OpResult]:
        self.calls.append((len(operations), visible))
        if self.down or (self.down_after is not None and len(self.calls) > self.down_after):
            raise EngineUnavailableError("refused")
        kept = [each for each in operations if each.id not in self.refuse]
        done = {result.id: result for result in self.engine.apply(kept, visible=visible)}
        for name, retryable in self.refuse.items():
            done[name] = OpResult(name, Outcome.FAILED, retryable, "no")
        return [done[each.id] for each in operations]


def test_published_records_reach_the_index_with_stored_vectors(engine: Engine, encoder: Encoder) -> None:
    """3: whatever was committed is indexed by the next run, once; a second run finds nothing to do."""
    made = publish_many(40, vectors=encoder.fingerprint)
    steps = run(engine, encoder)
    assert total(engine) == len(made)
    assert stages() == {Stage.MATCH: 40}
    assert sorted(each for step in steps for each in step.to_match) == list(range(1, 41))
    assert differences(engine, encoder).ids == []
    assert all(held.has_vector for held in engine.held())
    assert run(engine, encoder) == []


def test_a_record_is_found_by_words_before_its_vector_is_there(engine: Engine, encoder: Encoder) -> None:
    publish_many(2)
    first = sync.step(engine, encoder)
    assert first.handled == 2
    assert first.to_match == []
    assert total(engine) == 2
    assert not any(held.has_vector for held in engine.held())
    second = sync.step(engine, encoder)
    assert len(second.to_match) == 2
    assert all(held.has_vector for held in engine.held())


def test_without_an_encoder_words_alone_are_indexed(engine: Engine) -> None:
    """88: the model is missing: records are indexed by words and go on to matching."""
    publish_many(3)
    assert len(sync.step(engine, None).to_match) == 3
    assert total(engine) == 3


def test_people_overtake_imports(engine: Engine) -> None:
    with transaction() as session:
        owner = organisation(session)
        for number in range(5):
            publish(session, owner, number)
        session.flush()
        for item in session.scalars(select(OutboxItem)):
            item.priority = PRIORITY_IMPORT
        person = publish(session, owner, 99)
    claimed = in_transaction(lambda session: sync.claim(session, Stage.INDEX, 1))
    assert [item.record_id for item in claimed] == [person.id]


def test_imports_go_in_rounds_and_are_visible_when_their_items_move_on(
    engine: Engine, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3: several batches of an import in one step, all findable as soon as any of them waits for matching."""
    monkeypatch.setattr(sync, "BATCH", 10)
    imported(25, encoder.fingerprint)
    wrapped = Wrapped(engine)
    step = sync.step(wrapped, encoder)  # type: ignore[arg-type]
    assert wrapped.calls == [(10, False), (10, False), (5, True)]
    assert step.handled == len(step.to_match) == 25
    assert total(engine) == 25
    assert stages() == {Stage.MATCH: 25}
    assert differences(engine, encoder).ids == []


def test_an_import_of_whole_batches_ends_visible(
    engine: Engine, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "BATCH", 10)
    imported(20, encoder.fingerprint)
    wrapped = Wrapped(engine)
    assert sync.step(wrapped, encoder).handled == 20  # type: ignore[arg-type]
    assert wrapped.calls == [(10, False), (10, True)]
    assert total(engine) == 20


def test_a_round_ends_when_its_time_is_up(
    engine: Engine, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "BATCH", 10)
    monkeypatch.setattr(sync, "ROUND_SECONDS", -1.0)
    imported(25, encoder.fingerprint)
    assert sync.step(engine, encoder).handled == 10
    assert total(engine) == 10


def test_a_persons_change_does_not_wait_for_an_import(
    engine: Engine, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch with somebody's change is visible at once and ends the round; the import goes on afterwards."""
    monkeypatch.setattr(sync, "BATCH", 10)
    imported(25, encoder.fingerprint)
    with transaction() as session:
        session.get_one(OutboxItem, 25).priority = PRIORITY_PERSON
    wrapped = Wrapped(engine)
    step = sync.step(wrapped, encoder)  # type: ignore[arg-type]
    assert wrapped.calls == [(10, True)]
    assert 25 in step.to_match
    assert total(engine) == 10
    run(engine, encoder)
    assert total(engine) == 25


def test_an_index_that_goes_away_within_a_round_postpones_all_of_it(
    engine: Engine, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8: what was confirmed but never made visible is not done: the whole round is carried out again."""
    monkeypatch.setattr(sync, "BATCH", 10)
    imported(25, encoder.fingerprint)
    wrapped = Wrapped(engine)
    wrapped.down_after = 1
    step = sync.step(wrapped, encoder)  # type: ignore[arg-type]
    assert (step.handled, step.unavailable) == (0, "refused")
    assert step.postponed == 25
    assert stages() == {Stage.INDEX: 25}
    with later(10):
        assert sync.step(engine, encoder).handled == 25
    assert total(engine) == 25
    assert stages() == {Stage.MATCH: 25}


def test_two_relays_carry_out_each_item_once(database: Settings) -> None:
    """4: two relays at once over 500 items: each item is claimed once, none is lost."""
    publish_many(500)
    claimed: list[int] = []
    lock = threading.Lock()

    def relay() -> None:
        while items := in_transaction(lambda session: sync.claim(session, Stage.INDEX, 20)):
            with lock:
                claimed.extend(item.id for item in items)

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == list(range(1, 501))


KILLED_AFTER_BULK = """
import os, signal
from config.settings import get_settings
from indexes import sync
from indexes.opening import open_engine, encoder_or_none
settings = get_settings()
engine = open_engine(settings)
real = engine.apply
def apply(operations, visible):
    real(operations, visible=visible)
    os.kill(os.getpid(), signal.SIGKILL)
engine.apply = apply
sync.step(engine, encoder_or_none(settings))
"""


def test_a_relay_killed_after_the_bulk_call_does_no_harm(engines: Settings, encoder: Encoder) -> None:
    """5 and 3: killed between the index's answer and finishing the rows: the next run leaves the same content."""
    engine = fitting_engine(engines)
    publish_many(12, vectors=encoder.fingerprint)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER_BULK], env=environment_of(engines), check=False, cwd=Path.cwd()
    )
    assert killed.returncode == -signal.SIGKILL
    before = sorted((held.id, held.version, held.digest) for held in engine.held())
    assert len(before) == 12
    assert run(engine, encoder) == []  # the dead relay's lease still runs
    with later(61):
        run(engine, encoder)
    assert sorted((held.id, held.version, held.digest) for held in engine.held()) == before
    assert stages() == {Stage.MATCH: 12}


def test_only_the_refused_item_waits(engine: Engine, encoder: Encoder) -> None:
    """7: one item of a bulk fails for the moment: only that one is postponed, the others finish."""
    wrapped = Wrapped(engine)
    publish_many(5, vectors=encoder.fingerprint)
    wrapped.refuse = {"achievement-2": True}
    step = sync.step(wrapped, encoder)  # type: ignore[arg-type]
    assert (step.postponed, len(step.to_match)) == (1, 4)
    wrapped.refuse = {}
    with later(10):
        assert len(sync.step(wrapped, encoder).to_match) == 1  # type: ignore[arg-type]


def test_an_item_that_is_always_refused_is_parked(engine: Engine, encoder: Encoder) -> None:
    """9 and 30: refused for what it is: parked after some tries with the reason, others are unaffected."""
    wrapped = Wrapped(engine)
    publish_many(3, vectors=encoder.fingerprint)
    wrapped.refuse = {"achievement-1": False}
    moment = clock.now()
    for _ in range(sync.MAX_ATTEMPTS):
        moment += timedelta(minutes=5)
        with clock.at(moment):
            sync.step(wrapped, encoder)  # type: ignore[arg-type]
    assert stages() == {Stage.MATCH: 2, Stage.DEAD: 1}
    with reading() as session:
        dead = session.scalars(select(OutboxItem).where(OutboxItem.stage == Stage.DEAD)).one()
        assert dead.last_error == "no"


def test_an_item_that_kills_its_relay_is_parked(engine: Engine) -> None:
    """30: an item whose claims never report back is taken alone, and parked in the end."""
    publish_many(3)
    moment = clock.now()
    sizes = []
    for _ in range(sync.MAX_CRASHES * 4):
        moment += timedelta(minutes=2)
        with clock.at(moment):
            sizes.append(len(in_transaction(lambda session: sync.claim(session, Stage.INDEX, 10))))
    assert sizes[:4] == [3, 3, 3, 1]
    assert stages() == {Stage.DEAD: 3}


def test_an_unavailable_index_postpones_longer_each_time_and_drops_nothing(
    engine: Engine, encoder: Encoder
) -> None:
    """8: the batch waits with growing delay; when the index is back everything is carried out."""
    wrapped = Wrapped(engine)
    publish_many(4, vectors=encoder.fingerprint)
    wrapped.down = True
    moment, delays = clock.now(), []
    for _ in range(20):
        moment += timedelta(hours=1)
        with clock.at(moment):
            assert sync.step(wrapped, encoder).unavailable == "refused"  # type: ignore[arg-type]
            with reading() as session:
                until = session.scalar(select(func.min(OutboxItem.available_at)))
            assert until is not None
            delays.append((until - moment).total_seconds())
    assert delays[:4] == [1, 2, 4, 8]
    assert max(delays) <= sync.MAX_DELAY
    wrapped.down = False
    with clock.at(moment + timedelta(hours=1)):
        run(wrapped, encoder)  # type: ignore[arg-type]
    assert total(engine) == 4


def test_a_stopped_server_is_unavailable_until_it_is_back(
    settings: Settings, encoder: Encoder, own_elasticsearch: tuple[str, ServerProcess]
) -> None:
    """8 and 84: a paused Elasticsearch means a postponed batch within the time limit, and it recovers by itself."""
    from indexes.elastic import ElasticEngine

    url, server = own_elasticsearch
    engine, impatient = ElasticEngine(url, "own", 30.0), ElasticEngine(url, "own", 0.5)
    made = publish_many(3, vectors=encoder.fingerprint)
    sync.step(engine, encoder)
    assert total(engine) == 3
    touch(made[1], title="新的名称")
    server.pause()
    try:
        start = time.monotonic()
        assert sync.step(impatient, encoder).unavailable
        assert time.monotonic() - start < 10
    finally:
        server.resume()
    with later(30):
        run(engine, encoder)
    assert engine.stored(["achievement-1"])["achievement-1"].title[0] == "新"


def test_withdrawn_records_leave_the_index(engine: Engine, encoder: Encoder) -> None:
    """10: withdrawn: gone from the index, and handed on so that its matches are closed; drafts need no matching."""
    made = publish_many(3, vectors=encoder.fingerprint)
    run(engine, encoder)
    touch(made[1], state=RecordState.WITHDRAWN)
    touch(made[2], state=RecordState.DRAFT, published_at=None)
    step = sync.step(engine, encoder)
    assert len(step.to_match) == 1
    assert total(engine) == 1


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    script=st.lists(
        st.sampled_from(["edit", "withdraw", "publish", "relay", "crash"]), min_size=3, max_size=12
    )
)
def test_any_interleaving_ends_with_the_index_equal_to_the_record(
    engine: Engine, encoder: Encoder, script: list[str]
) -> None:
    """11: random interleavings of edit, relay and crash end equal."""
    with transaction() as session:
        record = publish(session, organisation(session), 1)
    moment = clock.now()
    for number, act in enumerate(script):
        moment += timedelta(seconds=5)
        with clock.at(moment):
            if act == "edit":
                touch(record, title=f"改动{number}")
            elif act == "withdraw":
                touch(record, state=RecordState.WITHDRAWN)
            elif act == "publish":
                touch(record, state=RecordState.PUBLISHED)
            elif act == "relay":
                sync.step(engine, None)
            else:  # claimed by a relay that then dies
                in_transaction(lambda session: sync.claim(session, Stage.INDEX, 10))
    with clock.at(moment + timedelta(minutes=10)):
        run(engine, None)
    assert differences(engine, None).ids == []
    with transaction() as session:
        for item in session.scalars(select(OutboxItem)):
            item.stage = Stage.DONE


def test_the_age_of_the_backlog_rises_while_the_relay_stands(engines: Settings) -> None:
    """13: the oldest waiting item's age rises when the relay stops and falls to nothing when it has caught up."""
    engine = fitting_engine(engines)
    publish_many(2)
    with later(400), reading() as session:
        counts, age = sync.backlog(session)
    assert counts == {Stage.INDEX: 2}
    assert age > 399 > engines.outbox_alert_seconds
    run(engine, None)
    with reading() as session:
        assert sync.backlog(session) == ({Stage.MATCH: 2}, 0.0)


def test_vectors_of_another_model_stay_out_of_the_index(engines: Settings, encoder: Encoder) -> None:
    """21: an index made with another model gets words only, so that nothing wrong is ever near anything."""
    from indexes.engine import Fingerprint
    from indexes.opening import fitness, wanted_fingerprint

    engine = open_engine(engines)
    wanted = wanted_fingerprint(encoder)
    made = engine.create(Fingerprint(wanted.mapping, wanted.tokens, "another", wanted.dimensions))
    engine.make_live(made.generation)
    publish_many(2, vectors=encoder.fingerprint)
    run(engine, encoder)
    assert total(engine) == 2
    assert not any(held.has_vector for held in engine.held())
    fit = fitness(engine, encoder)
    assert fit.rebuild_needed
    assert fit.differs == ("model",)
    assert not fit.vectors


def test_a_refused_upsert_keeps_the_old_document(engine: Engine, encoder: Encoder) -> None:
    wrapped = Wrapped(engine)
    made = publish_many(1, vectors=encoder.fingerprint)
    run(engine, encoder)
    touch(made[0], title="另一个")
    wrapped.refuse = {"need-1": True}
    sync.step(wrapped, encoder)  # type: ignore[arg-type]
    assert total(engine) == 1
