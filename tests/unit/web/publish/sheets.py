"""What a person types into the forms of publishing, step by step."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matcher.db import reading
from matcher.models import MODELS, Record
from tests.unit.web.browsing import submit

NEED: dict[str, dict[str, Any]] = {
    "what": {
        "title": "人参废渣快速干燥",
        "need_type": "process",
        "problem": "含水高、易霉变，希望 6 小时内降到 12 % 以下。",
        "foundation": "",
        "lang": "zh",
    },
    "indicators": {
        "indicators-0-name": "含水率",
        "indicators-0-relation": "<=",
        "indicators-0-value": "１２",
        "indicators-0-unit": "%",
        "indicators-0-must": "y",
    },
    "terms": {
        "coop_modes": ["joint", "transfer"],
        "budget_min": "80",
        "budget_max": "1,500",
        "deadline": "2099-12-31",
        "min_trl": "6",
        "ip_terms": "shared",
        "urgency": "high",
        "partner_req": "",
    },
    "place": {
        "chain": "medicine",
        "tech_field": "biomedicine",
        "region": "220500",
        "keywords": "人参、干燥, 废渣",
    },
    "seen": {"decision_owner": "总工", "detail_restricted": "年产 900 吨", "valid_until": ""},
}
ACHIEVEMENT: dict[str, dict[str, Any]] = {
    "what": {
        "title": "过热蒸汽脱水装备",
        "abstract": "3.5 h 降到 10 %。",
        "problem": "药渣易霉变",
        "advantage": "快",
        "economics": "",
        "lang": "zh",
    },
    "indicators": {
        "indicators-0-name": "",
        "indicators-0-relation": ">=",
        "indicators-0-value": "",
        "indicators-0-must": "y",
    },
    "maturity": {
        "trl": "7",
        "dev_state": "pilot",
        "completed_on": "2025-06-30",
        "ip-0-type": "invention",
        "ip-0-number": "ZL 2024 1 0000000.0",
        "ip-0-name": "一种脱水装备",
        "ip-0-holder": "研究院",
        "people": "李研；王工",
        "publicly_funded": "y",
    },
    "terms": {"coop_modes": ["licence"], "price_mode": "range", "price_min": "20", "price_max": "50.5"},
    "place": {"chain": "medicine", "tech_field": "biomedicine", "region": "220100", "keywords": ""},
    "seen": {"detail_restricted": "", "valid_until": "2099-01-01"},
}
EXPERT: dict[str, dict[str, Any]] = {
    "what": {
        "name": "赵研究员",
        "title": "researcher",
        "department": "药学部",
        "profile": "药渣干燥二十年",
        "lang": "zh",
    },
    "services": {
        "services": ["consulting", "envoy"],
        "tech_field": "biomedicine",
        "chain": "",
        "region": "220100",
        "service_regions": ["220500", "220600"],
        "languages": ["zh", "ko"],
        "keywords": "药渣",
    },
    "seen": {"consent": "brokers", "valid_until": ""},
}
SHEETS = {"need": NEED, "achievement": ACHIEVEMENT, "expert": EXPERT}


def load(kind: str, number: int) -> Any:
    """The record as it is now."""
    with reading() as session:
        return session.get_one(MODELS[kind], number)


def records(kind: str) -> list[Record]:
    """All records of that kind."""
    with reading() as session:
        return list(session.query(MODELS[kind]).order_by(MODELS[kind].id))  # type: ignore[arg-type]


def fill(client: FlaskClient, kind: str, number: int, step: str, **changed: Any) -> TestResponse:
    """Send one step with the record's present version."""
    data = {**SHEETS[kind][step], "version": str(load(kind, number).version), **changed}
    return submit(client, f"/publish/{kind}/{number}/step/{step}", data)


def start(client: FlaskClient, kind: str, **changed: Any) -> TestResponse:
    """Send the first step of a new record."""
    return submit(client, f"/publish/{kind}/new", {**SHEETS[kind]["what"], **changed})


def whole(kind: str, number: int, **changed: Any) -> dict[str, Any]:
    """All steps as one page sends them."""
    data = {name: value for step in SHEETS[kind].values() for name, value in step.items()}
    return {**data, "version": str(load(kind, number).version), **changed}
