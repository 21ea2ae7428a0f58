"""Words of the two sides as they are shown: quotations with their marks, indicators as quantities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from web.records.presentation import indicator_value

Marked = list[tuple[str, bool]]
# matching reads NFKC text; a Chinese sentence is shown with its own punctuation again, character for character
_FULL = str.maketrans(",;:?!()", "，；：？！（）")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[,:](?=\d)")


def marked_all(text: str) -> Marked:
    """All of a short text, unmarked."""
    return [(text, False)]


def quoted(quote: Mapping[str, Any]) -> Marked:
    """A stored quotation as runs of text, each marked or not. Marks outside the text are cut to it."""
    text, place = own_punctuation(str(quote["text"])), 0
    parts: Marked = []
    for first, last in quote.get("marks", ()):
        start, end = max(place, first), min(last, len(text))
        if start >= end:
            continue
        parts += [(text[place:start], False), (text[start:end], True)]
        place = end
    return [part for part in [*parts, (text[place:], False)] if part[0]]


def own_punctuation(text: str, share: int = 3) -> str:
    """Full-width punctuation where one character in `share` is Chinese; the length stays, so that marks still fit."""
    if len(_CHINESE.findall(text)) * share < len(text):
        return text
    full = text.translate(_FULL)
    return "".join(text[n] if _BETWEEN_DIGITS.match(text, n) else char for n, char in enumerate(full))


def indicator_words(row: Mapping[str, Any], *, stated: bool = False) -> Marked:
    """`≥ 5 ℃/min（−20 ℃）`, the quantity marked. What is `stated` as equal needs no sign."""
    unit = str(row.get("unit") or "").replace("°C", "℃")
    value = indicator_value({**row, "value_high": row.get("high"), "unit": unit})
    condition = str(row.get("condition") or "").replace("°C", "℃")
    around = _("（%(condition)s）", condition=own_punctuation(condition, len(condition))) if condition else ""
    return [(value.removeprefix("= ") if stated else value, True), *([(around, False)] if around else [])]
