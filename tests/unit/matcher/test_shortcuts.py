"""What was made quick gives what the plain way gives: on the sample texts, and on whatever else may be written."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.listings import sample_fields
from matcher.corpus import Statistics, collect
from matcher.explanation import TERMS, agreeing, explain, shared_terms
from matcher.facts import AchievementFacts, NeedFacts, achievement_facts, need_facts
from matcher.indicators.quantities import QUANTITY, found_in
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS
from matcher.models import MODELS
from matcher.pairing import Side, digest
from matcher.reasons import VERSION, Explanation
from matcher.substance import FEW, SOME, advertises, ceiling
from matcher.text import _SCRIPT, normalise, script, script_of_letters, sentence_spans, spans, tokens
from matcher.vocabulary import Level
from tests.unit.matcher.test_ranking import Text


@cache
def samples() -> tuple[list[NeedFacts], list[AchievementFacts], Statistics]:
    """The sample records' facts and the statistics of their texts."""
    needs: list[NeedFacts] = []
    achievements: list[AchievementFacts] = []
    for kind, fields in sample_fields(date(2026, 12, 1)):
        if kind in {"need", "achievement"}:
            record: Any = MODELS[kind](**parse(INPUTS[kind], fields).values())
            needs.append(need_facts(record)) if kind == "need" else achievements.append(achievement_facts(record))
    return needs, achievements, collect((tokens(each.title + each.body), None) for each in (*needs, *achievements))


def told() -> list[Explanation]:
    """Every sixth achievement against every second need."""
    needs, achievements, corpus = samples()
    return [explain(need, each, corpus) for need in needs[::2] for each in achievements[::6]]


def plain_script(words: list[str]) -> str:
    """Letter by letter."""
    found = (_SCRIPT.match(word[:1]) for word in words)
    counts = Counter(match.lastgroup for match in found if match)
    if counts["ja"] * 10 > counts["zh"] + counts["en"]:
        return "ja"
    best = max(("zh", "en", "ko", "ru"), key=lambda name: counts[name])
    return best if counts[best] else "en"


def plain_ceiling(words: list[str]) -> Level:
    """Of all words, counted to the last."""
    distinct = {word for word in words if len(word) > 1 and not word[0].isdigit()}
    count = len(distinct) // (2 if plain_script(words) in {"ja", "ko"} and len(distinct) < 2 * SOME else 1)
    if not count:
        return Level.NONE
    if count < FEW or advertises(distinct):
        return Level.WEAK
    return Level.FAIR if count < SOME else Level.STRONG


WORDS = st.one_of(
    st.text(max_size=3),
    st.sampled_from(["厂家", "直销", "来电", "优惠", "需", "想", "缺", "需要", "方法", "のた", "기술", "5g", "焊接", "weld", "сварка", "²", "½x"]),
)


@given(st.lists(WORDS, max_size=60))
def test_script_and_ceiling_of_anything(words: list[str]) -> None:
    assert script(words) == plain_script(words)
    assert ceiling(words) == plain_ceiling(words)


def test_script_and_ceiling_of_the_samples() -> None:
    needs, achievements, _ = samples()
    for each in (*needs, *achievements):
        words = tokens(f"{each.title}。{each.body}")
        for part in (words, words[:20], words[:40]):
            assert (script(part), ceiling(part)) == (plain_script(part), plain_ceiling(part))


def cut(side: NeedFacts | AchievementFacts) -> list[str]:
    """Title and sentences."""
    return [side.title, *(side.body[start:end] for start, end in sentence_spans(side.body))]


LETTERS = st.text(st.sampled_from("a_1½²のカㄱ기术々〇ьҁ\u0483\u0482 ,。·ー\ud7ff"), max_size=12)


@given(LETTERS | st.text(max_size=12))
def test_tokens_are_those_of_the_spans(text: str) -> None:
    assert tokens(text) == [token for token, _, _ in spans(normalise(text)) if token]


@given(LETTERS | st.text(max_size=12))
def test_script_of_letters(text: str) -> None:
    assert script_of_letters(text) == plain_script(list(re.sub(r"[\d\W_]", "", text)))


def test_words_of_sentences_are_those_of_the_text() -> None:
    needs, achievements, corpus = samples()
    for each in (*needs, *achievements):
        whole = f"{each.title}。{each.body}"
        assert [word for part in cut(each) for word in tokens(part)] == tokens(whole)
    for need, each in zip(needs, achievements, strict=False):
        texts = f"{need.title}。{need.body}", f"{each.title}。{each.body}"
        assert list(shared_terms(need, each, corpus).items()) == list(agreeing(*texts, corpus).items())


def test_pairs_of_sentences_weighed_one_by_one() -> None:
    """The best pair is the one that a walk over all pairs finds."""
    needs, achievements, corpus = samples()
    for need, each in product(needs[::3], achievements[::7]):
        weights = shared_terms(need, each, corpus)
        found = [
            (round(sum(weights.get(word, 0.0) for word in sorted({*tokens(one)} & {*tokens(other)})), 4), -i, -j)
            for i, one in enumerate(cut(need)) for j, other in enumerate(cut(each))
        ]  # fmt: skip
        weight, i, j = max(found)
        told = [reason for reason in explain(need, each, corpus).reasons if reason.kind == "problem"]
        assert bool(told) == (weight > 0)
        if told:
            shared = {*tokens(cut(need)[-i])} & {*tokens(cut(each)[-j])} & weights.keys()
            assert told[0].params["terms"] == sorted(shared, key=lambda word: (-weights[word], word))[:TERMS]


PIECES = st.lists(
    st.sampled_from(
        ["不低于", "should not exceed", "≥", "±", "(", ")", " ", "12", "0.5", "-", "千分之五", "百万分之", "3", "七成", "十分钟", "两个百分点", "MPa", "%", "~", "至",
         "from", "强度", "约", "10^-7", "×", "以上", "1,500", "万", "一", "成", "\0", "от", "°C", "at least", "字" * 40]
    )
).map(lambda parts: " ".join("".join(parts).split()))


@given(PIECES)
def test_quantities_are_sought_only_near_numbers(text: str) -> None:
    assert [match.span() for match in found_in(text)] == [match.span() for match in QUANTITY.finditer(text)]


def test_quantities_of_the_samples() -> None:
    needs, achievements, _ = samples()
    sentences = [sentence for each in (*needs, *achievements) for sentence in cut(each)]
    for sentence in sentences:
        assert [each.span() for each in found_in(sentence)] == [each.span() for each in QUANTITY.finditer(sentence)]
    assert sum(1 for sentence in sentences for _ in found_in(sentence)) > len(sentences)


def test_what_is_stored_of_reasons() -> None:
    def plain(value: Any) -> Any:
        if isinstance(value, Decimal):
            text = format(value, "f")
            return text.rstrip("0").rstrip(".") if "." in text else text
        if isinstance(value, dict):
            return {str(key): plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list | tuple) else value

    for each in told():
        assert each.data() == {"version": VERSION, **plain(asdict(each))}
        assert json.loads(json.dumps(each.data())) == each.data()


def test_hashes_of_facts() -> None:
    needs, achievements, _ = samples()
    for each in (*needs, *achievements):
        content = json.dumps(asdict(each), sort_keys=True, ensure_ascii=False, default=str)
        side = Side(each, Text("x", (), (), None))
        assert digest(side) == hashlib.sha256(content.encode()).hexdigest()
    assert any(each.indicators for each in islice(needs, 10))


SOME_WORDS = st.lists(st.sampled_from(["焊接", "气孔", "强度", "铝", "合金", "水", "光", "车"]))


@given(SOME_WORDS, SOME_WORDS)
def test_words_with_weights_at_hand(query: list[str], document: list[str]) -> None:
    corpus = Statistics(50, 6.5, {"焊接": 20, "气孔": 3, "水": 44})
    weights = {token: corpus.weight(token) for token in query}
    assert corpus.weighed(weights, document) == corpus.agreement(query, document)
    assert list(corpus.weighed(weights, document)) == sorted({*query} & {*document})
