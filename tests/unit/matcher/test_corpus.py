"""Corpus statistics: weights, BM25 by hand, storing."""

from math import log

import numpy as np
import pytest

from matcher.corpus import EMPTY, K1, MIN_CENTRE, B, Statistics, collect
from matcher.priors import priors, sentence_priors

TEXTS = [["激光", "焊接"], ["激光", "雷达", "雷达"], ["大豆"]]


def test_bm25_is_what_the_formula_gives_by_hand() -> None:
    statistics = collect((text, None) for text in TEXTS)
    assert (statistics.documents, statistics.average_length) == (3, 2.0)
    laser = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    radar = log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    length = K1 * (1 - B + B * 3 / 2)
    expected = laser * (K1 + 1) / (1 + length) + radar * 2 * (K1 + 1) / (2 + length)
    assert statistics.bm25(["雷达", "激光", "激光", "水"], TEXTS[1]) == pytest.approx(expected)


def test_a_word_that_is_in_no_text_weighs_like_one_in_a_single_text() -> None:
    statistics = collect((text, None) for text in TEXTS)
    assert statistics.weight("无") == statistics.weight("大豆") > statistics.weight("激光") > 0


def test_a_snapshot_read_back_is_the_same() -> None:
    rng = np.random.default_rng(1)
    texts = [(text, rng.normal(size=8).astype(np.float32)) for text in TEXTS * 2]
    statistics = collect(texts)
    again = Statistics.load(statistics.dump())
    assert again == statistics
    assert again.dump() == statistics.dump()
    assert np.array_equal(again.centres["zh"], statistics.centres["zh"])


def test_a_language_has_a_centre_from_enough_texts() -> None:
    one = np.ones(4, dtype=np.float32)
    few = collect((["激光"], one) for _ in range(MIN_CENTRE - 1))
    enough = collect([*((["激光"], one * n) for n in range(MIN_CENTRE)), (["laser"], one)])
    assert few.centres == {}
    assert list(enough.centres) == ["zh"]
    assert np.allclose(enough.centres["zh"], 2.0)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"x\x9c\xab\xae\x05\x00\x01u\x00\xf9"])
def test_anything_else_is_no_snapshot(data: bytes) -> None:
    with pytest.raises(ValueError, match="snapshot"):
        Statistics.load(data)


def test_the_empty_corpus_scores_without_dividing_by_zero() -> None:
    assert EMPTY.bm25(["激光"], ["激光"]) > 0
    assert collect([]).average_length == 0


def test_a_young_platform_starts_from_prior_centres() -> None:
    """One text is not its language's centre; with many texts the prior counts for little."""
    start = np.array([1, 0], dtype=np.float32)
    own = np.array([0, 1], dtype=np.float32)
    young = collect([(["人参"], own)], {"zh": start, "ko": start}).centres
    assert young["zh"] @ start > 0.8
    assert young["ko"].tolist() == start.tolist()
    old = collect([(["人参"], own)] * 50_000, {"zh": start}).centres
    assert old["zh"] @ own > 0.98


def test_priors_are_of_this_encoder_and_of_all_languages() -> None:
    """The files were made with the encoder in use; no other model gets their centres, of whole texts or of sentences."""
    from matcher.encoders.e5 import E5

    model = E5().fingerprint
    assert set(priors(model)) == set(sentence_priors(model)) == {"zh", "en", "ko", "ja", "ru"}
    assert priors("another model") == sentence_priors("another model") == {}
    assert priors(model)["ko"].tolist() != sentence_priors(model)["ko"].tolist()
