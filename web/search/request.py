"""What a visitor asks for: the words, the filters, the order and the page, all from the address, so that it can be shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from indexes import facets
from matcher.vocabulary import Kind

PRESETS: dict[str, Kind | None] = {
    "search.index": None,
    "search.needs": Kind.NEED,
    "search.achievements": Kind.ACHIEVEMENT,
    "search.experts": Kind.EXPERT,
}
# facets that make sense for a kind, in the order in which they are shown
SHOWN: dict[Kind | None, tuple[str, ...]] = {
    None: ("kind", "chain", "domain", "region", "trl", "coop", "ip", "budget", "lang", "year"),
    Kind.NEED: ("chain", "region", "budget", "coop", "domain", "year"),
    Kind.ACHIEVEMENT: ("chain", "domain", "trl", "ip", "coop", "region", "budget", "lang", "year"),
    Kind.EXPERT: ("domain", "chain", "region", "lang"),
}


@dataclass(frozen=True)
class Asked:
    """One search as its address says it. `endpoint` is the page; a page for one kind fixes the filter `kind`."""

    endpoint: str
    q: str = ""
    chosen: Mapping[str, frozenset[str]] | None = None
    sort: str = facets.NEWEST
    page: int = 1

    @classmethod
    def of(cls, endpoint: str, arguments: MultiDict[str, str]) -> Asked:
        """Read the address; what is unknown in it is left out, numbers are brought within their limits."""
        q = " ".join(arguments.get("q", "").replace("\x00", " ").split())[: facets.MAX_QUERY_CHARACTERS]
        kind = PRESETS[endpoint]
        chosen = {
            name: values
            for name, values in facets.chosen(arguments.items(multi=True)).items()
            if name in SHOWN[kind]
        }
        sort = arguments.get("sort", "")
        if sort not in facets.SORTS or (sort == facets.RELEVANCE and not q):
            sort = facets.RELEVANCE if q else facets.NEWEST
        text = arguments.get("page", "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
        page, _size = facets.clamp_page(number, facets.PAGE_SIZE, sort)
        return cls(endpoint, q, chosen, sort, page)

    @property
    def kind(self) -> Kind | None:
        """The kind that the page is for."""
        return PRESETS[self.endpoint]

    @property
    def filters(self) -> dict[str, frozenset[str]]:
        """Everything that narrows the set, the page's own kind included."""
        own = {"kind": frozenset({self.kind.value})} if self.kind else {}
        return {**(self.chosen or {}), **own}

    @property
    def is_narrowed(self) -> bool:
        """Whether the visitor chose any filter."""
        return bool(self.chosen)

    @property
    def sorts(self) -> list[facets.Sort]:
        """Orders to offer: by relevance only when there are words."""
        unsuited = {Kind.NEED: {"maturity"}, Kind.ACHIEVEMENT: {"deadline"}, None: {"maturity", "deadline"}}
        without = unsuited.get(self.kind, {"maturity", "deadline", "amount_high", "amount_low"})
        return [
            sort
            for sort in facets.SORTS.values()
            if sort.name not in without and (self.q or sort.name != facets.RELEVANCE)
        ]

    def url(self, **changes: Any) -> str:
        """Address of this search with some parts changed; another page than the first only when asked for."""
        changed = replace(self, **{"page": 1, **changes})
        values: dict[str, Any] = {
            name: sorted(codes) for name, codes in sorted((changed.chosen or {}).items())
        }
        if changed.q:
            values["q"] = changed.q
        if changed.sort != (facets.RELEVANCE if changed.q else facets.NEWEST):
            values["sort"] = changed.sort
        if changed.page > 1:
            values["page"] = changed.page
        return url_for(changed.endpoint, **values)

    def without(self, name: str, value: str) -> str:
        """Address without one chosen value."""
        rest = dict(self.chosen or {})
        rest[name] = rest.get(name, frozenset()) - {value}
        return self.url(chosen={key: codes for key, codes in rest.items() if codes})

    def each_chosen(self) -> Iterator[tuple[str, str]]:
        """Chosen filters one by one, in the order in which facets are shown."""
        for name in SHOWN[self.kind]:
            for value in sorted((self.chosen or {}).get(name, ())):
                yield name, value
