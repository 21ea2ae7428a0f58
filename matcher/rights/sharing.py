"""How a net income is shared, pure: by the rights table, with the team's part taken from what organisations hold.

Every recipient's percentage is exact (products of two-place percentages), so the fen are rounded once, by
`matcher.money.split`: largest remainders, and the shares sum to the income.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from matcher.models import RightsTable
from matcher.money import HUNDRED, Yuan, split
from matcher.rights.terms import HolderKind, ShareBasis


@dataclass(frozen=True)
class Recipient:
    """Who receives, and why; `organisation_id` looks after the statement."""

    kind: HolderKind
    name: str
    organisation_id: int | None
    basis: ShareBasis


def percents_of(table: RightsTable) -> dict[Recipient, Decimal]:
    """Each recipient's per cent of the net income; they make exactly 100, and nobody has nothing."""
    parts: defaultdict[Recipient, Decimal] = defaultdict(Decimal)
    team = Decimal(0)
    for holder in table.holders:
        kind, given = HolderKind(holder.kind), Decimal(0)
        if kind is HolderKind.ORGANISATION:
            given = holder.share * table.team_percent / HUNDRED
            team += given
        parts[Recipient(kind, holder.name, holder.organisation_id, ShareBasis.RIGHT)] += holder.share - given
    for member in table.team:
        who = Recipient(HolderKind.PERSON, member.name, member.organisation_id, ShareBasis.TEAM)
        parts[who] += team * member.share / HUNDRED
    return {who: percent for who, percent in parts.items() if percent}


def shares_of(net: Yuan, table: RightsTable) -> dict[Recipient, Yuan]:
    """`net` by the table, to the fen."""
    return split(net, percents_of(table))


def people_percent(holders: Iterable[tuple[HolderKind, Decimal]], team_percent: Decimal) -> Decimal:
    """What of the net income goes to people: their own rights, and the team's part of the organisations'."""
    return sum(
        (
            share if kind is HolderKind.PERSON else share * team_percent / HUNDRED
            for kind, share in holders
        ),
        Decimal(0),
    )
