"""Filters, facets, sorts and limits as data: pages, API and engines all read them from here.

The engines' mappings are made from `FACETS` and `SORT_FIELDS`; changing either changes the fingerprint, so that an
index made before is reported as "rebuild needed".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matcher.vocabulary import (
    BUDGET_BANDS,
    REGIONS,
    TRL_BANDS,
    Chain,
    CoopMode,
    IpType,
    Kind,
    Lang,
    TechField,
    Term,
)

RELEVANCE = "relevance"
NEWEST = "newest"
MAX_QUERY_CHARACTERS = 400  # what the encoder reads; a longer query is cut, never refused
MAX_QUERY_TOKENS = 64
NEAREST = 200  # documents that meaning alone may bring into the result set
WORD_CANDIDATES = 200  # best word hits that are put in order together with the nearest
MAX_RANKED = 200  # results that can be paged through by relevance
MAX_SORTED = 1000  # results that can be paged through in another order
MAX_PAGE_SIZE = 100
PAGE_SIZE = 20
MAX_CHOICES = 50  # values of one facet in one request
FACET_BUCKETS = 60
LAST = 2**40  # a sort value above every real one: what has no value comes last


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to filter and count by; `values` are its codes with Chinese labels, None for an open list."""

    name: str
    label: str
    values: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Sort:
    """An order a visitor may choose, over one stored integer; `field` is None for the order by relevance."""

    name: str
    label: str
    field: str | None
    descending: bool = True


def _labels(terms: type[Term]) -> Mapping[str, str]:
    return MappingProxyType(dict(terms.choices()))


FACETS: Mapping[str, Facet] = MappingProxyType(
    {
        facet.name: facet
        for facet in (
            Facet("kind", "类型", _labels(Kind)),
            Facet("chain", "产业链", _labels(Chain)),
            Facet("domain", "技术领域", _labels(TechField)),
            Facet("region", "地区", MappingProxyType(REGIONS)),
            Facet("trl", "成熟度", MappingProxyType({code: band[2] for code, band in TRL_BANDS.items()})),
            Facet("coop", "合作方式", _labels(CoopMode)),
            Facet("ip", "知识产权", _labels(IpType)),
            Facet(
                "budget",
                "预算/价格",
                MappingProxyType({code: band[1] for code, band in BUDGET_BANDS.items()}),
            ),
            Facet("year", "发布年份", None),
            Facet("lang", "语言", _labels(Lang)),
        )
    }
)
SORT_FIELDS = ("published", "amount_high", "amount_low", "maturity", "deadline")
SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        sort.name: sort
        for sort in (
            Sort(RELEVANCE, "相关度", None),
            Sort(NEWEST, "最新发布", "published"),
            Sort("amount_high", "金额从高到低", "amount_high"),
            Sort("amount_low", "金额从低到高", "amount_low", descending=False),
            Sort("maturity", "成熟度从高到低", "maturity"),
            Sort("deadline", "截止最近", "deadline", descending=False),
        )
    }
)


def chosen(parameters: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Filters from pairs of a request (name, value); unknown names and values are left out, they match nothing real."""
    found: dict[str, set[str]] = {}
    for name, value in parameters:
        facet = FACETS.get(name)
        if facet is None or not _known(facet, value) or len(found.get(name, ())) >= MAX_CHOICES:
            continue
        found.setdefault(name, set()).add(value)
    return {name: frozenset(values) for name, values in found.items()}


def _known(facet: Facet, value: str) -> bool:
    if facet.values is not None:
        return value in facet.values
    return len(value) == 4 and value.isascii() and value.isdigit()


def ceiling(sort: str) -> int:
    """How many results can be paged through in that order."""
    return MAX_RANKED if sort == RELEVANCE else MAX_SORTED


def clamp_page(page: int, size: int, sort: str) -> tuple[int, int]:
    """Page number (from 1) and size within the limits of that order."""
    size = min(max(size, 1), MAX_PAGE_SIZE)
    return min(max(page, 1), max(1, -(-ceiling(sort) // size))), size
