"""Where the words of a query stand in a text: an excerpt around the first of them, each marked. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from matcher.text import spans, tokens

Parts = list[tuple[str, bool]]
# The text keeps its own full-width punctuation: tokens are folded one by one, places are those of the original.
LEAD = 24  # characters shown before the first word found


@lru_cache(maxsize=512)
def words_of(query: str) -> frozenset[str]:
    """Tokens of the query that are worth marking: a single character says too little."""
    return frozenset(token for token in tokens(query) if len(token) > 1)


def marked_title(text: str, query: str) -> Parts:
    """The whole text with the query's words marked."""
    flat = " ".join(text.split())
    return _parts(flat, 0, len(flat), list(_found(flat, query)))


def excerpt(text: str, query: str, length: int = 180) -> Parts:
    """At most `length` characters, from shortly before the first word of the query, in plain and marked parts."""
    flat = " ".join(text.split())
    found = list(_found(flat, query))
    first = found[0][0] if found else 0
    start = first - LEAD if first > length // 2 else 0
    stop = min(len(flat), start + length)
    parts = _parts(flat, start, stop, found)
    before: Parts = [("…", False)] if start else []
    after: Parts = [("…", False)] if stop < len(flat) else []
    return before + parts + after


def _found(text: str, query: str) -> Iterator[tuple[int, int]]:
    """Places of the query's words, neighbours joined."""
    wanted = words_of(query)
    begin = end = -1
    for token, start, stop in spans(text):
        if token not in wanted:
            continue
        if start <= end:
            end = max(end, stop)
            continue
        if end > 0:
            yield begin, end
        begin, end = start, stop
    if end > 0:
        yield begin, end


def _parts(text: str, start: int, stop: int, found: list[tuple[int, int]]) -> Parts:
    parts: Parts = []
    place = start
    inside = [(max(begin, start), min(end, stop)) for begin, end in found if end > start and begin < stop]
    for begin, end in inside:
        if begin > place:
            parts.append((text[place:begin], False))
        parts.append((text[begin:end], True))
        place = end
    if place < stop:
        parts.append((text[place:stop], False))
    return parts
