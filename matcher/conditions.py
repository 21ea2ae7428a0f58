"""The terms of a deal side by side: maturity, cooperation, price, place, chain."""

from __future__ import annotations

from typing import Any

from matcher.facts import AchievementFacts, NeedFacts
from matcher.indicators import Verdict
from matcher.reasons import Reason
from matcher.vocabulary import PriceMode

CITY = 4  # digits of a GB/T 2260 code that name a city; the first two name the province


def conditions(need: NeedFacts, achievement: AchievementFacts) -> list[Reason]:
    """A reason for each condition that both sides, or at least the need, stated."""
    found = [
        _maturity(need, achievement),
        _cooperation(need, achievement),
        _price(need, achievement),
        _region(need, achievement),
        _chain(need, achievement),
    ]
    return [reason for reason in found if reason is not None]


def _maturity(need: NeedFacts, achievement: AchievementFacts) -> Reason | None:
    if need.min_trl is None:
        return None
    params = {"trl": achievement.trl, "min_trl": need.min_trl}
    if achievement.trl is None:
        return Reason("maturity", Verdict.MISSING.value, params=params)
    verdict = Verdict.MET if achievement.trl >= need.min_trl else Verdict.SHORT
    return Reason("maturity", verdict.value, params=params)


def _cooperation(need: NeedFacts, achievement: AchievementFacts) -> Reason | None:
    if not need.coop_modes:
        return None
    both = [mode for mode in need.coop_modes if mode in achievement.coop_modes]
    params = {"need": list(need.coop_modes), "offer": list(achievement.coop_modes), "both": both}
    if not achievement.coop_modes:
        return Reason("cooperation", Verdict.MISSING.value, params=params)
    return Reason("cooperation", (Verdict.MET if both else Verdict.SHORT).value, params=params)


def _price(need: NeedFacts, achievement: AchievementFacts) -> Reason | None:
    """Price against budget: only a fixed price or a range can be held against it."""
    if need.budget_max is None:
        return None
    low, high = achievement.price_min, achievement.price_max
    params: dict[str, Any] = {
        "budget_min": need.budget_min,
        "budget_max": need.budget_max,
        "price_min": low,
        "price_max": high,
        "price_mode": achievement.price_mode,
    }
    least = low if low is not None else high
    if achievement.price_mode in {PriceMode.NEGOTIABLE, PriceMode.ROYALTY} or least is None:
        return Reason("price", Verdict.UNCLEAR.value, params=params)
    if least <= need.budget_max:
        return Reason("price", Verdict.MET.value, params=params)
    if need.budget_max:
        params["gap"] = round((least - need.budget_max) / need.budget_max, 4)
    return Reason("price", Verdict.SHORT.value, params=params)


def _region(need: NeedFacts, achievement: AchievementFacts) -> Reason | None:
    """The same city or province speaks for a pair; a distance does not speak against it."""
    if not need.region or not achievement.region:
        return None
    near = ""
    if need.region[:2] == achievement.region[:2]:
        near = "city" if need.region[:CITY] == achievement.region[:CITY] else "province"
    if not near:
        return None
    params = {"need": need.region, "offer": achievement.region, "near": near}
    return Reason("region", Verdict.MET.value, params=params)


def _chain(need: NeedFacts, achievement: AchievementFacts) -> Reason | None:
    if not need.chain or need.chain != achievement.chain:
        return None
    return Reason("chain", Verdict.MET.value, params={"chain": need.chain})
