"""Rebuilds on both engines and both databases: searches go on, edits survive, one at a time, and a way back."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from config.settings import Settings
from indexes import rebuild as rebuilding
from indexes import sync
from indexes.engine import Engine, Filters, RebuildError, SetQuery
from indexes.opening import fitness, open_engine
from indexes.rebuild import only_one, rebuild, roll_back
from matcher.embedding import Encoder, open_encoder
from matcher.models import Record
from matcher.vocabulary import RecordState
from tests.contracts.corpus import fitting_engine, publish_many, touch
from tests.fixtures.platform import environment_of

PUBLIC = Filters(frozenset({"public"}))


@pytest.fixture
def encoder(settings: Settings) -> Encoder:
    return open_encoder(settings)


@pytest.fixture
def engine(engines: Settings) -> Engine:
    return fitting_engine(engines)


@pytest.fixture
def made(engine: Engine, encoder: Encoder) -> list[Record]:
    records = publish_many(60, vectors=encoder.fingerprint)
    while sync.step(engine, encoder).handled:
        pass
    return records


def test_searches_go_on_during_a_rebuild(
    engines: Settings, engine: Engine, encoder: Encoder, made: list[Record]
) -> None:
    """14: searches every 20 ms during a rebuild never fail and never miss a known document."""
    answers: list[object] = []
    stop = threading.Event()
    reader = open_engine(engines)

    def search() -> None:
        while not stop.is_set():
            try:
                answers.append(reader.page(SetQuery(PUBLIC, ids=frozenset({"need-1"}))).total)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shall show it
                answers.append(error)
            time.sleep(0.02)

    thread = threading.Thread(target=search)
    thread.start()
    rebuilt = 0
    while rebuilt < 2 or (len(answers) <= 3 and thread.is_alive()):
        rebuild(engine, encoder)
        rebuilt += 1
    stop.set()
    thread.join()
    assert len(answers) > 3
    assert set(answers) == {1}


def test_edits_made_during_a_rebuild_are_there_afterwards(
    engine: Engine, encoder: Encoder, made: list[Record]
) -> None:
    """15: an edit, a withdrawal and a new record made while the new index is filled are in it after the swap."""
    done: list[int] = []

    def edit(_count: int) -> None:
        done.append(1)
        if len(done) == 2:  # needs and achievements are copied
            touch(made[1], title="改过的名称")
            touch(made[2], state=RecordState.WITHDRAWN)
            publish_many(1)
            sync.step(engine, encoder)

    report = rebuild(engine, encoder, edit)
    assert report.caught_up >= 2
    assert engine.generation == report.generation
    assert engine.stored(["achievement-1"])["achievement-1"].title[0].startswith("改")
    assert engine.page(SetQuery(PUBLIC)).total == len(made)  # one more, one less


def test_a_rebuild_takes_vectors_from_the_store(engine: Engine, encoder: Encoder, made: list[Record]) -> None:
    """23: nothing is encoded again: every vector comes from the table of embeddings by its content hash."""
    report = rebuild(engine, encoder)
    assert report.encoded == 0
    assert report.from_store == report.documents == len(made)
    assert all(held.has_vector for held in engine.held())


KILLED_MIDWAY = """
import os, signal
from config.settings import get_settings
from indexes.opening import open_engine, encoder_or_none
from indexes.rebuild import rebuild
settings = get_settings()
rebuild(open_engine(settings), encoder_or_none(settings), lambda count: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_rebuild_killed_midway_leaves_the_live_index_alone(
    engines: Settings, engine: Engine, encoder: Encoder, made: list[Record]
) -> None:
    """16: killed midway: the live index is untouched, and the next rebuild removes the debris."""
    live = engine.generation
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_MIDWAY], env=environment_of(engines), check=False, cwd=Path.cwd()
    )
    assert killed.returncode == -signal.SIGKILL
    assert engine.generation == live
    debris = engine.generations()[2]
    assert len(debris) == 1
    report = rebuild(engine, encoder)
    assert report.removed == list(debris)
    assert engine.generations() == (report.generation, live, ())


def test_a_new_index_that_differs_is_not_swapped(
    engine: Engine, encoder: Encoder, made: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """17: the new index lacks a document: no swap, and the message says what differs."""
    live = engine.generation
    real = rebuilding._catch_up

    def lose_one(target: Engine, model: Encoder | None) -> int:
        healed = real(target, model)
        from indexes.engine import Delete

        target.apply([Delete("achievement-1", 50)])
        return healed

    monkeypatch.setattr(rebuilding, "_catch_up", lose_one)
    with pytest.raises(RebuildError, match=r"59 documents, 60 published records.*achievement-1"):
        rebuild(engine, encoder)
    assert engine.generation == live


def test_the_way_back(engine: Engine, encoder: Encoder, made: list[Record]) -> None:
    """19: the roll-back makes the previous index live again, with what was edited since."""
    first = engine.generation
    second = rebuild(engine, encoder).generation
    touch(made[1], title="改过的名称")
    sync.step(engine, encoder)
    assert roll_back(engine, encoder) == first
    assert engine.generations()[:2] == (first, second)
    assert engine.stored(["achievement-1"])["achievement-1"].title[0].startswith("改")


def test_there_is_no_way_back_from_the_first_index(engine: Engine, encoder: Encoder) -> None:
    """19: nothing to go back to is said plainly."""
    with pytest.raises(RebuildError, match="no previous"):
        roll_back(engine, encoder)


def test_a_second_rebuild_refuses(database: Settings) -> None:
    """20: while one rebuild runs, another refuses."""
    with only_one(), pytest.raises(RebuildError, match="another rebuild"), only_one():
        pass
    with only_one():
        pass


def test_a_rebuild_makes_an_unfit_index_fit(engines: Settings, encoder: Encoder) -> None:
    """21: an index made with another model, tokens or mapping asks for a rebuild, and is fit after it."""
    from indexes.engine import Fingerprint

    engine = open_engine(engines)
    engine.make_live(engine.create(Fingerprint("m", "t", "another", 16)).generation)
    publish_many(3, vectors=encoder.fingerprint)
    assert fitness(engine, encoder).differs == ("mapping", "tokens", "model")
    rebuild(engine, encoder)
    fit = fitness(engine, encoder)
    assert not fit.rebuild_needed
    assert fit.vectors


def test_a_rebuild_encodes_only_what_was_never_encoded(engine: Engine, encoder: Encoder) -> None:
    """23: texts without a stored vector are encoded once, and kept."""
    publish_many(2)
    assert rebuild(engine, encoder).encoded == 2
    again = rebuild(engine, encoder)
    assert (again.encoded, again.from_store) == (0, 2)


def test_the_previous_index_is_the_only_one_kept(
    engine: Engine, encoder: Encoder, made: list[Record]
) -> None:
    names = [engine.generation, *(rebuild(engine, encoder).generation for _ in range(3))]
    assert engine.generations() == (names[3], names[2], ())
