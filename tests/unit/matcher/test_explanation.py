"""Reasons that a person can check: quotations are the texts' own words, verdicts follow from the facts."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.corpus import EMPTY, collect
from matcher.explanation import QUOTE, explain, quote
from matcher.facts import AchievementFacts, Indicator, NeedFacts
from matcher.ranking import Scored
from matcher.reasons import Explanation, Reason
from matcher.text import normalise, tokens
from matcher.vocabulary import Level, PriceMode

NEED = NeedFacts(
    title="高寒地区动力电池低温快充与热管理",
    body="零下30 °C启动后电池升温慢。充电时间过长,需要整包方案。",
    indicators=(
        Indicator("升温速率", ">=", Decimal(5), "°C/min"),
        Indicator("充电时间", "<=", Decimal(30), "min", "-20 °C"),
        Indicator("成本增加", "<=", Decimal(2000), "元"),
    ),
    min_trl=6,
    coop_modes=("commissioned", "transfer"),
    region="220100",
    budget_min=Decimal(120),
    budget_max=Decimal(200),
    chain="automotive",
)
OFFER = AchievementFacts(
    title="脉冲自加热与相变缓冲复合的锂电池包控温技术",
    body="利用高频脉冲使电池在零下环境快速升温。石墨烯相变层均温。",
    indicators=(
        Indicator("升温速率", "=", Decimal("8.9"), "°C/min", "-35 °C"),
        Indicator("充电时间", "=", Decimal(34), "min", "-20 °C"),
    ),
    trl=7,
    coop_modes=("commissioned", "licence"),
    region="220200",
    price_mode=PriceMode.FIXED,
    price_min=Decimal(230),
    chain="automotive",
)
CORPUS = collect(
    (tokens(text), None)
    for text in (f"{NEED.title}。{NEED.body}", f"{OFFER.title}。{OFFER.body}", "电池", "大豆。人参")
)


def of_kind(explanation: Explanation, kind: str) -> list[Reason]:
    return [reason for reason in explanation.reasons if reason.kind == kind]


def verdict(need: NeedFacts, offer: AchievementFacts, kind: str) -> str | None:
    found = of_kind(explain(need, offer, CORPUS), kind)
    return found[0].verdict if found else None


def test_the_sentences_that_agree_are_quoted_with_the_agreeing_words_marked() -> None:
    first = of_kind(explain(NEED, OFFER, CORPUS), "problem")[0]
    assert first.left is not None
    assert first.right is not None
    assert first.left.text in NEED.body
    assert first.right.text in OFFER.body
    marked = [{side.text[a:b] for a, b in side.marks} for side in (first.left, first.right)]
    assert {"零下", "升温"} <= marked[0] & marked[1]
    assert set(first.params["terms"]) <= set(explain(NEED, OFFER, CORPUS).terms)


def test_indicators_stand_side_by_side() -> None:
    explanation = explain(NEED, OFFER, CORPUS)
    warming, charging, cost = of_kind(explanation, "indicator")
    assert (warming.verdict, charging.verdict, cost.verdict) == ("met", "short", "missing")
    assert f"{charging.params['gap']:.2f}" == "0.13"
    assert cost.params["stated"] is None
    assert (explanation.met, explanation.short, explanation.open) == (1, 1, 1)


def test_gaps_say_which_step_would_close_them() -> None:
    steps = {(gap.kind, gap.step) for gap in explain(NEED, OFFER, CORPUS).gaps}
    assert steps == {("indicator", "improve"), ("indicator", "ask"), ("price", "negotiate"), ("evidence", "verify")}


@pytest.mark.parametrize(
    ("trl", "needed", "expected", "step"),
    [
        (7, 6, "met", None),
        (6, 6, "met", None),
        (None, 6, "missing", "ask"),
        (2, 6, "short", "proof_of_concept"),
        (3, 6, "short", "bench_trial"),
        (5, 6, "short", "pilot_trial"),
    ],
)
def test_maturity_against_what_is_needed(
    trl: int | None, needed: int, expected: str, step: str | None
) -> None:
    explanation = explain(replace(NEED, min_trl=needed), replace(OFFER, trl=trl), CORPUS)
    assert of_kind(explanation, "maturity")[0].verdict == expected
    assert [gap.step for gap in explanation.gaps if gap.kind == "maturity"] == ([step] if step else [])


def test_what_the_need_left_open_gives_no_reason() -> None:
    silent = NeedFacts(NEED.title, NEED.body)
    kinds = {reason.kind for reason in explain(silent, OFFER, CORPUS).reasons}
    assert kinds == {"problem"}


@pytest.mark.parametrize(
    ("mode", "low", "high", "expected"),
    [
        ("fixed", "200", None, "met"),
        ("range", "150", "300", "met"),
        ("fixed", "230", None, "short"),
        ("negotiable", None, None, "unclear"),
        ("royalty", "10", None, "unclear"),
        ("fixed", None, None, "unclear"),
    ],
)
def test_price_against_budget(mode: str, low: str | None, high: str | None, expected: str) -> None:
    offer = replace(
        OFFER,
        price_mode=mode,
        price_min=Decimal(low) if low else None,
        price_max=Decimal(high) if high else None,
    )
    assert verdict(NEED, offer, "price") == expected


def test_a_budget_of_nothing_divides_nothing() -> None:
    assert (
        "gap" not in of_kind(explain(replace(NEED, budget_max=Decimal(0)), OFFER, CORPUS), "price")[0].params
    )


def test_cooperation_and_place() -> None:
    shared = of_kind(explain(NEED, OFFER, CORPUS), "cooperation")[0]
    assert (shared.verdict, shared.params["both"]) == ("met", ["commissioned"])
    assert verdict(NEED, replace(OFFER, coop_modes=("equity",)), "cooperation") == "short"
    assert verdict(NEED, replace(OFFER, coop_modes=()), "cooperation") == "missing"
    assert of_kind(explain(NEED, OFFER, CORPUS), "region")[0].params["near"] == "province"
    assert (
        of_kind(explain(NEED, replace(OFFER, region="220100"), CORPUS), "region")[0].params["near"] == "city"
    )
    assert verdict(NEED, replace(OFFER, region="310000"), "region") is None


def test_no_common_wording_is_said_as_such() -> None:
    foreign = replace(OFFER, title="Pulse heating", body="A battery pack heats itself.", language="en")
    scored = Scored("achievement-1", 0.5, 0.8, Level.STRONG, {"semantic": 0.41, "words": 0.1})
    explanation = explain(NEED, foreign, CORPUS, scored)
    assert [reason.params for reason in of_kind(explanation, "meaning")] == [{"semantic": 0.41}]
    assert of_kind(explain(NEED, foreign, CORPUS), "meaning") == []
    assert explanation.terms == ()


def test_the_same_facts_give_the_same_json() -> None:
    data = explain(NEED, OFFER, CORPUS).data()
    again = explain(replace(NEED), replace(OFFER), CORPUS).data()
    assert json.loads(json.dumps(data)) == data == again
    asked = next(reason for reason in data["reasons"] if reason["kind"] == "indicator")["params"]["asked"]
    assert asked["value"] == "5"


TEXT = st.text(st.sampled_from("电池升温慢低快充电。,!?.。 0123456789-~%mkg℃heat 레이저<script>")).map(
    normalise
)


@settings(deadline=None, max_examples=150)
@given(TEXT, TEXT, TEXT, TEXT)
def test_any_texts_are_explained_with_marks_inside_their_quotes(a: str, b: str, c: str, d: str) -> None:
    explanation = explain(replace(NEED, title=a, body=b), replace(OFFER, title=c, body=d), EMPTY)
    for reason in explanation.reasons:
        for side in filter(None, (reason.left, reason.right)):
            ends = [0, *(place for mark in side.marks for place in mark), len(side.text)]
            assert ends == sorted(ends)
    json.dumps(explanation.data())


@given(TEXT, st.sampled_from(["电池", "升温", "快充", "heat"]))
def test_a_quote_is_short_and_marks_exactly_the_terms(text: str, term: str) -> None:
    found = quote(text, [term])
    assert len(found.text) <= QUOTE + 2
    assert found.text.strip("…") in text
    for start, end in found.marks:
        assert term in found.text[start:end].lower()
