"""What a new contract already knows from its case: both sides, the records, the clauses of its type."""

from __future__ import annotations

import re
from typing import Any

from matcher.contracts.clauses import offered
from matcher.contracts.lists import ContractField, ContractIp, ContractType, Country, PartyType, PayMode
from matcher.models import Case, Organisation, Pricing
from matcher.pricing.current import agreed_amount
from matcher.pricing.terms import Route
from matcher.vocabulary import CoopMode, OrgKind, TechField

ABROAD = "900000"
# the first that fits an organisation's name; a name that tells nothing leaves the field to people
PARTY_NAMES: tuple[tuple[str, PartyType], ...] = (
    (r"大学|学院|学校", PartyType.UNIVERSITY),
    (r"研究(院|所|中心)|科学院|实验室", PartyType.RESEARCH),
    (r"医院|卫生院|疾控中心", PartyType.HEALTH),
    (r"股份有限公司", PartyType.STOCK),
    (r"有限(责任)?公司", PartyType.LIMITED),
    (r"协会|学会|研究会", PartyType.ASSOCIATION),
)
TYPES: dict[CoopMode, ContractType] = {
    CoopMode.COMMISSIONED: ContractType.DEVELOPMENT,
    CoopMode.JOINT: ContractType.DEVELOPMENT,
    CoopMode.TRANSFER: ContractType.TRANSFER,
    CoopMode.LICENCE: ContractType.LICENCE,
    CoopMode.CONSULTING: ContractType.CONSULTING,
    CoopMode.SERVICE: ContractType.SERVICE,
    CoopMode.TRAINING: ContractType.SERVICE,
}
FIELDS: dict[TechField, ContractField] = {
    TechField.ELECTRONICS: ContractField.ELECTRONICS,
    TechField.BIOMEDICINE: ContractField.BIOMEDICINE,
    TechField.AEROSPACE: ContractField.AEROSPACE,
    TechField.MATERIALS: ContractField.MATERIALS,
    TechField.ENERGY: ContractField.ENERGY,
    TechField.ENVIRONMENT: ContractField.ENVIRONMENT,
    TechField.MANUFACTURING: ContractField.MANUFACTURING,
    TechField.AGRICULTURE: ContractField.AGRICULTURE,
}


def prefilled(case: Case, kind: ContractType | None, pricing: Pricing | None) -> dict[str, Any]:
    """Values of a new contract. Sides, need and achievement must be loaded."""
    offer = case.achievement
    field = offer.tech_field or case.need.tech_field
    return {
        "name": offer.title,
        "type": kind,
        **_party("seller", case.offer_org),
        **_party("buyer", case.need_org),
        "amount_total": agreed_amount(pricing),
        "pay_mode": PayMode.EQUITY if pricing is not None and pricing.route == Route.EQUITY else None,
        "ip_kind": ip_kind(offer.ip),
        "field11": FIELDS.get(TechField(field)) if field else None,
        "clauses": offered(kind, places(case)),
    }


def places(case: Case) -> dict[str, str]:
    """Names that clause templates have places for."""
    return {"project": case.achievement.title, "seller": case.offer_org.name, "buyer": case.need_org.name}


def likely_type(case: Case) -> ContractType | None:
    """The type that both sides' ways of cooperation lead to; None when they lead to several or to none."""
    shared = set(case.need.coop_modes) & set(case.achievement.coop_modes)
    found = {TYPES[mode] for mode in TYPES if mode in shared}
    return found.pop() if len(found) == 1 else None


def ip_kind(rights: list[dict[str, Any]]) -> ContractIp | None:
    """The kind of the first right that the achievement names, if the form knows it."""
    code = rights[0].get("type") if rights else None
    return ContractIp(code) if code in set(ContractIp) else None


def party_type(organisation: Organisation) -> PartyType | None:
    """单位性质 as the kind and the full name tell it."""
    if organisation.kind == OrgKind.GOVERNMENT:
        return PartyType.AUTHORITY
    return next((code for words, code in PARTY_NAMES if re.search(words, organisation.name)), None)


def _party(side: str, organisation: Organisation) -> dict[str, Any]:
    abroad = organisation.region == ABROAD
    return {
        f"{side}_name": organisation.name,
        f"{side}_code": organisation.credit_code or "",
        f"{side}_party_type": party_type(organisation),
        f"{side}_country": None if abroad else Country.CHINA,
        f"{side}_region": None if abroad else organisation.region,
    }
