"""Between a saved search and the search page: its address, its words, and which of one's own an address is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from matcher.models import SavedSearch
from matcher.permissions import rows
from web.locale import translated
from web.search.request import PRESETS, Asked
from web.search.results import TITLES, value_label
from web.session import current_actor, reading

ENDPOINTS = {kind.value: endpoint for endpoint, kind in PRESETS.items() if kind is not None}


@dataclass(frozen=True)
class Kept:
    """One row of the list."""

    search: SavedSearch
    words: str
    url: str

    @property
    def rests(self) -> bool:
        """Whether it brings nothing into the digest."""
        return self.search.paused_at is not None


def own_searches() -> Sequence[SavedSearch]:
    """The person's searches, the newest first; one query."""
    query = select(SavedSearch).where(rows(current_actor(), "search.keep", SavedSearch))
    return reading().scalars(query.order_by(SavedSearch.id.desc())).all()


def kept(search: SavedSearch) -> Kept:
    """The row of a search."""
    asked = asked_of(search)
    return Kept(search, described(asked), asked.url())


def asked_of(search: SavedSearch) -> Asked:
    """The search as its page asks it, the newest first."""
    chosen = {name: frozenset(values) for name, values in search.filters.items()}
    endpoint = "search.index"
    if len(kinds := chosen.get("kind", frozenset())) == 1:
        endpoint = ENDPOINTS[next(iter(kinds))]
        chosen.pop("kind")
    return Asked(endpoint, search.q, chosen, "newest")


def filters_of(asked: Asked) -> dict[str, list[str]]:
    """What is kept of a search beside its words."""
    return {name: sorted(values) for name, values in sorted(asked.filters.items()) if values}


def same_as(asked: Asked, searches: Sequence[SavedSearch]) -> SavedSearch | None:
    """Which of the person's searches this is."""
    wanted = asked.q, filters_of(asked)
    return next((each for each in searches if (each.q, each.filters) == wanted), None)


def can_be_kept(asked: Asked) -> bool:
    """Everything there is, or everything of a kind, is no search."""
    return bool(asked.q or set(asked.filters) - {"kind"})


def described(asked: Asked) -> str:
    """Words and filters in one line."""
    parts = [f"“{asked.q}”"] if asked.q else []
    if asked.kind is not None:
        parts.append(translated(asked.kind.label))
    for name in dict.fromkeys(name for name, _value in asked.each_chosen()):
        labels = [value_label(name, value) for key, value in asked.each_chosen() if key == name]
        parts.append(_("%(title)s：%(values)s", title=TITLES[name], values=str(_("、")).join(labels)))
    return " · ".join(parts)


def suggested_name(asked: Asked) -> str:
    """A name to begin with: the words, else the filters."""
    labels = [value_label(name, value) for name, value in asked.each_chosen()]
    return (asked.q or str(_("、")).join(labels))[:60]
