"""The check finds and heals exactly what differs between index and record."""

from dataclasses import replace

import pytest

from config.settings import Settings
from indexes import documents, sync
from indexes.check import described, differences, heal
from indexes.engine import Delete, Engine, Filters, SetQuery, Upsert
from matcher.db import reading, transaction
from matcher.embedding import Encoder, open_encoder
from matcher.models import Achievement, OutboxItem, Record, Stage
from tests.contracts.corpus import fitting_engine, publish_many

EVERYBODY = Filters(frozenset({"public", "brokers", "hidden"}))


@pytest.fixture
def encoder(settings: Settings) -> Encoder:
    return open_encoder(settings)


@pytest.fixture
def made(engine: Engine, encoder: Encoder) -> list[Record]:
    records = publish_many(12, vectors=encoder.fingerprint)
    while sync.step(engine, encoder).handled:
        pass
    return records


@pytest.fixture
def engine(engines: Settings) -> Engine:
    return fitting_engine(engines)


def test_check_heals_exactly_what_differs(engine: Engine, encoder: Encoder, made: list[Record]) -> None:
    """12: missing, extra, older and wrong-visibility documents are found, and exactly those are healed."""
    right = {held.id: held for held in engine.held()}
    built = {each.id: each for each in (documents.build(record) for record in reload(made)) if each}
    ids = ["achievement-1", "achievement-2", "achievement-3", "achievement-4"]
    engine.apply([Delete(ids[0], 1)])
    engine.apply([Upsert(replace(built[ids[1]], visibility="brokers"))])
    engine.apply([Upsert(replace(built[ids[2]], title=("别的",), digest="x"))])
    engine.apply([Upsert(replace(built[ids[3]], id="need-4444"))])
    with transaction() as session:
        row = session.get(Achievement, 5)
        assert row is not None
        row.version += 1
    found = differences(engine, encoder)
    assert found.missing == [ids[0]]
    assert found.visibility == [ids[1]]
    assert found.content == [ids[2]]
    assert found.extra == ["need-4444"]
    assert found.older == ["achievement-5"]
    assert found.newer == found.vector == []
    assert len(list(described(found))) == 5
    assert heal(engine, encoder, found) == []
    assert differences(engine, encoder).ids == []
    for held in engine.held():
        if held.id not in found.ids:
            assert held == right[held.id]


def reload(records: list[Record]) -> list[Record]:
    from indexes.truth import records as read

    with reading() as session:
        return list(read(session, [(record.kind.value, record.id) for record in records]).values())


def test_check_heals_an_index_newer_than_a_restored_record(
    engine: Engine, encoder: Encoder, made: list[Record]
) -> None:
    """92: yesterday's database over today's index: the record wins, under a version above the index's."""
    newer = documents.build(reload(made)[0])
    assert newer is not None
    engine.apply([Upsert(replace(newer, version=9, title=("明天",)))])
    found = differences(engine, encoder)
    assert found.newer == [newer.id]
    heal(engine, encoder, found)
    assert engine.stored([newer.id])[newer.id].title == newer.title
    assert differences(engine, encoder).ids == []


def test_check_heals_a_deletion_newer_than_a_restored_record(
    engine: Engine, encoder: Encoder, made: list[Record]
) -> None:
    """92: a document deleted after the backup was made comes back with the restored record."""
    engine.apply([Delete("achievement-1", 30)])
    heal(engine, encoder, differences(engine, encoder))
    assert differences(engine, encoder).ids == []
    assert engine.page(SetQuery(EVERYBODY)).total == len(made)


def test_a_document_without_its_vector_is_queued_for_encoding(engine: Engine, encoder: Encoder) -> None:
    """12 and 88: what was indexed while the model was missing gets its vector once the model is back."""
    publish_many(1)
    sync.step(engine, None)
    found = differences(engine, encoder)
    assert found.vector == ["need-1"]
    assert heal(engine, encoder, found) == []
    with reading() as session:
        assert session.query(OutboxItem).filter_by(stage=Stage.ENCODE).count() == 1
    while sync.step(engine, encoder).handled:
        pass
    assert differences(engine, encoder).ids == []
