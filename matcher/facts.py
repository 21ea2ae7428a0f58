"""What matching may know of a record: public fields only, apart from the database, so that reasons can be replayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from matcher.boilerplate import plain, stripped
from matcher.models import Achievement, Need
from matcher.text import normalise
from matcher.vocabulary import PriceMode, Relation

BEYOND = 30  # powers of ten; no quantity of a technology is larger or smaller


@dataclass(frozen=True)
class Indicator:
    """One row of 技术指标; `high` is the upper value of a range, `condition` under which the value holds."""

    name: str
    relation: str
    value: Decimal
    unit: str = ""
    condition: str = ""
    high: Decimal | None = None
    must: bool = True


@dataclass(frozen=True)
class NeedFacts:
    """Public facts of a need; money in 万元, None where the enterprise said nothing."""

    title: str
    body: str
    indicators: tuple[Indicator, ...] = ()
    min_trl: int | None = None
    coop_modes: tuple[str, ...] = ()
    region: str | None = None
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    budget_open: bool = False
    deadline: date | None = None
    chain: str | None = None
    language: str = "zh"


@dataclass(frozen=True)
class AchievementFacts:
    """Public facts of an achievement; money in 万元, `ip` the kinds of its rights."""

    title: str
    body: str
    indicators: tuple[Indicator, ...] = ()
    trl: int | None = None
    coop_modes: tuple[str, ...] = ()
    region: str | None = None
    price_mode: str = PriceMode.NEGOTIABLE.value
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    completed_on: date | None = None
    ip: tuple[str, ...] = ()
    chain: str | None = None
    language: str = "zh"


def indicator(row: Mapping[str, Any]) -> Indicator | None:
    """An indicator of its stored row; None when the row carries no number."""
    value = _decimal(row.get("value"))
    if value is None:
        return None
    return Indicator(
        name=normalise(str(row.get("name") or "")),
        relation=str(row.get("relation") or Relation.AT_LEAST.value),
        value=value,
        unit=normalise(str(row.get("unit") or "")),
        condition=normalise(str(row.get("condition") or "")),
        high=_decimal(row.get("value_high")),
        must=bool(row.get("must", True)),
    )


def _decimal(value: object) -> Decimal | None:
    """The number; None for what is none, is not finite or is beyond all measure."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and (not found or abs(found.adjusted()) <= BEYOND) else None


def _indicators(rows: Iterable[Mapping[str, Any]]) -> tuple[Indicator, ...]:
    return tuple(found for row in rows if (found := indicator(row)))


def paragraphs(*texts: str) -> str:
    """Several fields as one text in which each starts a new sentence, without what is said beside the subject."""
    ended = (normalise(text) for text in texts)
    whole = "".join(text if text.endswith(("。", "!", "?", ".")) else f"{text}。" for text in ended if text)
    return stripped(whole)


def need_facts(need: Need) -> NeedFacts:
    """Facts of a need's row; its restricted detail and its owner stay behind."""
    return NeedFacts(
        title=plain(need.title),
        body=paragraphs(need.problem, need.foundation),
        indicators=_indicators(need.indicators),
        min_trl=need.min_trl,
        coop_modes=tuple(need.coop_modes),
        region=need.region,
        budget_min=need.budget_min,
        budget_max=need.budget_max,
        budget_open=need.budget_open,
        deadline=need.deadline,
        chain=need.chain,
        language=need.lang,
    )


def achievement_facts(achievement: Achievement) -> AchievementFacts:
    """Facts of an achievement's row; its restricted detail, people and owner stay behind."""
    return AchievementFacts(
        title=plain(achievement.title),
        body=paragraphs(
            achievement.abstract, achievement.problem, achievement.advantage, achievement.economics
        ),
        indicators=_indicators(achievement.indicators),
        trl=achievement.trl,
        coop_modes=tuple(achievement.coop_modes),
        region=achievement.region,
        price_mode=achievement.price_mode,
        price_min=achievement.price_min,
        price_max=achievement.price_max,
        completed_on=achievement.completed_on,
        ip=tuple(dict.fromkeys(str(row.get("type")) for row in achievement.ip if row.get("type"))),
        chain=achievement.chain,
        language=achievement.lang,
    )
