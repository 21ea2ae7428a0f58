"""The map as a table of fields and chains, and a need of it as a row of a list."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matcher import clock
from matcher.models import Match, Need
from matcher.unmet import NONE, Asked, Cell
from matcher.vocabulary import Chain, Kind, TechField
from matcher.workdays import local_day
from web import format as words
from web.cards import Card, Chip, card

SHADES = 4


@dataclass(frozen=True)
class Square:
    """One square of the map: how many, how dark (0: none), and where its needs are listed."""

    count: int
    shade: int
    url: str
    chosen: bool
    name: str


@dataclass(frozen=True)
class Map:
    """Chains down, fields across; only those that have a need."""

    fields: list[str]
    rows: list[tuple[str, list[Square]]]


@dataclass(frozen=True)
class Line:
    """One row of the data behind the map."""

    field: str
    chain: str
    count: int
    long: int
    budget: str
    waited: str
    reasons: str
    url: str
    publish: str


@dataclass(frozen=True)
class Listed:
    """A need of the list; `own` is what of the reader's organisation comes nearest, if anything does."""

    card: Card
    publish: str
    own: Match | None


def address(by: Asked, **changes: Any) -> dict[str, Any]:
    """The choice as parts of an address."""
    values = {"field": by.field, "chain": by.chain, "region": by.region, **changes}
    return {name: value for name, value in values.items() if value}


def field_name(code: str | None) -> str:
    """The word for a field, or that none was named."""
    return words.label(code, "TechField") if code and code != NONE else str(_("未填领域"))


def chain_name(code: str | None) -> str:
    """The word for a chain, or that none was named."""
    return words.label(code, "Chain") if code and code != NONE else str(_("未填产业链"))


def map_of(cells: Sequence[Cell], by: Asked) -> Map:
    """The map of all cells; the chosen square is marked."""
    count = {(cell.field or NONE, cell.chain or NONE): cell.count for cell in cells}
    fields = [code for code in (*TechField, NONE) if any(field == code for field, _chain in count)]
    chains = [code for code in (*Chain, NONE) if any(chain == code for _field, chain in count)]
    most = max(count.values(), default=0)

    def square(field: str, chain: str) -> Square:
        number = count.get((field, chain), 0)
        url = url_for("unmet.index", **address(by, field=field, chain=chain), _anchor="needs")
        name = f"{chain_name(chain)} · {field_name(field)}"
        return Square(number, shade(number, most), url, (field, chain) == (by.field, by.chain), name)

    return Map(
        [field_name(code) for code in fields],
        [(chain_name(chain), [square(str(field), str(chain)) for field in fields]) for chain in chains],
    )


def shade(count: int, most: int) -> int:
    """How dark a square is, from 0 for none to `SHADES` for the fullest; a map of single needs is light."""
    return math.ceil(SHADES * count / max(most, SHADES))


def lines_of(
    cells: Iterable[Cell], by: Asked, refusals: Mapping[tuple[str | None, str | None], list[str]]
) -> list[Line]:
    """The data behind the map."""
    return [
        Line(
            field_name(cell.field),
            chain_name(cell.chain),
            cell.count,
            cell.long,
            total_budget(cell.budget),
            days(cell.since),
            reasons(refusals.get((cell.field, cell.chain), [])),
            url_for(
                "unmet.index",
                **address(by, field=cell.field or NONE, chain=cell.chain or NONE),
                _anchor="needs",
            ),
            publish_url(cell.field, cell.chain),
        )
        for cell in cells
    ]


def listed(needs: Iterable[Need], own: Mapping[int, Match]) -> list[Listed]:
    """Needs as rows, each with how long it waits."""
    return [
        Listed(waiting_card(need), publish_url(need.tech_field, need.chain), own.get(need.id))
        for need in needs
    ]


def waiting_card(need: Need) -> Card:
    """The need's card with its field and how long it has waited in front."""
    item = card(need)
    named = need.tech_field and field_name(need.tech_field) != chain_name(need.chain)
    field = [Chip(field_name(need.tech_field))] if named else []
    return replace(item, chips=[Chip(waited(need.published_at), "warn"), *field, *item.chips])


def days_waited(moment: Any) -> int:
    """Whole local days since a moment."""
    return max((local_day(clock.now()) - local_day(moment)).days, 0) if moment else 0


def waited(moment: Any) -> str:
    """How long somebody has waited since a moment."""
    days = days_waited(moment)
    return str(_("已等 %(count)s 天", count=words.number(days))) if days else str(_("今天发布"))


def days(moment: Any) -> str:
    """The same as a number of days; a dash without a moment."""
    return str(_("%(count)s 天", count=words.number(days_waited(moment)))) if moment else "–"


def total_budget(amount: Decimal | None) -> str:
    """A sum of budgets; a dash when no need names one."""
    return words.money(amount, amount) if amount is not None else "–"


def reasons(codes: Iterable[str]) -> str:
    """Reasons of refusals in words."""
    return words.labels(list(codes), "Refusal")


def publish_url(field: str | None, chain: str | None) -> str:
    """Where an achievement of that field and chain is entered."""
    named = {"tech_field": field, "chain": chain}
    given: dict[str, Any] = {name: code for name, code in named.items() if code and code != NONE}
    return url_for("publish.new", kind=Kind.ACHIEVEMENT.value, **given)
