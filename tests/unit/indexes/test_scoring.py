"""Scores of search hits: each depends on its own document alone."""

import numpy as np
import pytest

from indexes.engine import Hit
from indexes.scoring import fuse, meaning, words
from indexes.terms import term
from matcher.corpus import collect


def hit(name: str, tokens: str, vector: list[float] | None = None, lang: str = "zh") -> Hit:
    found = np.array([term(token) for token in tokens.split()], np.uint32)
    return Hit(name, 0.0, lang, found, None if vector is None else np.array(vector, np.float32))


CORPUS = collect(
    [(["a", "b", "c"], None), (["a", "d"], None), (["a", "e", "f", "g"], None), (["c", "b"], None)]
)


def test_word_scores_are_bm25_as_a_share_of_the_query() -> None:
    texts = ["a b c", "a a a d", "z", "c b a"]
    hits = [hit(str(number), text) for number, text in enumerate(texts)]
    query = ["a", "b"]
    weight = sum(CORPUS.weight(token) for token in query)
    expected = [CORPUS.bm25(query, text.split()) / weight for text in texts]
    assert words(query, hits, CORPUS) == pytest.approx(expected)


def test_a_document_scores_the_same_in_any_company() -> None:
    """79: other candidates change neither order nor score."""
    hits = [hit("a", "a b", [1, 0]), hit("b", "a", [0.6, 0.8]), hit("c", "c", [0, 1])]
    alone = words(["a", "b"], hits[:1], CORPUS)[0]
    assert words(["a", "b"], hits, CORPUS)[0] == pytest.approx(alone)
    assert list(words(["a", "b"], hits[::-1], CORPUS)) == pytest.approx(
        list(words(["a", "b"], hits, CORPUS))[::-1]
    )


def test_nearness_is_measured_from_the_centre_of_each_language() -> None:
    rng = np.random.default_rng(1)
    zh = [hit(f"z{n}", "x", list(rng.normal(size=8) + 5)) for n in range(6)]
    en = [hit(f"e{n}", "x", list(rng.normal(size=8) - 5), "en") for n in range(6)]
    assert en[2].vector is not None
    query = en[2].vector + 10  # says in Chinese what e2 says in English
    scores = meaning(np.asarray(query, np.float32), "zh", [*zh, *en], collect([]))
    assert int(np.argmax(scores)) == 8


def test_what_has_no_vector_is_not_near() -> None:
    assert list(meaning(np.ones(2, np.float32), "zh", [hit("a", "x")], CORPUS)) == [-1]


def test_ties_go_by_id() -> None:
    assert fuse(["b", "a", "c"], np.array([1.0, 1.0, 2.0]), None) == ["c", "a", "b"]


def test_a_silent_record_sinks_but_what_fits_much_worse_stays_below() -> None:
    scores = np.array([1.0, 0.9, 0.5])
    assert fuse(["a", "b", "c"], scores, None, [True, False, False]) == ["b", "a", "c"]


def test_nothing_to_score() -> None:
    assert list(words(["a"], [], CORPUS)) == []
    assert fuse([], np.zeros(0), None) == []
