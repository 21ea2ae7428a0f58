"""Pages of a list: which one is asked for, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

MOST_PAGES = 500


@dataclass(frozen=True)
class Page:
    """One page of `size` items; `number` counts from 1 and always exists."""

    number: int
    pages: int
    total: int
    offset: int


def page_number() -> int:
    """The page that the address asks for; 1 when it asks for nonsense."""
    asked = request.args.get("page", "1")
    return min(int(asked), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def page_of(total: int, size: int, number: int) -> Page:
    """Page `number` of `total` items, the last one when there are fewer."""
    pages = max(1, min(MOST_PAGES, -(-total // size)))
    number = max(1, min(number, pages))
    return Page(number, pages, total, (number - 1) * size)
