"""What a contract still lacks: the registry's fields (fields.md 4.4) and the clauses that the law asks for."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any

from matcher.contracts.clauses import required
from matcher.contracts.lists import SUBTYPES, ContractType, Country
from matcher.messages import Message, msg

# in the order of the form
FIELDS: tuple[str, ...] = (
    "name",
    "type",
    "seller_name",
    "seller_party_type",
    "seller_country",
    "buyer_name",
    "buyer_party_type",
    "buyer_country",
    "amount_total",
    "amount_tech",
    "pay_mode",
    "signed",
    "valid_from",
    "valid_to",
    "ip_kind",
    "field11",
    "industry",
    "plan",
)
MISSING = msg("请填写。")


def missing(contract: Any) -> dict[str, Message]:
    """Messages by field, `clauses.CODE` for a clause; empty when the contract is complete."""
    found = {name: MISSING for name in FIELDS if getattr(contract, name) in (None, "")}
    kind = ContractType(contract.type) if contract.type else None
    if kind is not None and SUBTYPES[kind] and contract.subtype is None:
        found["subtype"] = MISSING
    for side in ("seller", "buyer"):
        if getattr(contract, f"{side}_country") == Country.CHINA and not getattr(contract, f"{side}_region"):
            found[f"{side}_region"] = MISSING
    if kind is ContractType.TRANSFER:
        for name in ("new_input", "new_output"):
            if getattr(contract, name) is None:
                found[name] = msg("技术转让合同须填写。")
    return found | _missing_clauses(contract, kind)


def _missing_clauses(contract: Any, kind: ContractType | None) -> dict[str, Message]:
    texts = {clause["code"]: clause["text"] for clause in contract.clauses}
    found: dict[str, Message] = {}
    for template in required(kind):
        text = texts.get(template.code, "")
        if not text.strip():
            found[f"clauses.{template.code}"] = msg("缺少必备条款“%(title)s”。", title=template.title)
        elif has_blanks(text, template.labels):
            found[f"clauses.{template.code}"] = msg("条款“%(title)s”还有没填的空白。", title=template.title)
    return found


def has_blanks(text: str, labels: Collection[str]) -> bool:
    """Whether a label of the template (“技术指标：”) still stands alone, with the next label or nothing after it."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    starts = tuple(labels)
    return any(
        line in labels and (not following or following.startswith(starts))
        for line, following in pairwise([*lines, ""])
    )
