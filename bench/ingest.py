"""Ingest: import and relay against the encoder's own rate, and with stored vectors against raw bulk writing."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import harmonic_mean
from typing import Any

from elasticsearch import Elasticsearch

from bench.corpus import Corpus
from bench.measure import Figure, Sizes, seconds
from config.settings import Settings, load_settings
from indexes import documents, statistics, sync, truth
from indexes.elastic import mapping
from indexes.engine import Document, Engine, Fingerprint, Upsert
from indexes.opening import ensure_live, open_engine
from matcher import clock, db, migrations
from matcher.actions.imports import import_records
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.embedding import Encoder, open_encoder
from matcher.importing import read_rows
from matcher.models import MODELS, Organisation
from matcher.vocabulary import OrgKind, OrgState

OWNER = "测试研究院"
FILLER = "系统采用模块化结构，在试验线上连续运行，指标经第三方检测，适合中小企业改造现有产线。"


@contextmanager
def platform(**overrides: object) -> Iterator[Settings]:
    """A migrated database and settings of this measurement's own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(environment="test", data_dir=Path(folder), secret_key="k" * 40, **overrides)
        migrations.upgrade(db.configure(settings))
        moment = clock.now()
        owner = Organisation(
            kind=OrgKind.INSTITUTE, name=OWNER, region="220100", state=OrgState.CHECKED,
            created_at=moment, updated_at=moment,
        )  # fmt: skip
        with transaction() as session:
            session.add(owner)
        statistics.forget()  # of a database measured before
        yield settings


def rows(count: int) -> bytes:
    """An import file of achievements of about 300 characters."""
    corpus = Corpus(count, seed=3)
    lines = []
    for number in range(count):
        words = "".join(corpus.tokens(20))
        lines.append(
            {
                "source_id": str(number), "title": f"成果{number}{words[:30]}", "abstract": f"{words}{FILLER * 4}",
                "problem": FILLER, "advantage": FILLER, "economics": FILLER, "trl": 6, "chain": "food", "tech_field": "agriculture",
                "region": "220100", "coop_modes": ["licence"], "keywords": ["测试"], "completed_on": "2025-06-01",
            }
        )  # fmt: skip
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def bring_in(settings: Settings, content: bytes) -> None:
    """Import as the command does it."""
    read = read_rows("achievement", content, today=clock.today(settings.zone), source="bench")
    import_records(SYSTEM, "achievement", read, organisation=OWNER, publish=True)


def relay(engine: Engine, encoder: Encoder) -> int:
    """Steps until nothing waits; how many items were carried on."""
    handled = 0
    while (step := sync.step(engine, encoder)).handled:
        handled += step.handled
    return handled


def against_encoder(count: int = 160) -> Figure:
    """Records per second through import and relay, over texts per second of the encoder alone."""
    with platform() as settings:
        encoder, engine = open_encoder(settings), open_engine(settings)
        ensure_live(engine, encoder)
        content = rows(count)
        encoder.encode_passages(["预热"] * 4)
        whole = seconds(lambda: bring_in(settings, content)) + seconds(lambda: relay(engine, encoder))
        assert sum(held.has_vector for held in engine.held()) == count
        with reading() as session:
            texts = [documents.passage(record) for record in session.query(MODELS["achievement"]).all()]  # type: ignore[arg-type]
        alone = seconds(lambda: encoder.encode_passages(texts))
        detail = f"{count / whole:.1f} records/s, encoder {count / alone:.1f} texts/s"
        return Figure("ingest with encoding / encoder alone", alone / whole, 0.9, False, detail)


def with_stored_vectors(count: int = 5000, **overrides: object) -> Figure:
    """Records per second of the relay when every vector is in the table of embeddings."""
    with platform(**overrides) as settings:
        encoder, engine = open_encoder(settings), open_engine(settings)
        ensure_live(engine, encoder)
        bring_in(settings, rows(count))
        corpus = Corpus(count)
        made = []
        for records in truth.all_records():
            made += [document for document in map(documents.build, records) if document is not None]
        with transaction() as session:
            truth.store(session, encoder.fingerprint, {truth.wanted(each): corpus.vector() for each in made})
        if settings.elasticsearch_url is None:
            rate = _relayed(engine, encoder, count)
            return Figure("relay with stored vectors, embedded", rate, 1000, False, f"{count:,} records", "records/s")
        try:
            return _against_raw(settings.elasticsearch_url, engine, encoder, made, corpus)
        finally:
            _drop(settings.elasticsearch_url, settings.index_prefix)


def _relayed(engine: Engine, encoder: Encoder, count: int) -> float:
    """Records per second of the relay."""
    spent = seconds(lambda: relay(engine, encoder))
    assert sum(held.has_vector for held in engine.held()) == count
    return count / spent


def _against_raw(url: str, engine: Engine, encoder: Encoder, made: list[Document], corpus: Corpus) -> Figure:
    """The relay between two runs of raw bulk, so that what else the machine does falls on both.

    Raw bulk is the client's `bulk` with documents that are ready. The relay writes its JSON with a faster library; what
    raw bulk would gain from it is told beside the figure.
    """
    ready = [mapping.source(Upsert(documents.with_vector(each, corpus.vector()))) for each in made]
    plain = [{**each, "vector": each["vector"].tolist()} for each in ready]
    before = _raw_bulk(url, engine.fingerprint(), plain, dict)
    rate = _relayed(engine, encoder, len(made))
    raw = harmonic_mean([before, _raw_bulk(url, engine.fingerprint(), plain, dict)])
    quick = _raw_bulk(url, engine.fingerprint(), ready, mapping.as_json)
    detail = (
        f"{rate:.0f} records/s, raw bulk {raw:.0f} documents/s; "
        f"{quick:.0f} with the relay's way of writing JSON ({rate / quick:.2f} ×)"
    )
    return Figure("relay with stored vectors, Elasticsearch / raw bulk", rate / raw, 0.7, False, detail)


def _raw_bulk(
    url: str, fingerprint: Fingerprint, sources: Sequence[dict[str, Any]], write: Callable[[dict[str, Any]], Any]
) -> float:
    """Documents per second of nothing but bulk calls of the relay's size; `write` is part of what is timed."""
    client = Elasticsearch(url, request_timeout=60)
    name = "daqiao-bench-raw"
    client.indices.create(index=name, mappings=mapping.mapping(fingerprint), settings=mapping.SETTINGS)
    try:
        start = time.perf_counter()
        for part in truth.batched(sources, sync.BATCH):
            lines: list[Any] = []
            for each in part:
                lines += ({"index": {}}, write(each))
            client.bulk(operations=lines, index=name)
        return len(sources) / (time.perf_counter() - start)
    finally:
        client.indices.delete(index=name)


def _drop(url: str, prefix: str) -> None:
    client = Elasticsearch(url, request_timeout=60)
    names = list(client.indices.get(index=f"{prefix}-g*").body)
    if names:
        client.indices.delete(index=",".join(names))


def figures(elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """Every figure of ingest; those of Elasticsearch where there is one."""
    found = [with_stored_vectors(sizes.stored), against_encoder(sizes.encoded)]
    if elasticsearch_url:
        found.append(
            with_stored_vectors(
                sizes.stored, elasticsearch_url=elasticsearch_url, index_prefix="daqiao-bench"
            )
        )
    return found
