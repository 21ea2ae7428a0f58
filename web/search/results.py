"""From a search to what its page shows: records read from the database, facets with their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from indexes.engine import split_id
from indexes.facets import FACETS
from matcher.models import MODELS, Record
from matcher.permissions import rows
from web.cards import Card, Chip, card, title_of
from web.format import THIN
from web.locale import translated
from web.search.highlights import Parts, excerpt, marked_title, words_of
from web.search.request import SHOWN, Asked
from web.session import current_actor, reading

TITLES = {
    "kind": _l("类型"),
    "chain": _l("产业链"),
    "domain": _l("技术领域"),
    "region": _l("地区"),
    "trl": _l("成熟度"),
    "coop": _l("合作方式"),
    "ip": _l("知识产权"),
    "budget": _l("预算/价格"),
    "year": _l("发布年份"),
    "lang": _l("语言"),
}
SORT_TITLES = {
    "relevance": _l("相关度"),
    "newest": _l("最新发布"),
    "amount_high": _l("金额从高到低"),
    "amount_low": _l("金额从低到高"),
    "maturity": _l("成熟度从高到低"),
    "deadline": _l("截止最近"),
}
MOST_OPTIONS = 12  # of one facet; the chosen ones are always among them
TEXTS = {"need": "problem", "achievement": "abstract", "expert": "profile"}


@dataclass(frozen=True)
class Hit:
    """One result: its card, and where the words of the query stand in it."""

    card: Card
    title: Parts
    excerpt: Parts


@dataclass(frozen=True)
class Option:
    """One value of a facet."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Group:
    """One facet with its values, the most frequent first."""

    name: str
    title: str
    options: list[Option]


def hits_of(ids: Sequence[str], query: str, by_meaning: frozenset[str] = frozenset()) -> list[Hit]:
    """The records behind index ids in their order; one query a kind, and what may not be seen is left out.

    The index may be a moment behind: the database decides what is shown.
    """
    found = records_of(ids)
    return [hit_of(found[key], query, by_meaning=key in by_meaning) for key in ids if key in found]


def records_of(ids: Sequence[str]) -> dict[str, Record]:
    """Records by index id, as far as this person may find them."""
    numbers: dict[str, list[int]] = {}
    for key in ids:
        kind, number = split_id(key)
        numbers.setdefault(kind, []).append(number)
    found: dict[str, Record] = {}
    for kind, wanted in numbers.items():
        model: Any = MODELS[kind]
        query = select(model).where(model.id.in_(wanted), rows(current_actor(), "record.search", model))
        found.update({f"{kind}-{record.id}": record for record in reading().scalars(query)})
    return found


def hit_of(record: Record, query: str, *, by_meaning: bool = False) -> Hit:
    """The record's card with the query's words marked; one that holds none of them says why it is there."""
    item = card(record)
    if by_meaning:
        item = replace(item, chips=[*item.chips, Chip(_("意思相近"), "ok", _("按意思找到，用词不尽相同"))])
    if not words_of(query):
        return Hit(item, [], [])
    text = str(getattr(record, TEXTS[record.kind]))
    return Hit(item, marked_title(title_of(record), query), excerpt(text, query))


def groups_of(asked: Asked, counts: Mapping[str, Mapping[str, int]]) -> list[Group]:
    """Facets to show beside the results."""
    chosen = asked.chosen or {}
    groups = [
        Group(name, str(TITLES[name]), options(name, counts.get(name, {}), chosen.get(name, frozenset())))
        for name in SHOWN[asked.kind]
    ]
    return [group for group in groups if group.options]


def options(name: str, counts: Mapping[str, int], chosen: frozenset[str]) -> list[Option]:
    """Values in order of their counts; bands and years in their own order."""
    values = {value: counts.get(value, 0) for value in (*counts, *chosen)}
    if name in ("trl", "budget"):
        order = [value for value in FACETS[name].values or {} if value in values]
    elif name == "year":
        order = sorted(values, reverse=True)
    else:
        order = sorted(values, key=lambda value: (-values[value], value))
    kept = [value for value in order if value in chosen or values[value]]
    kept = [value for place, value in enumerate(kept) if place < MOST_OPTIONS or value in chosen]
    return [Option(value, value_label(name, value), values[value], value in chosen) for value in kept]


def value_label(name: str, value: str) -> str:
    """The words for a facet's value."""
    labels = FACETS[name].values
    return translated(labels[value]) if labels and value in labels else value


def counted(total: int, asked: Asked, *, trouble: bool = False) -> str:
    """The size of the set in a sentence."""
    number = f"{total:,}".replace(",", THIN) if total >= 10_000 else str(total)
    if asked.q and not trouble:
        return str(_("与“%(q)s”用词相同或意思相近的有 %(count)s 条", q=shortened(asked.q), count=number))
    return str(_("共 %(count)s 条", count=number))


def shortened(text: str, length: int = 40) -> str:
    """The beginning of a long query."""
    return text if len(text) <= length else text[: length - 1] + "…"
