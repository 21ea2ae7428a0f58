"""Fields of a listing from a sample record: its own sentences, sorted; what is not in it, drawn from a seed. Pure."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from typing import Any

from demo.needs import ASKED, DETAIL, FIELD_OF, PARTNERS
from demo.offers import CHAIN_BY_FIELD, CHAIN_WORDS, INDICATORS, PEOPLE_ABROAD, PEOPLE_POOL
from demo.offers import DETAIL as OFFER_DETAIL
from demo.people import ORGANISATIONS
from matcher.clock import add_months
from matcher.conversion.terms import Funding
from matcher.text import sentence_spans
from matcher.vocabulary import IpType, TechField, chain_by_name, coop_by_name, region_by_name

SEED = "daqiao"
COMPARES = re.compile(r"较|提高|降低|下降|减少|缩短|降到|降至|升至|提高到|累计|已在|已建|应用|提前")
SAVES = re.compile(r"成本|费用|节电|电耗|能耗|收益|节约|降本|年节|节水")
LEAST_ABSTRACT = 60
DEV_STATES = {4: "lab", 5: "bench", 6: "pilot", 7: "pilot", 8: "batch", 9: "mass"}
ORGS = {org.key: org for org in ORGANISATIONS}
NO_MONTHS = 12


def draw(name: str) -> random.Random:
    """Chance that depends on the name alone, so that one record's draw does not move another's."""
    return random.Random(f"{SEED}:{name}")


def need_fields(row: dict[str, Any], day: date) -> dict[str, Any]:
    """What the owner of a sample need enters on `day`."""
    asked = ASKED[row["need_id"]]
    org, chance = ORGS[asked.owner], draw(row["need_id"])
    months = row["deadline_months"] or NO_MONTHS
    return {
        "title": row["title"],
        "problem": row["text"],
        "need_type": asked.need_type,
        "foundation": org.foundation,
        "keywords": list(asked.keywords),
        "chain": chain_by_name(row["industry_chain"]),
        "tech_field": FIELD_OF[row["need_id"]],
        "region": region_by_name(row["region"]),
        "coop_modes": [coop_by_name(name) for name in row["cooperation"]],
        "budget_min": row["budget_min"],
        "budget_max": row["budget_max"],
        "budget_open": row["budget_max"] is None,
        "deadline": add_months(day, months),
        "min_trl": row["min_trl"],
        "ip_terms": asked.ip_terms,
        "partner_req": chance.choice(PARTNERS),
        "urgency": asked.urgency,
        "decision_owner": f"{org.decides}，{chance.choice(('本季度内', '年底前', '方案确定后两周内'))}定",
        "anonymous": asked.anonymous,
        "indicators": [need_indicator(item) for item in row["indicators"]],
        "detail_restricted": DETAIL[0] + chance.choice(DETAIL[1:]),
    }


def need_indicator(item: dict[str, Any]) -> dict[str, Any]:
    """An indicator of the sample file as a row of the form."""
    low, high = item["value"] if item["op"] == "range" else (item["value"], None)
    return {
        "name": item["name"],
        "relation": item["op"],
        "value": low,
        "value_high": high,
        "unit": item["unit"],
    }


def achievement_fields(row: dict[str, Any], owner: str, day: date, budget: float) -> dict[str, Any]:
    """What the owner of a sample achievement enters on `day`; `budget` in 万元 is what its market pays."""
    chance = draw(name_of(row))
    parts = split(row["summary"], row["keywords"], row["lang"])
    title = row["title"]
    return {
        **parts,
        "title": title,
        "lang": row["lang"],
        "keywords": row["keywords"],
        "chain": chain_of(row),
        "tech_field": TechField.by_label(row["domain"]),
        "region": ORGS[owner].region,
        "trl": row["trl"],
        "dev_state": DEV_STATES[row["trl"]],
        "coop_modes": [coop_by_name(name) for name in row["cooperation"]],
        "ip": [{"type": IpType.by_label(row["ip"]), "name": title, "holder": ORGS[owner].name}],
        "people": people_of(row["lang"], chance),
        **funding(row, chance.random(), day),
        "completed_on": day - timedelta(days=chance.randint(120, 900)),
        "detail_restricted": OFFER_DETAIL[0] + chance.choice(OFFER_DETAIL[1:]) if row["lang"] == "zh" else "",
        "indicators": offer_indicators(row),
        **price(budget, chance),
    }


def funding(row: dict[str, Any], share: float, day: date) -> dict[str, Any]:
    """Where the money came from: public for four of ten of the province's own; others have no project here."""
    if row["lang"] != "zh":
        return {"funding": Funding.OWN}
    sources = ((0.2, Funding.NATIONAL, "YFD"), (0.4, Funding.PROVINCIAL, "ZDYF"), (0.7, Funding.HORIZONTAL, ""))
    source, series = next(((name, mark) for limit, name, mark in sources if share < limit), (Funding.OWN, ""))
    number = draw(f"project {name_of(row)}").randint(1, 9999)
    return {"funding": source, "project_ref": f"{day.year - 4}{series}{number:07d}" if series else ""}


def name_of(row: dict[str, Any]) -> str:
    """A sample achievement's name, such as c05-3-zh."""
    return f"{row['need_id']}-{row['grade']}-{row['lang']}"


def split(summary: str, keywords: list[str], lang: str) -> dict[str, str]:
    """The record's own sentences by what they say: the problem first, what it gains, what it saves, and the rest."""
    parts = [summary[start:end] for start, end in sentence_spans(summary)]
    glue = "" if lang in ("zh", "ja") else " "
    numbered = lang == "zh" and parts[0].startswith(("（1）", "①", "一、", "第一步"))
    problem = parts.pop(0) if len(parts) > 2 and not numbered else ""
    saves = next((part for part in parts[1:] if lang == "zh" and SAVES.search(part)), "")
    gains = [part for part in parts[1:] if part != saves and re.search(r"\d", part)]
    gain = next(
        (part for part in reversed(gains) if COMPARES.search(part)), gains[-1] if gains else parts[-1]
    )
    rest = glue.join(part for part in parts if part not in (saves, gain))
    if len(rest) < LEAST_ABSTRACT:
        rest = summary
    return {
        "abstract": rest,
        "problem": _ended(problem) or f"{'、'.join(keywords[:3])}中尚待解决的关键环节。",
        "advantage": _ended(gain),
        "economics": _ended(saves),
    }


def _ended(part: str) -> str:
    """A part of an enumeration as a sentence of its own."""
    return f"{part[:-1]}。" if part.endswith("；") else part


def chain_of(row: dict[str, Any]) -> str:
    """The industry chain that an owner would choose."""
    text = f"{row['title']} {' '.join(row['keywords'])}"
    found = (chain for chain, words in CHAIN_WORDS if any(word in text for word in words))
    return next(found, CHAIN_BY_FIELD[row["domain"]])


def people_of(lang: str, chance: random.Random) -> list[str]:
    """Two or three invented names of the language."""
    if lang != "zh":
        return list(PEOPLE_ABROAD[lang])
    return chance.sample(PEOPLE_POOL, chance.randint(2, 3))


def offer_indicators(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of the text as rows, where its owner took the trouble."""
    if row["grade"] != 3 or row["lang"] != "zh":
        return []
    found = []
    for name, relation, value, unit, condition in INDICATORS.get(row["need_id"], ()):
        low, high = value if isinstance(value, tuple) else (value, None)
        found.append(
            {
                "name": name,
                "relation": relation,
                "value": low,
                "value_high": high,
                "unit": unit,
                "condition": condition,
            }
        )
    return found


def price(budget: float, chance: random.Random) -> dict[str, Any]:
    """What the owner asks for, in 万元: mostly near what such a need can pay; some leave it open."""
    mode = chance.choices(("negotiable", "fixed", "range", "royalty"), (4, 2, 3, 1))[0]
    high = max(round(budget * chance.choice((0.4, 0.6, 0.8, 0.9, 1.3)) / 5) * 5, 5)
    amounts: dict[str, dict[str, Any]] = {
        "fixed": {"price_min": high, "price_max": high},
        "range": {"price_min": max(high // 2, 3), "price_max": high},
    }
    return {"price_mode": mode, **amounts.get(mode, {})}
