"""Measures worked out by hand."""

from math import log2

import pytest

from matcher.evaluation import (
    Interval,
    bootstrap,
    intervals,
    ndcg,
    order,
    precision,
    rank_across,
    recall,
    reciprocal_rank,
    summary,
)

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}


def test_ndcg_by_hand() -> None:
    # found: c (gain 1), x (0), a (7); best: a (7), b (3), c (1)
    found = 1 / log2(2) + 7 / log2(4)
    best = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    assert ndcg(["c", "x", "a"], GRADES) == pytest.approx(found / best)
    assert ndcg(["a", "b", "c", "d"], GRADES) == 1.0


def test_ndcg_looks_at_k_places_only() -> None:
    assert ndcg(["x", "a"], GRADES, k=1) == 0.0
    assert ndcg(["a"], GRADES, k=1) == 1.0


def test_nothing_graded_or_nothing_found_is_zero() -> None:
    assert ndcg(["a"], {}) == ndcg([], GRADES) == recall(["a"], {}) == reciprocal_rank(["c"], GRADES) == 0.0


def test_precision_recall_and_reciprocal_rank_count_grades_of_two_and_better() -> None:
    run = ["c", "b", "x", "a"]
    assert precision(run, GRADES) == 0.0
    assert precision(run, GRADES, k=2) == 0.5
    assert recall(run, GRADES, k=2) == 0.5
    assert recall(run, GRADES) == 1.0
    assert reciprocal_rank(run, GRADES) == 0.5


def test_equal_scores_stand_by_id() -> None:
    assert order({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]


def test_rank_across_leaves_out_relevant_ones_and_puts_the_missing_behind_all() -> None:
    assert rank_across(["b", "x", "c", "a"], GRADES, "a", pool=9) == 3
    assert rank_across(["b", "x"], GRADES, "a", pool=9) == 8


def test_a_query_without_an_answer_counts_as_nothing_found() -> None:
    figures = summary({"one": ["a", "b", "c"]}, {"one": GRADES, "two": GRADES})
    assert figures == {"ndcg@10": 0.5, "p@1": 0.5, "r@10": 0.5, "mrr": 0.5}
    assert set(summary({}, {}).values()) == {0.0}


def test_intervals_hold_the_mean_and_narrow_with_more_queries() -> None:
    few, many = bootstrap([0.0, 1.0] * 5), bootstrap([0.0, 1.0] * 200)
    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < (few.high - few.low) / 3
    assert bootstrap([0.0, 1.0] * 5) == few  # the same runs print the same intervals
    assert bootstrap([]) == Interval(0.0, 0.0, 0.0)


def test_intervals_are_of_the_same_means_as_the_summary() -> None:
    runs = {"one": ["a", "b", "c"], "two": ["c", "a"]}
    grades = {"one": GRADES, "two": GRADES}
    assert {name: each.mean for name, each in intervals(runs, grades).items()} == summary(runs, grades)
