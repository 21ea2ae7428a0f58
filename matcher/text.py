"""Normalise and segment: the same tokens for every engine, for scoring and for the marks in explanations.

Chinese is cut into words by rjieba, kana and hangul into pairs of characters (no dictionary needed, and
compounds written together still meet), everything else into words and numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise

import rjieba

RULES = 1  # raise when a change below changes tokens or the text that a model reads
TOKENS = f"rjieba-{version('rjieba')}-rules-{RULES}"  # indexes made with other tokens must be rebuilt
MODEL_READS = 400  # characters; more costs time and moves e5's vectors away from the problem stated first

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
_RUN = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<pairs>[{_KANA}]+|[{_HANGUL}]+)"
    # 5G and 3D are words, 15mm is a number and its unit.
    r"|(?P<word>\d[a-zA-Z](?![a-zA-Z\d])|\d+(?:\.\d+)?"
    rf"|[^\W\d_{_HAN}{_KANA}{_HANGUL}][^\W_{_HAN}{_KANA}{_HANGUL}]*|[^\W_])"
)
_SCRIPT = re.compile(
    rf"(?P<ja>[{_KANA}])|(?P<zh>[{_HAN}])|(?P<ko>[{_HANGUL}])|(?P<ru>[\u0400-\u04ff])|(?P<en>[^\W\d])"
)
_END = re.compile(r"[。！？；!?;]+[”’」』)）\"']*|\.(?=\s|$)|\n+")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class _Kept(dict[int, int | None]):
    """Translation that drops characters by category, learnt one by one: as fast as a table of all of them."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.category(chr(point)) in _DROPPED else point
        return self[point]


_KEPT = _Kept()


def normalise(text: str) -> str:
    """Compatibility forms unified (NFKC), control, format and unassigned characters gone, white space single."""
    text = " ".join(text.split())
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():  # so is every character to be dropped
        # what a dropped character kept apart may compose now
        text = unicodedata.normalize("NFKC", text.translate(_KEPT))
    return " ".join(text.split())


def clip(text: str, limit: int = MODEL_READS) -> str:
    """The normalised text's first `limit` characters."""
    return normalise(text.lstrip()[: limit * 8])[
        :limit
    ]  # the first cut only bounds the work on very long input


def joined(title: str, body: str) -> str:
    """Title and body as one text for a model, cut to what it reads."""
    return clip(f"{clip(title)}。{body}")


@lru_cache(maxsize=200_000)
def _words(run: str) -> tuple[str, ...]:
    """Words of a run of Han characters, each of which is left whole when segmented again by itself."""
    pieces = rjieba.cut(run)
    if len(pieces) == 1:
        return (run,)
    return tuple(word for piece in pieces for word in _words(piece))


def _fold(piece: str) -> str:
    if piece.isascii() and piece.isalnum():
        return piece.lower()
    folded = unicodedata.normalize("NFKC", piece.lower())
    return "".join(c for c in folded if c.isalnum() or c == ".")


def _paired(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(max(1, len(run) - 1))]


def _cut(match: re.Match[str]) -> Sequence[str]:
    """Tokens of one run of letters of a kind."""
    run = match.group()
    if match.lastgroup == "han":
        return _words(run)
    if match.lastgroup == "pairs":
        return _paired(run)
    return (_fold(run),)


def spans(text: str) -> list[tuple[str, int, int]]:
    """Tokens of an already normalised text with the span of characters that each stands at."""
    found: list[tuple[str, int, int]] = []
    for match in _RUN.finditer(text):
        if match.lastgroup == "word":  # folding may change its length
            found.append((_cut(match)[0], *match.span()))
            continue
        start, step = match.start(), 1 if match.lastgroup == "pairs" else None
        for word in _cut(match):
            found.append((word, start, start + len(word)))
            start += step or len(word)
    return found


def tokens(text: str) -> list[str]:
    """Words of a text for indexing and scoring: lower case, no punctuation, in order, repeats kept.

    Segmenting the tokens joined by blanks gives the same tokens; full- and half-width forms give the same.
    """
    found: list[str] = []
    for han, pairs, word in _RUN.findall(normalise(text)):  # as `_cut` does it, without an object for each run
        if han:
            found += _words(han)
        elif pairs:
            found += _paired(pairs)
        elif folded := _fold(word):
            found.append(folded)
    return found


class _Scripts(dict[int, str]):
    """Translation of characters to the first letter of their script, a blank for what has none; learnt one by one."""

    def __missing__(self, point: int) -> str:
        found = _SCRIPT.match(chr(point))
        self[point] = str(found.lastgroup)[0] if found else " "
        return self[point]


class _Letters(_Scripts):
    """The same, with a blank for all that is no letter."""

    def __missing__(self, point: int) -> str:
        if chr(point).isalnum() and not chr(point).isdecimal():
            return super().__missing__(point)
        self[point] = " "
        return " "


_SCRIPTS, _LETTERS = _Scripts(), _Letters()


def script(words: Sequence[str]) -> str:
    """Language of a text by the letters of its tokens: ja, ko, ru, zh, or en for what else there may be.

    Encoders place texts of one language near each other; this is what the place is told by, so a wrong or
    missing language field does no harm.
    """
    return _most("".join([word[:1] for word in words]).translate(_SCRIPTS))


def script_of_letters(text: str) -> str:
    """The same by each letter of a text."""
    return _most(text.translate(_LETTERS))


def _most(letters: str) -> str:
    counts = {name: letters.count(name[0]) for name in ("zh", "en", "ko", "ru")}
    if letters.count("j") * 10 > counts["zh"] + counts["en"]:  # Japanese mixes kana with Han characters
        return "ja"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "en"


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a normalised text, in order, without surrounding blanks."""
    edges = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    cut = []
    for start, end in pairwise(edges):
        inner = text[start:end].strip()
        if inner:
            first = text.index(inner, start)
            cut.append((first, first + len(inner)))
    return cut


def sentences(text: str) -> list[str]:
    """Sentences of a text, normalised."""
    text = normalise(text)
    return [text[start:end] for start, end in sentence_spans(text)]
