"""The least share for the people who made and converted an achievement (M67): rules as data, the strictest one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from matcher.rights.terms import ConversionRoute
from matcher.rulesets import rows_of, rule_file

FILE = Path(__file__).with_name("minimum.toml")


@dataclass(frozen=True)
class MinimumShare:
    """One rule of `minimum.toml`; `percent` of the net income."""

    code: str
    region: str
    first: date
    last: date | None
    route: ConversionRoute
    percent: Decimal
    binding: frozenset[str]
    verified: bool
    source: str

    def applies(self, region: str, day: date, route: ConversionRoute) -> bool:
        """Whether it counts for an owner in `region` on `day`."""
        return (
            self.route is route
            and region.startswith(self.region)
            and self.first <= day
            and (self.last is None or day <= self.last)
        )


def minimum_shares() -> tuple[MinimumShare, ...]:
    """Every rule in force; KeyError or ValueError when the file is malformed. Read once by each process."""
    return _rules(rule_file("minimum-shares.toml", FILE))


@cache
def _rules(path: Path) -> tuple[MinimumShare, ...]:
    return tuple(
        MinimumShare(
            code=row["code"],
            region=row["region"].rstrip("0"),
            first=row["from"],
            last=row.get("until"),
            route=ConversionRoute(row["route"]),
            percent=Decimal(str(row["percent"])),
            binding=frozenset(row["binding"]),
            verified=row["verified"],
            source=row["source"],
        )
        for row in rows_of(path)
    )


def minimum_for(region: str, day: date, route: ConversionRoute) -> MinimumShare | None:
    """The strictest rule for an owner in `region` on `day`; None when none speaks of it."""
    found = [rule for rule in minimum_shares() if rule.applies(region, day, route)]
    return max(found, key=lambda rule: rule.percent, default=None)
