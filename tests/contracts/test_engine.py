"""Both engines keep the same promises about single documents, sets, counts, orders and neighbours."""

from dataclasses import replace

import numpy as np
import pytest

from config.settings import Settings
from indexes.elastic import ElasticEngine
from indexes.embedded import EmbeddedEngine
from indexes.engine import (
    Delete,
    Engine,
    EngineUnavailableError,
    Filters,
    Fingerprint,
    NoIndexError,
    Outcome,
    SetQuery,
    Upsert,
    WordQuery,
)
from indexes.facets import FACETS, SORTS
from indexes.opening import open_engine
from tests.contracts.corpus import DIMENSIONS, fill, live_engine, make_document, unit

PUBLIC = Filters(frozenset({"public"}))


@pytest.fixture
def engine(engines: Settings) -> Engine:
    return live_engine(engines)


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_an_older_version_never_replaces_a_newer_one(engine: Engine) -> None:
    """6: older version applied after newer: the newer stays, the item counts as done."""
    new = make_document(1, rng(), version=5, title=("新",))
    old = make_document(1, rng(), version=4, title=("旧",))
    assert engine.apply([Upsert(new)])[0].outcome is Outcome.DONE
    assert engine.apply([Upsert(old)])[0].outcome is Outcome.STALE
    assert engine.stored(["need-1"])["need-1"].title == ("新",)


def test_the_same_version_may_be_written_again(engine: Engine) -> None:
    """5: a repeated write leaves the same content; the vector may follow the words under one version."""
    document = make_document(1, rng())
    for each in (replace(document, vector=None), document, document):
        assert engine.apply([Upsert(each)])[0].outcome is Outcome.DONE
    assert [held.has_vector for held in engine.held()] == [True]
    assert engine.page(SetQuery(PUBLIC)).total == 1


def test_a_late_update_does_not_bring_back_what_was_deleted(engine: Engine) -> None:
    """10: record deleted: gone from everything; a late older update stays out, a newer one comes in."""
    document = make_document(1, rng(), version=2)
    engine.apply([Upsert(document)])
    assert engine.apply([Delete("need-1", 3)])[0].outcome is Outcome.DONE
    assert engine.apply([Upsert(document)])[0].outcome is Outcome.STALE
    assert document.vector is not None
    assert engine.page(SetQuery(PUBLIC)).total == 0
    assert engine.by_words(WordQuery(document.title), PUBLIC, 10) == []
    assert engine.by_vector(document.vector, PUBLIC, 10) == []
    assert engine.stored(["need-1"]) == {}
    assert engine.apply([Upsert(replace(document, version=4))])[0].outcome is Outcome.DONE
    assert engine.page(SetQuery(PUBLIC, limit=5)).ids == ("need-1",)


def test_one_refused_document_leaves_the_others_alone(engine: Engine) -> None:
    """7 and 9: of a batch with one document that cannot be indexed, only that one fails, not to be tried in vain."""
    batch = [Upsert(make_document(number, rng(number))) for number in (1, 2, 3)]
    batch[1] = Upsert(replace(batch[1].document, vector=np.ones(3, np.float32)))
    results = engine.apply(batch)
    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
    assert not results[1].retryable
    assert results[1].reason
    assert engine.page(SetQuery(PUBLIC)).total == 2


def test_what_was_applied_unseen_is_seen_after_the_next_visible_call(engine: Engine) -> None:
    """3: even when nothing of that call's own is taken in."""
    first = [Upsert(make_document(number, rng(number), version=2)) for number in (1, 2)]
    assert [result.outcome for result in engine.apply(first, visible=False)] == [Outcome.DONE] * 2
    assert engine.apply([Upsert(make_document(1, rng(), version=1))])[0].outcome is Outcome.STALE
    assert engine.page(SetQuery(PUBLIC)).total == 2
    assert sorted(held.id for held in engine.held()) == ["need-1", "need-2"]


def test_visibility_hides_from_every_kind_of_question(engine: Engine) -> None:
    """51: what somebody may not see is in no hit, count or facet."""
    hidden = make_document(1, rng(), visibility="brokers", facets={"kind": ("expert",), "chain": ("energy",)})
    engine.apply([Upsert(hidden), Upsert(make_document(2, rng(2)))])
    page = engine.page(SetQuery(PUBLIC, limit=10, facets=tuple(FACETS)))
    assert page.ids == ("need-2",)
    assert page.total == 1
    assert "energy" not in page.facets["chain"]
    assert hidden.vector is not None
    near = engine.by_vector(hidden.vector, PUBLIC, 10)
    assert [hit.id for hit in near] == ["need-2"]
    assert engine.page(SetQuery(Filters(frozenset({"public", "brokers"})))).total == 2


def test_total_facets_and_pages_speak_of_the_same_set(engine: Engine) -> None:
    made = fill(engine, 120)
    ids = frozenset(document.id for document in made[:10])
    query = SetQuery(PUBLIC, WordQuery(("激光", "雷达"), 2), ids, facets=("chain",), limit=1000)
    page = engine.page(query)
    expected = {d.id for d in made if {"激光", "雷达"} <= {*d.title, *d.body}} | ids
    assert set(page.ids) == expected
    assert page.total == len(expected) == sum(page.facets["chain"].values())
    for value, count in page.facets["chain"].items():
        assert engine.page(replace(query, filters=PUBLIC.narrowed(chain=value))).total == count


@pytest.mark.parametrize("name", [sort.name for sort in SORTS.values() if sort.field])
def test_a_sort_orders_by_its_field_across_pages(engine: Engine, name: str) -> None:
    made = fill(engine, 60)
    sort = SORTS[name]
    assert sort.field
    wanted = sorted(made, key=lambda document: document.sorts[sort.field or ""], reverse=sort.descending)
    pages = [engine.page(SetQuery(PUBLIC, sort=name, offset=start, limit=20)).ids for start in (0, 20, 40)]
    assert [each for page in pages for each in page] == [document.id for document in wanted]


def test_nearest_are_exact_in_score_and_respect_filters(engine: Engine) -> None:
    made = fill(engine, 300)
    vector = unit(rng(99))
    filters = PUBLIC.narrowed(chain="food")
    hits = engine.by_vector(vector, filters, 20)
    scores = {
        d.id: float(d.vector @ vector)
        for d in made
        if d.facets["chain"] == ("food",) and d.vector is not None
    }
    best = sorted(scores, key=lambda each: -scores[each])[:20]
    assert len(set(best) & {hit.id for hit in hits}) >= 19
    for hit in hits:
        assert hit.score == pytest.approx(scores[hit.id], abs=1e-5)


def test_candidates_are_what_the_two_legs_find(engine: Engine) -> None:
    fill(engine, 100)
    words, vector = WordQuery(("激光", "电池")), unit(rng(5))
    both = engine.candidates(words, vector, PUBLIC, 30)
    assert both.by_words == engine.by_words(words, PUBLIC, 30)
    assert both.by_vector == engine.by_vector(vector, PUBLIC, 30)
    assert engine.candidates(words, None, PUBLIC, 30).by_vector == []
    assert engine.candidates(WordQuery(()), vector, PUBLIC, 30).by_words == []


def test_stored_gives_back_tokens_and_vectors(engine: Engine) -> None:
    made = fill(engine, 3)
    found = engine.stored(["need-1", "need-3", "need-77"])
    assert set(found) == {"need-1", "need-3"}
    assert found["need-3"].title == made[2].title
    assert found["need-3"].body == made[2].body
    assert np.allclose(found["need-3"].vector, made[2].vector)  # type: ignore[arg-type]


def test_held_lists_everything_for_the_check(engine: Engine) -> None:
    made = fill(engine, 30)
    engine.apply([Delete("need-4", 2)])
    held = {each.id: each for each in engine.held()}
    assert len(held) == 30
    assert held["need-4"].visibility == "deleted"
    assert held["need-5"].digest == made[4].digest
    assert [each.id for each in engine.held(["need-7"])] == ["need-7"]


def test_there_is_no_answer_before_there_is_an_index(engines: Settings) -> None:
    """83: an absent index is a state that callers can tell, never an empty result."""
    engine = open_engine(engines)
    for ask in (
        lambda: engine.generation,
        engine.fingerprint,
        lambda: engine.page(SetQuery(PUBLIC)),
        lambda: engine.by_words(WordQuery(("a",)), PUBLIC, 1),
        lambda: engine.by_vector(unit(rng()), PUBLIC, 1),
        lambda: engine.apply([Delete("need-1", 1)]),
        lambda: list(engine.held()),
    ):
        with pytest.raises(NoIndexError):
            ask()


def test_generations_are_swapped_and_kept_apart(engine: Engine) -> None:
    """16 and 18: what is built beside the live index is not seen before the swap, and debris is known as such."""
    fill(engine, 5)
    first = engine.generation
    beside = engine.create(Fingerprint("m2", "t", "model", DIMENSIONS))
    beside.apply([Upsert(make_document(9, rng()))])
    assert engine.page(SetQuery(PUBLIC)).total == 5
    assert engine.generations() == (first, None, (beside.generation,))
    with pytest.raises(ValueError, match=first):
        engine.discard(first)
    engine.make_live(beside.generation)
    assert engine.page(SetQuery(PUBLIC, limit=5)).ids == ("need-9",)
    assert engine.fingerprint().mapping == "m2"
    assert engine.generations() == (beside.generation, first, ())
    engine.make_live(first)
    assert engine.page(SetQuery(PUBLIC)).total == 5
    with pytest.raises(NoIndexError):
        engine.make_live("g-none")


def test_both_engines_propose_the_same_candidates(settings: Settings, elasticsearch_url: str) -> None:
    """At least 95 % of the top 50 by meaning and by words are the same documents in both engines."""
    elastic = ElasticEngine(elasticsearch_url, f"{settings.index_prefix}-overlap", 20)
    embedded = EmbeddedEngine(settings.data_dir / "index")
    for engine in (elastic, embedded):
        engine.make_live(engine.create(Fingerprint("m", "t", "model", DIMENSIONS)).generation)
        for seed in range(4):
            made = [
                make_document(seed * 1000 + n, np.random.default_rng(seed * 1000 + n)) for n in range(1, 1001)
            ]
            engine.apply([Upsert(document) for document in made])
    shared: list[float] = []
    for seed in range(20):
        found = [
            engine.candidates(WordQuery(made[seed].title), unit(rng(seed)), PUBLIC, 50)
            for engine in (elastic, embedded)
        ]
        shared.append(len({h.id for h in found[0].by_vector} & {h.id for h in found[1].by_vector}) / 50)
        best = [sorted((round(h.score, 3) for h in each.by_words), reverse=True) for each in found]
        assert best[0][:10] == pytest.approx(best[1][:10], rel=0.05)
    assert float(np.mean(shared)) >= 0.95
    for name in elastic.generations()[:1]:
        elastic.client.indices.delete(index=str(name))


def test_a_slow_or_absent_cluster_is_unavailable_within_the_time_limit(settings: Settings) -> None:
    """84: a refused connection is reported at once as unavailable."""
    engine = ElasticEngine("http://127.0.0.1:9", "none", 1)
    with pytest.raises(EngineUnavailableError):
        engine.page(SetQuery(PUBLIC))
    with pytest.raises(EngineUnavailableError):
        engine.apply([Delete("need-1", 1)])
