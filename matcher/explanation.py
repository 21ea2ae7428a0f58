"""Why these two fit, and what is missing: reasons that a person can check against the texts (see `matcher.reasons`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import chain
from typing import Any

from matcher import indicators
from matcher.conditions import conditions
from matcher.corpus import Statistics
from matcher.facts import AchievementFacts, Indicator, NeedFacts
from matcher.gaps import gaps_of
from matcher.indicators import Comparison, Mention, Verdict
from matcher.ranking import Scored
from matcher.reasons import Explanation, Quote, Reason
from matcher.text import sentence_spans, spans, tokens

TERMS = 8
PAIRS = 3  # sentences of both sides that carry a match, at most
WORTH = 0.4  # of the best pair's weight; a weaker pair only repeats that both speak of the subject
KEPT = 512  # texts whose words are remembered: one need is explained against many achievements in a row
QUOTE = 90  # characters of a sentence that are quoted


def explain(
    need: NeedFacts, achievement: AchievementFacts, statistics: Statistics, scored: Scored | None = None
) -> Explanation:
    """Reasons and gaps of one pair; the same facts and snapshot always give the same."""
    weights = shared_terms(need, achievement, statistics)
    asked = indicators.demanded(need.indicators, need.body)
    places = [place for _, place in asked]
    against = indicators.compare(
        [each for each, _ in asked], achievement.indicators, f"{achievement.title}。{achievement.body}"
    )
    compared = [*map(indicators.tempered, against, places)]
    reasons = [
        *(_pairs(need, achievement, weights) or _by_meaning(scored)),
        *map(_indicator, compared, places),
        *conditions(need, achievement),
    ]
    return Explanation(
        terms=tuple(weights)[:TERMS],
        reasons=tuple(reasons),
        gaps=gaps_of(reasons, achievement),
        met=sum(each.verdict is Verdict.MET for each in compared),
        short=sum(each.verdict is Verdict.SHORT for each in compared),
        open=sum(each.verdict in {Verdict.MISSING, Verdict.UNCLEAR} for each in compared),
    )


def shared_terms(need: NeedFacts, achievement: AchievementFacts, statistics: Statistics) -> dict[str, float]:
    """Words of both sides with their weight, the weightiest first."""
    return _agreeing(_words_of(need.title, need.body), _words_of(achievement.title, achievement.body), statistics)


def _words_of(title: str, body: str) -> tuple[str, ...]:
    """The words of title and body, taken from their sentences, none of which a word goes beyond."""
    return tuple(chain.from_iterable(words for _, words in _cut(title, body)))


def agreeing(one: str, other: str, statistics: Statistics) -> dict[str, float]:
    """Words of both texts with their weight, the weightiest first; numbers and single letters say nothing alone."""
    return _agreeing(_words(one), _words(other), statistics)


def _agreeing(one: Sequence[str], other: Sequence[str], statistics: Statistics) -> dict[str, float]:
    rarity = {term: statistics.weight(term) for term in frozenset(one).intersection(other)}
    agreement = statistics.weighed(rarity, other)
    floor = statistics.weight("") / 3  # a third of what a word of a single text weighs
    told = {term: round(weight, 4) for term, weight in agreement.items() if _telling(term)}
    best = sorted(told, key=lambda term: (-told[term], term))
    return {term: told[term] for term in best if rarity[term] > floor}


@lru_cache(maxsize=KEPT)
def _words(text: str) -> tuple[str, ...]:
    return tuple(tokens(text))


def _telling(term: str) -> bool:
    return len(term) > 1 and not term[0].isdigit()


def _pairs(need: NeedFacts, achievement: AchievementFacts, weights: dict[str, float]) -> list[Reason]:
    """The sentences of both sides that share most, no sentence twice."""
    left, right = _sentences(need, weights), _sentences(achievement, weights)
    found = sorted(
        ((_weight(a & b, weights), i, j) for i, (_, a) in enumerate(left) if a for j, (_, b) in enumerate(right) if a & b),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    reasons: list[Reason] = []
    used: set[tuple[str, int]] = set()
    for weight, i, j in found:
        if weight <= 0 or weight < WORTH * found[0][0] or len(reasons) == PAIRS:
            break
        if {("left", i), ("right", j)} & used:
            continue
        used |= {("left", i), ("right", j)}
        terms = left[i][1] & right[j][1]
        told = sorted(terms, key=lambda term: (-weights[term], term))
        params = {"terms": told[:TERMS]}
        quotes = quote(left[i][0], terms), quote(right[j][0], terms)
        reasons.append(Reason("problem", Verdict.MET.value, *quotes, params))
    return reasons


def _sentences(side: NeedFacts | AchievementFacts, weights: dict[str, float]) -> list[tuple[str, AbstractSet[str]]]:
    """Each sentence with those of its words that count."""
    return [(text, weights.keys() & words) for text, words in _cut(side.title, side.body)]


@lru_cache(maxsize=KEPT)
def _cut(title: str, body: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The title and the sentences of the body, each with its words."""
    cut = [title, *(body[start:end] for start, end in sentence_spans(body))]
    return tuple((text, tuple(tokens(text))) for text in cut if text)


def _weight(terms: AbstractSet[str], weights: dict[str, float]) -> float:
    return round(sum(weights[term] for term in sorted(terms)), 4)


def quote(text: str, terms: Iterable[str]) -> Quote:
    """The part of a sentence around `terms`, at most `QUOTE` characters, with each of them marked."""
    wanted = set(terms)
    marks = [(start, end) for token, start, end in spans(text) if token in wanted]
    first = marks[0][0] if marks else 0
    start = 0 if len(text) <= QUOTE else min(max(0, first - 12), len(text) - QUOTE)
    end = start + QUOTE
    cut = text[start:end].strip()
    start = text.index(cut, start) if cut else start
    before, after = "…" if start else "", "…" if start + len(cut) < len(text) else ""
    shift = len(before) - start
    inside = [(a + shift, b + shift) for a, b in marks if a >= start and b <= start + len(cut)]
    return Quote(f"{before}{cut}{after}", tuple(_merged(inside)))


def _merged(marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks that touch become one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _by_meaning(scored: Scored | None) -> list[Reason]:
    if scored is None or "semantic" not in scored.parts:
        return []
    return [Reason("meaning", Verdict.MET.value, params={"semantic": scored.parts["semantic"]})]


def _indicator(compared: Comparison, asked: Mention | None) -> Reason:
    params: dict[str, Any] = {"asked": _row(compared.asked), "stated": None, "found": "", "why": compared.why}
    left = None
    if asked is not None:
        params["asked_in"] = "text"
        left = _around(asked.sentence, asked.start, asked.end)
    right = None
    if compared.found is not None:
        reading = compared.found
        params |= {"stated": _row(reading.stated), "found": "text" if reading.sentence else "table"}
        right = _around(reading.sentence, reading.start, reading.end) if reading.sentence else None
    if compared.gap is not None:
        params["gap"] = round(compared.gap, 4)
    return Reason("indicator", compared.verdict.value, left, right, params=params)


def _around(sentence: str, start: int, end: int) -> Quote:
    """The piece of a sentence with the value in it marked."""
    first = max(0, min(start - 30, len(sentence) - QUOTE)) if len(sentence) > QUOTE else 0
    before = "…" if first else ""
    after = "…" if first + QUOTE < len(sentence) else ""
    shift = len(before) - first
    mark = (start + shift, min(end, first + QUOTE) + shift)
    return Quote(f"{before}{sentence[first : first + QUOTE]}{after}", (mark,))


def _row(each: Indicator) -> dict[str, Any]:
    return {name: getattr(each, name) for name in ("name", "relation", "value", "high", "unit", "condition")}
