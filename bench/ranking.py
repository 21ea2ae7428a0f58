"""Matching of one need among many achievements: the answer, its parts, growth, matching again, and memory; encoding apart."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.crowd import KINDS, Builder, write
from bench.ingest import platform
from bench.measure import Figure, Sizes, described, p95, seconds
from config.collector import settle
from config.settings import Settings, get_settings
from indexes import documents, statistics, truth
from indexes.engine import Engine, Upsert, document_id
from indexes.opening import ensure_live, open_engine
from indexes.pairs import Side, banks, computed, sides
from matcher import clock, db, learned
from matcher.actions.matching import KEEP
from matcher.corpus import collect
from matcher.db import reading, transaction
from matcher.embedding import Vectors, open_encoder
from matcher.models import MODELS, CorpusSnapshot, OutboxItem, Stage
from matcher.priors import priors
from workers import matching

ANSWER, PARTS, GROWTH, RATE, MEMORY = 100.0, 60.0, 3.0, 15.0, 400.0
CANDIDATES = 200
ASKED = 60  # needs that are timed one by one
PROCESSES = 2
VERSION = 2  # of the crowd's records


@dataclass
class Stock(Builder):
    """`count` achievements and `needs` needs, with stored vectors near those of the sample texts."""

    needs: int = 1000

    def stock(self) -> None:
        """Records, index and the snapshot that scores come from."""
        self._people()
        for kind, count in zip(KINDS, (self.needs, self.count), strict=True):
            write(MODELS[kind], (row for row, _ in zip(self._records(kind), range(count), strict=False)))
        ensure_live(self.engine, self.encoder)
        found = collect(self._indexed(), priors(self.encoder.fingerprint))
        with transaction() as session:
            session.add(CorpusSnapshot(documents=found.documents, data=found.dump(), created_at=clock.now()))
        statistics.forget()
        db.refresh_statistics()

    def _indexed(self) -> Iterator[tuple[tuple[str, ...], np.ndarray | None]]:
        rng = np.random.default_rng(self.count)
        for records in truth.all_records():
            made = [documents.with_vector(each, self._vector(each.id, rng)) for each in map(documents.build, records) if each]
            self.engine.apply([Upsert(each) for each in made])
            for each in made:
                yield each.title + each.body, each.vector if each.id.startswith("achievement") else None


@dataclass(frozen=True)
class Random:
    """In the model's name, any directions: what the first matching of a need has encoded, without the time that it takes."""

    fingerprint: str
    dimensions: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """A random direction for each text."""
        found = np.random.default_rng(len(texts)).normal(size=(len(texts), self.dimensions))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    encode_passages = encode_queries


@contextmanager
def stocked(count: int, needs: int) -> Iterator[tuple[Settings, matching.Tools]]:
    """A platform of that size, in a folder of its own."""
    with platform() as settings:
        engine, encoder = open_engine(settings), open_encoder(settings)
        Stock(count, engine, encoder, needs=needs).stock()
        first = matching.Tools(engine, Random(encoder.fingerprint, encoder.dimensions))
        for number in range(1, needs + 1):  # sentences have vectors from the first matching on
            matching.compute(first, "need", number, VERSION)
        settle()  # as a worker does
        yield settings, matching.Tools(engine, encoder)


def answers(use: matching.Tools, needs: int) -> list[float]:
    """Seconds of each need's whole matching: candidates, records, scores, reasons."""
    matching.compute(use, "need", 1, VERSION)
    asked = (2 + place % (needs - 1) for place in range(ASKED))
    return [seconds(partial(matching.compute, use, "need", number, VERSION)) for number in asked]


def parts(use: matching.Tools, count: int, needs: int) -> list[float]:
    """Seconds of ranking `CANDIDATES` and of the reasons of those that are kept, records and vectors at hand."""
    with reading() as session:
        _, corpus = statistics.latest(session)
        correction = learned.in_use(session)
        rng = np.random.default_rng(5)
        spent = []
        for number in (1 + place % needs for place in range(ASKED)):
            own = _sides(use.engine, session, "need", [number])[document_id("need", number)]
            picked = [int(each) for each in rng.choice(count, min(CANDIDATES, count), replace=False) + 1]
            others = _sides(use.engine, session, "achievement", picked)
            began = time.perf_counter()
            texts = {name: side.text for name, side in others.items()}
            scores = matching._scores(own, texts, corpus, 0.0)  # noqa: SLF001 - this part of matching is what is timed, with
            ranked = matching._scored(own, others, scores, corpus, correction)  # noqa: SLF001 - every candidate scored in full
            for name, scored, told in ranked[:KEEP]:
                computed(*banks(own, others[name]), corpus, (scored, told), {})
            spent.append(time.perf_counter() - began)
    return spent


def _sides(engine: Engine, session: Session, kind: str, numbers: list[int]) -> dict[str, Side]:
    return sides(session, kind, engine.stored([document_id(kind, number) for number in numbers]))


def again(settings: Settings, needs: int) -> tuple[float, float]:
    """Needs matched again and stored in a second by two processes, and the most memory that one grew by, in MiB."""
    moment = clock.now()
    with transaction() as session:
        rows = [{"kind": "need", "record_id": number, "version": VERSION, "stage": Stage.MATCH, "available_at": moment,
                 "created_at": moment} for number in range(1, needs + 1)]  # fmt: skip
        session.execute(insert(OutboxItem), rows)
    environment = {"DATA_DIR": str(settings.data_dir), "ENVIRONMENT": "test", "SECRET_KEY": "k" * 40, "LOG_LEVEL": "WARNING"}
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _begin, (environment,)) as pool:
        list(pool.map(_match, [0] * PROCESSES))  # started
        began = time.perf_counter()
        grown = list(pool.map(_match, range(1, needs + 1), chunksize=10))
        return needs / (time.perf_counter() - began), max(grown)


_before = 0.0


def _begin(environment: dict[str, str]) -> None:
    global _before  # noqa: PLW0603 - one value for the process
    os.environ.update(environment)
    db.configure(get_settings())
    settle()
    _before = _resident()


def _resident() -> float:
    """MiB that this process holds in memory, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _match(item: int) -> float:
    if item:
        matching.match_item(item)
    return _resident() - _before


def figures(_elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """Every figure of matching on the embedded engine, with stored vectors."""
    small, needs = max(20, sizes.ranked // 10), sizes.rematched
    with stocked(small, min(needs, 100)) as (_, use):
        few = answers(use, min(needs, 100))
    with stocked(sizes.ranked, needs) as (settings, use):
        many, parted = answers(use, needs), parts(use, sizes.ranked, needs)
        use.engine.close()
        rate, memory = again(settings, needs)
    name = f"one need, {sizes.ranked:,} achievements"
    return [
        Figure(f"{name}: candidates, scores and reasons, p95", p95(many) * 1000, ANSWER, True, f"median/p95 {described(many)}", "ms"),
        Figure(f"of it ranking {CANDIDATES} and reasons of {KEEP}, p95", p95(parted) * 1000, PARTS, True, f"median/p95 {described(parted)}", "ms"),
        Figure("ten times the achievements, p95", p95(many) / p95(few), GROWTH, True, f"{small:,}: {described(few)}"),
        Figure(f"{needs:,} needs matched again and stored, two processes", rate, RATE, False, "without encoding", "needs/s"),
        Figure("memory that a matching process grows by, resident", memory, MEMORY, True, "vectors and index mapped from files included", "MiB"),
    ]
