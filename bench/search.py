"""Hybrid search against the raw searches that it is made of, on the same data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bench.corpus import DIMENSIONS, Corpus
from bench.ingest import platform
from bench.measure import Figure, Sizes, described, p95, seconds
from indexes import search as searching
from indexes.elastic import ElasticEngine
from indexes.embedded import EmbeddedEngine
from indexes.embedded.words import word_query
from indexes.engine import Engine, Filters, Vector, WordQuery
from indexes.opening import wanted_fingerprint
from indexes.search import Search
from indexes.truth import batched

QUERIES = 120
WARM = 20
TOP = 50
LONG = 85  # words that stand for a record when its matches are looked for
PAGE_LIMIT = 3.0
SHORT = 4  # words of what people type
BATCH = 2000
PUBLIC = frozenset({"public"})
Times = dict[str, list[float]]


class _Given:
    """Stands where the encoder stands: encoding is measured apart, so queries bring their vectors along."""

    fingerprint = "bench"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self.vector: Vector = np.zeros(DIMENSIONS, np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        """The query's vector."""
        return self.vector[None, :]

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        """Never asked."""
        raise NotImplementedError


def fill(engine: Engine, corpus: Corpus) -> float:
    """Put the corpus into a new live index; documents per second."""
    target = engine.create(wanted_fingerprint(_Given()))
    spent = 0.0
    for part in batched(corpus.documents(), BATCH):
        spent += seconds(lambda part=part: target.apply(part))  # type: ignore[misc]
    engine.make_live(target.generation)
    return corpus.count / spent


def measured(
    engine: Engine,
    corpus: Corpus,
    raw_words: Callable[[WordQuery], object],
    raw_vector: Callable[[Vector], object],
) -> Times:
    """Seconds of each way of asking, the same queries for all, in turns."""
    times: Times = {name: [] for name in ("words", "short", "vector", "candidates", "search")}
    given = _Given()
    for number in range(QUERIES + WARM):
        long = WordQuery(tuple(dict.fromkeys(corpus.tokens(2 * LONG, common=False)))[:LONG])
        short = WordQuery(tuple(dict.fromkeys(corpus.tokens(SHORT, common=False))))
        given.vector = corpus.vector()
        vector, text = given.vector, " ".join(short.tokens)
        asked: dict[str, Callable[[], object]] = {
            "words": lambda: raw_words(long),  # noqa: B023 - called within the turn
            "short": lambda: raw_words(short),  # noqa: B023
            "vector": lambda: raw_vector(vector),  # noqa: B023
            "candidates": lambda: engine.candidates(long, vector, Filters(PUBLIC).narrowed(kind="need"), TOP),  # noqa: B023
            "search": lambda: searching.search(engine, given, PUBLIC, Search(text)),  # noqa: B023
        }
        for name, ask in asked.items():
            spent = seconds(ask)
            if number >= WARM:
                times[name].append(spent)
    return times


def compared(name: str, count: int, times: Times, limit: float) -> list[Figure]:
    """Ratios of 95th percentiles: hybrid candidates, and a whole page of the search box with counts and order."""
    found = []
    for what, raw, most in (("candidates", "words", limit), ("search", "short", PAGE_LIMIT)):
        both = p95([a + b for a, b in zip(times[raw], times["vector"], strict=True)])
        detail = f"{described(times[what])}, raw words {described(times[raw])}, raw vectors {described(times['vector'])}"
        label = "hybrid search" if what == "candidates" else "search page with facets and order"
        found.append(
            Figure(f"{name}, {count:,} documents: {label}", p95(times[what]) / both, most, True, detail)
        )
    return found


def embedded(count: int = 100_000) -> list[Figure]:
    """The embedded engine against tantivy and numpy alone."""
    corpus = Corpus(count)
    with platform() as settings:
        engine = EmbeddedEngine(settings.data_dir / "index")
        fill(engine, corpus)
        reader = engine._reader()  # noqa: SLF001 - the raw parts are what is compared with
        searcher, matrix = reader.searcher(), np.array(reader.vectors.rows())

        def raw_words(words: WordQuery) -> object:
            return searcher.search(word_query(reader.words, words), TOP, count=False)

        def raw_vector(vector: Vector) -> object:
            scores = matrix @ vector
            best = np.argpartition(scores, len(scores) - TOP)[-TOP:]
            return best[np.argsort(-scores[best])]

        return compared("embedded", count, measured(engine, corpus, raw_words, raw_vector), 3.0)


def elastic(url: str, count: int = 50_000) -> list[Figure]:
    """The Elasticsearch engine against its own two searches alone."""
    corpus = Corpus(count)
    engine = ElasticEngine(url, "daqiao-bench", 60)
    fill(engine, corpus)
    live = engine.generation
    engine.client.indices.refresh(index=live)

    def raw_words(words: WordQuery) -> object:
        fields: list[dict[str, Any]] = [
            {"match": {name: {"query": " ".join(words.tokens), "boost": boost}}}
            for name, boost in (("title", 2.0), ("body", 1.0))
        ]
        return engine.client.search(index=live, query={"bool": {"should": fields}}, size=TOP, source=False)

    def raw_vector(vector: Vector) -> object:
        knn = {"field": "vector", "query_vector": vector.tolist(), "k": TOP, "num_candidates": 200}
        return engine.client.search(index=live, knn=knn, size=TOP, source=False)

    try:
        return compared("Elasticsearch", count, measured(engine, corpus, raw_words, raw_vector), 1.3)
    finally:
        engine.client.indices.delete(index=live)


def figures(elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """Every figure of searching; those of Elasticsearch where there is one."""
    found = embedded(sizes.embedded)
    if elasticsearch_url:
        with platform():
            found += elastic(elasticsearch_url, sizes.elastic)
    return found
