"""Sentences that mean the same: which are compared, which pairs are told, and what a real encoder makes of a foreign text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.encoders.e5 import E5
from matcher.evidence import LEAST, QUOTED, Near, carried, nearness, sentences, wanted
from matcher.explanation import PAIRS
from matcher.facts import AchievementFacts, NeedFacts, paragraphs
from matcher.priors import sentence_priors
from matcher.reasons import Explanation, Quote, Reason
from matcher.vocabulary import Level

NEED = NeedFacts("人参药渣快速干燥与饲料化", "参渣含水高,放两天就发霉。希望六小时内烘干到含水率12%以下。烘干以后想做成牛饲料。")
OFFER = AchievementFacts(
    "인삼박 저온 건조와 사료화 기술",
    "인삼을 달이고 남은 찌꺼기는 수분이 많아 쉽게 곰팡이가 핀다. 열펌프로 네 시간 안에 수분을 10% 아래로 낮춘다. 말린 찌꺼기는 소 사료로 만든다.",
    language="ko",
)
BY_WORDS = Reason("problem", "met", Quote(NEED.title), Quote(OFFER.title), {"terms": ["12"]})
WHOLE = Reason("meaning", "met", params={"semantic": 0.6})
CHAIN = Reason("chain", "met", params={"chain": "biomedicine"})
UNTOLD = Explanation((), (WHOLE, CHAIN), ())
DIAGONAL: Near = tuple(tuple(0.7 - 0.1 * i if i == j else 0.1 for j in range(4)) for i in range(4))


def told(explanation: Explanation) -> list[tuple[str, str]]:
    return [(each.left.text, each.right.text) for each in explanation.reasons if each.left and each.right]


def test_sentences_of_the_subject_are_compared() -> None:
    """Title first; letterheads, fragments and repetitions are left out, joined fields of a foreign text are cut apart."""
    body = paragraphs("地址:长春市人民大街1号。本技术将参渣烘干时间缩短到三小时。可用。", "本技术将参渣烘干时间缩短到三小时。")
    assert sentences(AchievementFacts("参渣低温烘干成套设备", body)) == ("参渣低温烘干成套设备", "本技术将参渣烘干时间缩短到三小时。")
    joined = AchievementFacts("Drying of ginseng residue", "Residue moulds within two days.The heat pump needs 3.5 hours at 45 degrees.")
    assert sentences(joined)[1:] == ("Residue moulds within two days.", "The heat pump needs 3.5 hours at 45 degrees.")
    assert sentences(AchievementFacts("欢迎来电咨询洽谈合作", "")) == ()


def test_pairs_are_asked_for_where_words_show_too_little() -> None:
    shared = replace(UNTOLD, reasons=(BY_WORDS,))
    full = replace(UNTOLD, reasons=(BY_WORDS,) * PAIRS)
    own = replace(OFFER, language="zh")
    assert wanted(NEED, own, UNTOLD, Level.STRONG)
    assert wanted(NEED, OFFER, shared, Level.FAIR), "two languages seldom share more than a figure"
    assert not wanted(NEED, own, shared, Level.STRONG)
    assert not wanted(NEED, OFFER, full, Level.STRONG)
    assert not any(wanted(NEED, OFFER, UNTOLD, level) for level in (Level.WEAK, Level.NONE))


def test_the_nearest_pairs_are_told_in_place_of_the_whole_texts() -> None:
    """At most three, the nearest first, both sentences quoted without marks, the nearness with them."""
    found = carried(UNTOLD, NEED, OFFER, Level.STRONG, DIAGONAL)
    assert told(found) == list(zip(sentences(NEED), sentences(OFFER), strict=True))[:PAIRS]
    assert [each.params.get("near") for each in found.reasons] == [0.7, 0.6, 0.5, None]
    assert [each.kind for each in found.reasons] == ["meaning"] * PAIRS + ["chain"]
    assert not any(quote.marks for each in found.reasons for quote in (each.left, each.right) if quote)


def test_pairs_by_words_keep_their_place_and_their_sentences() -> None:
    """No sentence twice; across languages what means the same comes first, for a shared figure says less."""
    found = carried(replace(UNTOLD, reasons=(BY_WORDS, CHAIN)), NEED, OFFER, Level.STRONG, DIAGONAL)
    assert [each.kind for each in found.reasons] == ["meaning", "meaning", "problem", "chain"]
    assert told(found)[0] == (sentences(NEED)[1], sentences(OFFER)[1])
    same = carried(replace(UNTOLD, reasons=(BY_WORDS,)), NEED, replace(OFFER, language="zh"), Level.STRONG, DIAGONAL)
    assert [each.kind for each in same.reasons] == ["problem", "meaning", "meaning"]


@pytest.mark.parametrize("level", LEAST)
def test_rather_none_than_a_wrong_one(level: Level) -> None:
    """Too far, not clearly nearer than others, or no match at all: the whole texts are told of as before."""
    least, apart = LEAST[level]
    near = ((least, least - apart), (least - apart, 0.0))
    short = NeedFacts(NEED.title, sentences(NEED)[1]), AchievementFacts(OFFER.title, sentences(OFFER)[1], language="ko")
    assert len(told(carried(UNTOLD, *short, level, near))) == 1
    further = ((least - 0.01, 0.0), (0.0, 0.0))
    beside = ((least, least - apart + 0.01), (least - apart + 0.01, 0.0))
    for other in (further, beside, (), None):
        assert carried(UNTOLD, *short, level, other) == UNTOLD
    assert carried(UNTOLD, *short, Level.WEAK, near) == UNTOLD


def test_nearness_of_other_sentences_is_not_used() -> None:
    """A text that has changed since the nearness was taken gives no pair rather than a shifted one."""
    assert carried(UNTOLD, replace(NEED, body=""), OFFER, Level.STRONG, DIAGONAL) == UNTOLD


def test_long_sentences_are_cut() -> None:
    long = NeedFacts(NEED.body.replace("。", ",") * 4, "")
    found = carried(UNTOLD, long, AchievementFacts(OFFER.title, "", language="ko"), Level.STRONG, ((0.8,),))
    quoted = told(found)[0][0]
    assert quoted == f"{long.title[:QUOTED]}…"


@given(st.lists(st.lists(st.floats(-1, 1, allow_nan=False), min_size=4, max_size=4), min_size=4, max_size=4))
def test_no_sentence_twice_whatever_the_nearness(rows: list[list[float]]) -> None:
    near = tuple(tuple(round(each, 4) for each in row) for row in rows)
    pairs = told(carried(UNTOLD, NEED, OFFER, Level.STRONG, near))
    assert len(pairs) <= PAIRS
    assert len({left for left, _ in pairs}) == len({right for _, right in pairs}) == len(pairs)


def test_nearness_is_measured_from_the_centre_of_each_language() -> None:
    """Two vectors that differ by their languages alone are one."""
    rng = np.random.default_rng(5)
    own, foreign, said = rng.normal(size=(3, 16)).astype(np.float32)
    centres = {"zh": own, "ko": foreign}
    left, right = {NEED.title: own + said}, {OFFER.title: foreign + said, "다른 문장": foreign - said}
    assert nearness(left, right, centres) == ((1.0, -1.0),)
    assert nearness({}, right, centres) == ()


def test_a_real_encoder_finds_what_carries_a_korean_match() -> None:
    """Each of the three sentences of the need meets the one that answers it; of another subject nothing is told."""
    encoder = E5()
    centres = sentence_priors(encoder.fingerprint)

    def near(offer: AchievementFacts) -> Near:
        texts = sentences(NEED), sentences(offer)
        rows = encoder.encode_queries(texts[0]), encoder.encode_passages(texts[1])
        return nearness(*(dict(zip(*each, strict=True)) for each in zip(texts, rows, strict=True)), centres)

    found = told(carried(UNTOLD, NEED, OFFER, Level.STRONG, near(OFFER)))
    right = set(zip(sentences(NEED), sentences(OFFER), strict=True))
    assert len(found) >= 2
    assert set(found) <= right
    other = AchievementFacts(
        "지하철 역사 설비 감시 소프트웨어",
        "메모리 상주형 데이터베이스로 초당 20만 포인트를 기록한다. 화재가 나면 환기와 전력 설비를 함께 움직인다. 화면은 끌어다 놓아 만든다.",
        language="ko",
    )
    assert carried(UNTOLD, NEED, other, Level.FAIR, near(other)) == UNTOLD
