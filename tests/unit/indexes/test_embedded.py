"""The embedded engine's folder: any process reads while one writes, and a crash between two files does no harm."""

import signal
import subprocess
import sys
import threading
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from indexes.embedded import EmbeddedEngine
from indexes.embedded.folder import locked
from indexes.engine import Delete, Document, EngineUnavailableError, Filters, Fingerprint, SetQuery, Upsert
from tests.contracts.corpus import fill, make_document, unit

PUBLIC = Filters(frozenset({"public"}))
CHAINS = ("food", "automotive", "optics")


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    found = EmbeddedEngine(tmp_path / "index", 0.2)
    found.make_live(found.create(Fingerprint("m", "t", "model", 384)).generation)
    return found


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from indexes.embedded import EmbeddedEngine, writing
from indexes.engine import Upsert
from tests.contracts.corpus import make_document
engine = EmbeddedEngine(Path(sys.argv[1]))
writing.to_tantivy = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
engine.apply([Upsert(make_document(7, np.random.default_rng(7)))])
"""


def test_a_crash_between_vectors_and_words_does_no_harm(engine: EmbeddedEngine) -> None:
    """5: killed after the vectors were written: nothing of it is seen, and the next write and search are right."""
    made = fill(engine, 5)
    rows = engine.root / engine.generation / "vectors.f32"
    size = rows.stat().st_size
    killed = subprocess.run([sys.executable, "-c", KILLED, str(engine.root)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert rows.stat().st_size > size
    with rows.open("ab") as file:  # and half a row, as a power cut leaves it
        file.write(b"\x01" * 10)
    assert engine.page(SetQuery(PUBLIC)).total == 5
    document = make_document(8, np.random.default_rng(8))
    engine.apply([Upsert(document)])
    assert document.vector is not None
    assert engine.by_vector(document.vector, PUBLIC, 1)[0].id == "need-8"
    assert made[2].vector is not None
    assert engine.by_vector(made[2].vector, PUBLIC, 1)[0].id == "need-3"


READER = """
import sys
from pathlib import Path
from indexes.embedded import EmbeddedEngine
from indexes.engine import Filters, SetQuery
engine = EmbeddedEngine(Path(sys.argv[1]))
for line in sys.stdin:
    print(engine.page(SetQuery(Filters(frozenset({"public"})))).total, flush=True)
"""


def test_another_process_sees_each_commit(engine: EmbeddedEngine) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(engine.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin
        assert reader.stdout
        for count in (0, 3, 2):
            if count == 3:
                fill(engine, 3)
            if count == 2:
                engine.apply([Delete("need-1", 5)])
            reader.stdin.write("?\n")
            reader.stdin.flush()
            assert int(reader.stdout.readline()) == count
        reader.stdin.close()


def test_readers_never_see_words_and_vectors_apart(engine: EmbeddedEngine) -> None:
    """While documents are rewritten with other vectors, a document's own vector always finds exactly it."""
    fill(engine, 40)
    stop, wrong = threading.Event(), []
    other = EmbeddedEngine(engine.root)

    def read() -> None:
        while not stop.is_set():
            for name, stored in other.stored([f"need-{number}" for number in range(1, 41, 7)]).items():
                if stored.vector is None or abs(float(np.linalg.norm(stored.vector)) - 1) > 1e-3:
                    wrong.append(name)
            near = other.by_vector(unit(np.random.default_rng(1)), PUBLIC, 10)
            wrong.extend(hit.id for hit in near if hit.vector is None or len(hit.terms) != 15)

    thread = threading.Thread(target=read)
    thread.start()
    for version in range(2, 12):
        rng = np.random.default_rng(version)
        engine.apply([Upsert(make_document(number, rng, version=version)) for number in range(1, 41)])
    stop.set()
    thread.join()
    assert wrong == []


def test_an_unchanged_vector_is_not_written_again(engine: EmbeddedEngine) -> None:
    document = make_document(1, np.random.default_rng(1))
    for _ in range(3):
        engine.apply([Upsert(document)])
    folder = engine.root / engine.generation
    assert (folder / "vectors.f32").stat().st_size == 384 * 4
    assert (folder / "terms.u32").stat().st_size == 15 * 4


def test_a_second_writer_waits_and_then_gives_up(engine: EmbeddedEngine) -> None:
    with (
        locked(engine.root / engine.generation / "write.lock", 1),
        pytest.raises(EngineUnavailableError, match="another process"),
    ):
        engine.apply([Delete("need-1", 1)])


def test_two_writers_take_turns(engine: EmbeddedEngine) -> None:
    def write(first: int) -> None:
        own = EmbeddedEngine(engine.root)
        rng = np.random.default_rng(first)
        for number in range(first, first + 20):
            own.apply([Upsert(make_document(number, rng))])

    threads = [threading.Thread(target=write, args=(start,)) for start in (1, 101)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.page(SetQuery(PUBLIC)).total == 40


def test_a_lost_folder_is_unavailable(engine: EmbeddedEngine) -> None:
    """83: the folder vanished under a running process: a state, not a crash."""
    fill(engine, 2)
    folder = engine.root / engine.generation
    folder.rename(engine.root / "away")
    with pytest.raises(EngineUnavailableError):
        engine.page(SetQuery(PUBLIC))
    (engine.root / "away").rename(folder)
    assert engine.page(SetQuery(PUBLIC)).total == 2


def test_few_hits_behind_a_narrow_filter_are_all_found(engine: EmbeddedEngine) -> None:
    rng = np.random.default_rng(4)
    batch = [make_document(number, rng) for number in range(1, 4001)]
    rare = make_document(5000, rng, facets={"kind": ("expert",)})
    engine.apply([Upsert(each) for each in [*batch, rare]])
    assert [hit.id for hit in engine.by_vector(unit(rng), PUBLIC.narrowed(kind="expert"), 10)] == [
        "need-5000"
    ]


@pytest.mark.parametrize("few", [0, 20, 10_000])
def test_the_nearest_are_exact_however_they_are_sought(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """By the best of all or by all of a filter, on the second asking and after the next commits, as a walk over all finds them."""
    monkeypatch.setattr("indexes.embedded.engine.MIN_TAKE", 4)
    monkeypatch.setattr("indexes.embedded.engine.FEW", few)
    rng = np.random.default_rng(6)
    held: dict[str, Document] = {}
    for version in (1, 2, 3):
        numbers = [int(each) for each in rng.choice(400, 200, replace=False) + 1]
        batch = [
            make_document(number, rng, version=version, facets={"kind": ("need",), "chain": (CHAINS[number * version % 9 // 4],)})
            for number in numbers
        ]
        engine.apply([*map(Upsert, batch[20:]), *(Delete(each.id, version) for each in batch[:20])])
        held |= {each.id: each for each in batch[20:]}
        for gone in batch[:20]:
            held.pop(gone.id, None)
        for _ in range(2):
            wanted = unit(rng)
            for chain, limit in product(CHAINS, (1, 5, 30, 500)):
                near = [each for each in held.values() if each.facets["chain"] == (chain,)]
                near.sort(key=lambda each: -float(np.dot(each.vector, wanted)) if each.vector is not None else 0.0)
                found = engine.by_vector(wanted, PUBLIC.narrowed(chain=chain), limit)
                assert [hit.id for hit in found] == [each.id for each in near[:limit]]
