"""What a side of a registered contract may claim (M05, M56), pure: rules as data, conditions, the amount with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from matcher.claims.terms import ClaimBase, ClaimKind
from matcher.messages import Message, msg
from matcher.money import Yuan, percent_of, yuan
from matcher.rulesets import rows_of, rule_file
from matcher.vocabulary import Side

FILE = Path(__file__).with_name("rules.toml")
NOTHING = yuan(0)


@dataclass(frozen=True)
class ClaimRule:
    """One rule of `rules.toml`; `rate` in per cent of `base`, at most `cap` in 元."""

    code: str
    kind: ClaimKind
    side: Side
    region: str
    first: date
    last: date
    base: ClaimBase
    rate: Decimal
    cap: Yuan
    local: frozenset[Side]
    kinds: Mapping[Side, frozenset[str]]
    verified: bool
    source: str


@dataclass(frozen=True)
class Facts:
    """What the rules ask of a contract: both sides by region and kind, and its money in 元."""

    regions: Mapping[Side, str]
    kinds: Mapping[Side, str]
    recognised_on: date | None
    amounts: Mapping[ClaimBase, Yuan]


def _rule(row: dict[str, Any]) -> ClaimRule:
    return ClaimRule(
        code=row["code"],
        kind=ClaimKind(row["kind"]),
        side=Side(row["side"]),
        region=row["region"],
        first=row["from"],
        last=row["until"],
        base=ClaimBase(row["base"]),
        rate=Decimal(str(row["rate"])),
        cap=yuan(row["cap"]),
        local=frozenset(Side(side) for side in row["local"]),
        kinds={Side(side): frozenset(kinds) for side, kinds in row.get("kinds", {}).items()},
        verified=row["verified"],
        source=row["source"],
    )


@cache
def _rules(path: Path) -> dict[str, ClaimRule]:
    return {row["code"]: _rule(row) for row in rows_of(path)}


def claim_rules() -> dict[str, ClaimRule]:
    """Every rule in force by its code; KeyError or ValueError when the file is malformed. Read once by each process."""
    return _rules(rule_file("claims.toml", FILE))


def may_fit(rule: ClaimRule, facts: Facts) -> bool:
    """Whether the rule speaks of this contract at all: regions, kinds of organisation and, once known, the year."""
    prefix = rule.region.rstrip("0")
    return (
        all(facts.regions[side].startswith(prefix) for side in rule.local)
        and all(facts.kinds[side] in kinds for side, kinds in rule.kinds.items())
        and (facts.recognised_on is None or rule.first <= facts.recognised_on <= rule.last)
    )


def lacking(rule: ClaimRule, facts: Facts) -> list[Message]:
    """What must still be there before this may be claimed."""
    found = []
    if not may_fit(rule, facts):
        found.append(msg("符合该政策的地区、单位类型和年度"))
    if facts.recognised_on is None:
        found.append(msg("技术合同已认定登记"))
    if facts.amounts[ClaimBase.PAID] <= 0:
        found.append(msg("有凭证的到账记录"))
    elif not found and amount_of(rule, facts) <= 0:
        found.append(msg("可以计算金额的基数"))
    return found


def amount_of(rule: ClaimRule, facts: Facts) -> Yuan:
    """`rate` per cent of the base, rounded half up to the fen, at most the cap."""
    return min(percent_of(facts.amounts[rule.base], rule.rate), rule.cap)


def worked(rule: ClaimRule, facts: Facts) -> dict[str, Any]:
    """The figures behind the amount, as they are kept with the claim."""
    return {
        "base": rule.base.value,
        "base_amount": f"{facts.amounts[rule.base]:.2f}",
        "rate": f"{rule.rate:f}",
        "cap": f"{rule.cap:.2f}",
        "capped": percent_of(facts.amounts[rule.base], rule.rate) > rule.cap,
        "source": rule.source,
        "verified": rule.verified,
    }
