"""A real Elasticsearch that refuses work because it has too much of it or too little room."""

from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import func, select

from config.settings import Settings
from indexes import sync
from indexes.elastic import ElasticEngine
from indexes.engine import Filters, SetQuery
from matcher import clock
from matcher.db import reading
from matcher.embedding import open_encoder
from matcher.models import OutboxItem, Stage
from tests.contracts.corpus import fitting_engine, publish_many
from tests.fixtures.servers import enter_or_skip
from tests.servers.elasticsearch import HEAP, elasticsearch_node

EVERYTHING = SetQuery(Filters(frozenset({"public"})))


def stages() -> dict[str, int]:
    with reading() as session:
        query = select(OutboxItem.stage, func.count()).group_by(OutboxItem.stage)
        return {str(stage): int(count) for stage, count in session.execute(query)}


def delay() -> float:
    """Seconds until the first waiting item is tried again."""
    with reading() as session:
        until = session.scalar(select(func.min(OutboxItem.available_at)))
    assert until is not None
    return (until - clock.now()).total_seconds()


@pytest.mark.parametrize("engine_kind", ["elastic"], indirect=True)
def test_a_full_disk_postpones_and_parks_nothing(settings: Settings) -> None:
    """8: a disk past its flood stage: 429 for each document, tried again later and later, done when there is room."""
    engine, encoder = fitting_engine(settings), open_encoder(settings)
    assert isinstance(engine, ElasticEngine)
    publish_many(3, vectors=encoder.fingerprint)
    moment, delays = clock.now(), []
    _flood_stage(engine, True)
    for _ in range(sync.MAX_ATTEMPTS + 2):
        moment += timedelta(hours=1)
        with clock.at(moment):
            step = sync.step(engine, encoder)
            assert (step.postponed, step.dead) == (3, 0)
            delays.append(round(delay()))
    assert delays == [1, 2, 4, 8, 16, 32, 64]
    with reading() as session:
        assert {error[:3] for error in session.scalars(select(OutboxItem.last_error))} == {"429"}
    _flood_stage(engine, False)
    with clock.at(moment + timedelta(hours=1)):
        assert len(sync.step(engine, encoder).to_match) == 3
    assert engine.page(EVERYTHING).total == 3


def test_an_overloaded_server_postpones_the_batch(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8: a bulk request that the server has no memory for: 429 for all of it, nothing dropped, smaller ones pass."""
    encoder = open_encoder(settings)
    with ExitStack() as stack:
        server = partial(elasticsearch_node, HEAP, "indexing_pressure.memory.limit=64kb")
        engine = ElasticEngine(enter_or_skip(stack, server)[0], "busy", 30.0)
        publish_many(40, vectors=encoder.fingerprint)
        step = sync.step(engine, encoder)
        assert (step.handled, step.postponed) == (0, 40)
        assert "429" in step.unavailable
        assert stages() == {Stage.INDEX: 40}
        monkeypatch.setattr(sync, "BATCH", 2)
        with clock.at(clock.now() + timedelta(seconds=30)):
            while sync.step(engine, encoder).handled:
                pass
        assert stages() == {Stage.MATCH: 40}
        assert engine.page(EVERYTHING).total == 40


def _flood_stage(engine: ElasticEngine, reached: bool) -> None:
    """Block the index as Elasticsearch itself does when its disk is nearly full."""
    with Elasticsearch(engine.url, request_timeout=30) as client:
        client.indices.put_settings(
            index=engine.generation, settings={"index.blocks.read_only_allow_delete": reached or None}
        )
