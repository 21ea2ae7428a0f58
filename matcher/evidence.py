"""Which sentences of two texts mean the same where their words do not show it, above all across languages; pure.

Sentences are compared by the cosine of their vectors, each measured from the centre of the sentences of its language
(`matcher.priors`). A pair's nearness so depends on its two sentences and the encoder alone: not on other records, the
snapshot or the engine.

What is said of two sentences must hold: rather no pair than a wrong one. So a pair must be near and clearly nearer than
either sentence is to any other of the other side, and the less sure it is that the texts fit at all, the more so. The
figures were read off graded texts (docs/decisions.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matcher.boilerplate import stripped
from matcher.corpus import Vector
from matcher.explanation import KEPT, PAIRS
from matcher.facts import AchievementFacts, NeedFacts
from matcher.indicators import Verdict
from matcher.reasons import Explanation, Quote, Reason
from matcher.text import script, sentence_spans, tokens
from matcher.vocabulary import Level

# by the level of the texts: the least nearness of a pair, and how far it must stand out; below 较强相关 none is told
LEAST = {Level.STRONG: (0.38, 0.04), Level.FAIR: (0.42, 0.10)}
SHORTEST = 4  # different words below which a sentence says too little to be compared
MOST = 20  # sentences of a text that are compared, the first ones
DIGITS = 4  # of a nearness, so that the last bits of a processor's arithmetic choose no pair
SHOWN = 2  # of a nearness that is told
QUOTED = 160  # characters of a sentence that are quoted; without marks its end counts as much as its beginning

_JOINED = re.compile(r"(?<=[^\s.][^\s.][.!?])(?=[^\W\d_]{2}|\()")  # where fields of a foreign text were put together
Near = tuple[tuple[float, ...], ...]  # for each sentence of the need, its nearness to each of the achievement's


def sentences(facts: NeedFacts | AchievementFacts) -> tuple[str, ...]:
    """What is compared of a text: its title and sentences in order, without those that say little of the subject."""
    return _sentences(facts.title, facts.body)


@lru_cache(maxsize=KEPT)
def _sentences(title: str, body: str) -> tuple[str, ...]:
    cut = [title, *(part for start, end in sentence_spans(body) for part in _JOINED.split(body[start:end]))]
    return tuple(text for text in dict.fromkeys(cut) if _says(text))[:MOST]


def _says(text: str) -> bool:
    return len(set(tokens(text))) >= SHORTEST and bool(stripped(text))


def wanted(need: NeedFacts, achievement: AchievementFacts, told: Explanation, level: Level) -> bool:
    """Whether words show too little of a match: no pair of sentences, or in two languages fewer than there could be."""
    if level not in LEAST:
        return False
    by_words = sum(reason.kind == "problem" for reason in told.reasons)
    return not by_words or (by_words < PAIRS and need.language != achievement.language)


def nearness(
    left: Mapping[str, Vector], right: Mapping[str, Vector], centres: Mapping[str, Vector]
) -> Near:
    """Of the need's sentences to the achievement's, given with their vectors."""
    if not left or not right:
        return ()
    found = _centred(left, centres) @ _centred(right, centres).T
    return tuple(tuple(round(float(each), DIGITS) for each in row) for row in found)


def _centred(vectors: Mapping[str, Vector], centres: Mapping[str, Vector]) -> NDArray[np.float64]:
    """Directions from the centres of the sentences' languages, a row each."""
    away = np.stack(
        [vector.astype(np.float64) - centres[_language(text)] for text, vector in vectors.items()]
    )
    lengths = np.linalg.norm(away, axis=1, keepdims=True)
    return np.asarray(away / np.where(lengths > 0, lengths, 1))


@lru_cache(maxsize=KEPT * MOST)
def _language(sentence: str) -> str:
    return script(tokens(sentence))


def carried(
    told: Explanation, need: NeedFacts, achievement: AchievementFacts, level: Level, near: Near | None
) -> Explanation:
    """The explanation with the pairs that mean the same, in two languages before those that share words; else as it is."""
    if level not in LEAST or not near:
        return told
    left, right = sentences(need), sentences(achievement)
    if (len(left), len(right)) != (len(near), len(near[0])):
        return told
    by_words = [reason for reason in told.reasons if reason.kind == "problem"]
    rows = [i for i, text in enumerate(left) if not _told(text, [each.left for each in by_words])]
    columns = [j for j, text in enumerate(right) if not _told(text, [each.right for each in by_words])]
    found = _chosen(near, rows, columns, *LEAST[level])
    pairs = [_reason(left[i], right[j], value) for value, i, j in islice(found, PAIRS - len(by_words))]
    others = [reason for reason in told.reasons if reason.kind not in {"problem", "meaning"}]
    both = [*by_words, *pairs] if need.language == achievement.language else [*pairs, *by_words]
    return replace(told, reasons=(*both, *others)) if pairs else told


def _told(sentence: str, quotes: Sequence[Quote | None]) -> bool:
    """Whether one of the quotations is of this sentence."""
    return any(each is not None and each.text.strip("…") in sentence for each in quotes)


def _chosen(
    near: Near, rows: Sequence[int], columns: Sequence[int], least: float, apart: float
) -> Iterator[tuple[float, int, int]]:
    """Pairs of these sentences, the nearest first, no sentence twice; ties in the order of the texts."""
    used: set[tuple[str, int]] = set()
    for value, i, j in sorted(((near[i][j], i, j) for i in rows for j in columns), key=lambda each: (-each[0], *each[1:])):
        if value < least:
            return
        if not {("left", i), ("right", j)} & used and _stands_out(near, i, j) >= apart:
            used |= {("left", i), ("right", j)}
            yield value, i, j


def _stands_out(near: Near, i: int, j: int) -> float:
    """By how much the two are nearer to each other than, on average, to the next nearest of the other side."""
    others_of_need = max((row[j] for place, row in enumerate(near) if place != i), default=0.0)
    others_of_offer = max((value for place, value in enumerate(near[i]) if place != j), default=0.0)
    return round(near[i][j] - (others_of_need + others_of_offer) / 2, DIGITS)


def _reason(left: str, right: str, near: float) -> Reason:
    return Reason("meaning", Verdict.MET.value, _quote(left), _quote(right), {"near": round(near, SHOWN)})


def _quote(text: str) -> Quote:
    return Quote(text if len(text) <= QUOTED else f"{text[:QUOTED].rstrip()}…")
