"""What similar deals cost, without telling what any one of them cost.

Deals of one technology field and contract type are one class; classes do not overlap, so none is the difference of two
others. A class is told once it has enough deals of enough organisations, none of which has more than half of it. It
grows by whole blocks, so no two looks at it differ by fewer deals than a block has; and every figure is rounded, because
with few deals a quartile is one of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import quantiles

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.contracts.lists import ContractType, RegistrationState
from matcher.models import Achievement, Case, Contract
from matcher.money import Wan, Yuan, to_wan

BLOCK = 5  # fewest deals of a class, and by how many it grows
FEWEST_PARTIES = 3  # on either side
DIGITS = 2


@dataclass(frozen=True)
class Deal:
    """A registered contract: who sold, who bought, the technology's price as the registry confirmed it."""

    seller: int
    buyer: int
    price: Yuan


@dataclass(frozen=True)
class Summary:
    """Median and quartiles of a class in 万元, to two figures, and of how many deals."""

    deals: int
    lower: Wan
    median: Wan
    upper: Wan


def summary(deals: Sequence[Deal]) -> Summary | None:
    """The summary of a class, its deals in the order of their registration; None while it would tell too much."""
    counted = deals[: len(deals) - len(deals) % BLOCK]
    if not counted or not all(_is_spread([getattr(deal, side) for deal in counted]) for side in ("seller", "buyer")):
        return None
    lower, median, upper = quantiles([deal.price for deal in counted], n=4, method="inclusive")
    return Summary(len(counted), *(_rounded(Yuan(value)) for value in (lower, median, upper)))


def _is_spread(organisations: Sequence[int]) -> bool:
    """Enough different ones, and none with more than half of the deals, who could take its own away and see the rest."""
    counts = Counter(organisations)
    return len(counts) >= FEWEST_PARTIES and max(counts.values()) * 2 <= len(organisations)


def _rounded(price: Yuan) -> Wan:
    step = Decimal(1).scaleb(price.adjusted() - DIGITS + 1)
    return to_wan(Yuan(price.quantize(step, ROUND_HALF_UP)))


def comparables(session: Session, tech_field: str | None) -> dict[ContractType, Summary]:
    """Summaries of a technology field by contract type; types with too few deals are left out. One query."""
    query = (
        select(Contract.type, Case.offer_org_id, Case.need_org_id, Contract.approved_tech)
        .join(Case, Case.id == Contract.case_id)
        .join(Achievement, Achievement.id == Case.achievement_id)
        .where(
            Contract.reg_state == RegistrationState.RECOGNISED,
            Contract.approved_tech > 0,
            Achievement.tech_field == tech_field,
        )
        .order_by(Contract.reg_decided, Contract.id)
    )
    classes: defaultdict[ContractType, list[Deal]] = defaultdict(list)
    for type_, seller, buyer, price in session.execute(query):
        if type_ is not None and price is not None:
            classes[ContractType(type_)].append(Deal(seller, buyer, price))
    found = {type_: summary(deals) for type_, deals in sorted(classes.items())}
    return {type_: each for type_, each in found.items() if each is not None}
