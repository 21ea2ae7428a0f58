"""What was made quick gives what the plain way gives: on the sample texts, and on whatever else may be written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.listings import sample_fields
from matcher.corpus import Statistics, collect
from matcher.explanation import explain
from matcher.facts import AchievementFacts, NeedFacts, achievement_facts, need_facts
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS
from matcher.models import MODELS
from matcher.pairing import Side, digest
from matcher.reasons import VERSION, Explanation
from matcher.substance import FEW, SOME, advertises, ceiling
from matcher.text import _SCRIPT, script, tokens
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


TERMS = st.lists(st.sampled_from(["焊接", "气孔", "强度", "铝", "合金", "水", "光", "车"]))


@given(TERMS, TERMS)
def test_words_with_weights_at_hand(query: list[str], document: list[str]) -> None:
    _, _, corpus = samples()
    weights = {token: corpus.weight(token) for token in query}
    assert corpus.weighed(weights, document) == corpus.agreement(query, document)
    assert list(corpus.weighed(weights, document)) == sorted({*query} & {*document})
