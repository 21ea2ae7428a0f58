"""Scores: what they may depend on, how they are ordered, what they mean."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.corpus import EMPTY, Statistics, Vector, collect
from matcher.ranking import CURRENT, Asked, level, rank
from matcher.vocabulary import Level

WORDS = ["激光", "雷达", "轴承", "涂层", "电池", "回收", "人参", "大豆", "레이저", "laser"]

PLENTY = tuple(f"字{number}" for number in range(30))  # so that a text says enough to be judged
PLENTY_KO = tuple(f"글{number}" for number in range(60))


@dataclass(frozen=True)
class Text:
    id: str
    title: tuple[str, ...]
    body: tuple[str, ...] = ()
    vector: Vector | None = None


def unit(values: list[float]) -> Vector:
    vector = np.asarray(values, dtype=np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def text(number: int, seed: int) -> Text:
    rng = np.random.default_rng(seed)
    words = tuple(str(word) for word in rng.choice(WORDS, 6))
    return Text(f"achievement-{number}", words[:2], words[2:], unit(list(rng.normal(size=8) + 2)))


def corpus(texts: list[Text]) -> Statistics:
    return collect((each.title + each.body, each.vector) for each in texts)


POOL = [text(number, number) for number in range(40)]
NEED = replace(text(99, 5), id="need-1")


@settings(deadline=None)
@given(st.permutations(range(12)), st.integers(1, 11))
def test_order_and_chunks_of_the_candidates_change_nothing(places: list[int], cut: int) -> None:
    statistics = corpus(POOL)
    whole = rank(NEED, POOL[:12], statistics)
    shuffled = [POOL[place] for place in places]
    parts = [*rank(NEED, shuffled[:cut], statistics), *rank(NEED, shuffled[cut:], statistics)]
    assert sorted(parts, key=lambda scored: (-scored.score, scored.id)) == whole


@settings(deadline=None)
@given(st.integers(0, 500), st.sampled_from([0.0, 1e-6, 0.06, 0.15, 0.5, 0.9]), st.sampled_from(["near", "far", "foreign", "none"]))
def test_only_what_no_words_could_help_is_left_unscored(seed: int, least: float, how: str) -> None:
    """A candidate is scored as ever, or its probability would have been less than was asked for."""
    need, other = text(1, seed), text(2, seed + 1000)
    other = replace(other, body=(*PLENTY, *need.title, *need.body), vector=None if how == "none" else other.vector)
    if how == "near":
        other = replace(other, vector=need.vector)
    if how == "foreign":
        other = replace(other, body=PLENTY_KO)
    asked = Asked(need, corpus(POOL))
    whole, found = asked.score(other), asked.score_if(other, least)
    assert found == whole if found is not None else whole.probability < least


def test_far_meaning_is_left_unscored() -> None:
    """The shortcut is taken at all, and never for the nearest."""
    asked = Asked(NEED, corpus(POOL))
    assert NEED.vector is not None
    assert asked.score_if(replace(POOL[0], vector=-NEED.vector), 0.15) is None
    assert asked.score_if(replace(POOL[0], vector=NEED.vector), 0.15) is not None


def test_equal_scores_stand_by_id() -> None:
    twins = [replace(POOL[3], id=name) for name in ("achievement-b", "achievement-a", "achievement-c")]
    assert [each.id for each in rank(NEED, twins, corpus(POOL))] == [
        "achievement-a",
        "achievement-b",
        "achievement-c",
    ]


@settings(deadline=None)
@given(st.integers(0, 500), st.booleans(), st.booleans())
def test_every_result_is_finite_with_a_probability_and_a_level(
    seed: int, vectors: bool, snapshot: bool
) -> None:
    need, other = text(1, seed), text(2, seed + 1000)
    if not vectors:
        other = replace(other, vector=None)
    scored = Asked(need, corpus(POOL) if snapshot else EMPTY).score(other)
    assert math.isfinite(scored.score)
    assert 0 <= scored.probability <= 1
    assert scored.level is level(scored.probability)
    assert ("semantic" in scored.parts) is vectors


def test_nothing_and_zero_vectors_are_no_error() -> None:
    empty = Text("achievement-0", (), (), np.zeros(8, dtype=np.float32))
    for need, statistics in ((empty, EMPTY), (empty, corpus(POOL)), (NEED, corpus(POOL))):
        assert math.isfinite(Asked(need, statistics).score(empty).score)


def test_more_of_the_same_meaning_scores_more() -> None:
    statistics = corpus(POOL)
    assert NEED.vector is not None
    near = Text("achievement-1", ("水",), (), NEED.vector)
    far = replace(near, vector=-NEED.vector)
    asked = Asked(NEED, statistics)
    assert asked.score(near).score > asked.score(far).score + 0.5


def test_shared_words_help_until_there_are_enough() -> None:
    statistics = corpus(POOL)
    none, some = (
        Text("a", ("水",), (), POOL[0].vector),
        Text("b", NEED.title[:1], ("水",) * 9, POOL[0].vector),
    )
    asked = Asked(NEED, statistics)
    first, second = asked.score(none), asked.score(some)
    assert second.parts["words"] > 0
    assert second.score > first.score
    most = asked.score(Text("c", NEED.title, NEED.body, POOL[0].vector))
    assert most.score - first.score <= CURRENT.word_weight * CURRENT.enough + 1e-6


def test_words_alone_never_make_a_strong_match() -> None:
    copy = replace(NEED, id="achievement-1", vector=None)
    scored = Asked(NEED, corpus(POOL)).score(copy)
    assert scored.level in {Level.FAIR, Level.WEAK}


def test_a_text_in_another_language_is_measured_from_its_own_centre() -> None:
    rng = np.random.default_rng(3)
    shift = np.zeros(16)
    shift[0] = 3.0
    content = rng.normal(size=(30, 16)) * 0.3
    here = [Text(f"zh-{n}", ("激光",), PLENTY, unit(list(row + shift))) for n, row in enumerate(content)]
    there = [Text(f"ko-{n}", ("레이",), PLENTY_KO, unit(list(row - shift))) for n, row in enumerate(content)]
    need = replace(here[7], id="need-1")
    statistics = corpus([*here, *there])
    best = [each.id for each in rank(need, there, statistics)]
    assert best[0] == "ko-7"
    asked = Asked(need, statistics)
    others = [asked.score(each).score for number, each in enumerate(here) if number != 7]
    assert asked.score(there[7]).score > max(others)


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(0.8, Level.STRONG), (0.79, Level.FAIR), (0.5, Level.FAIR), (0.49, Level.WEAK), (0.14, Level.NONE)],
)
def test_levels_by_probability(probability: float, expected: Level) -> None:
    assert level(probability) is expected


def test_the_same_inputs_give_the_same_score_to_the_last_digit() -> None:
    statistics = corpus(POOL)
    again = Statistics.load(statistics.dump())
    assert rank(NEED, POOL, statistics) == rank(NEED, POOL, again)
