"""The only builders of index documents. The live path, the rebuild and the check all call `build`.

A document holds what everybody with its visibility may know: no restricted detail, no contacts, no people, and of an
anonymous need nothing of its organisation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from config.settings import get_settings
from indexes.engine import Document, Stored, Vector, document_id, sort_key
from indexes.facets import LAST, SORTS
from matcher.boilerplate import plain, stripped
from matcher.facts import achievement_facts, need_facts
from matcher.freshness.terms import SINKS_BY
from matcher.models import Achievement, Expert, Need, Record
from matcher.permissions import visibility_of
from matcher.text import joined, script, tokens
from matcher.vocabulary import BUDGET_BANDS, ExpertService, Kind, trl_band

MAX_TOKEN = 64
MAX_TOKENS = 5000
YUAN = 10_000


def build(record: Record) -> Document | None:
    """The document of a record without its vector; None when it does not belong into the index."""
    visibility = visibility_of(record)
    if visibility is None:
        return None
    identifier = document_id(record.kind.value, record.id)
    title, body = _tokens(record)
    document = Document(
        id=identifier,
        version=record.version,
        visibility=visibility,
        title=title,
        body=body,
        facets={**_facets(record), "lang": (script((*title, *body)),)},
        sorts=_sorts(record, identifier),
        digest="",
        text_hash=text_hash(passage(record)),
        silent=record.silent_since is not None,
    )
    return replace(document, digest=_digest(document))


def stored(record: Record, vector: Vector | None) -> Stored:
    """What scoring needs of a record, whether it belongs into the index or not: the tokens that it has or would have."""
    title, body = _tokens(record)
    return Stored(document_id(record.kind.value, record.id), record.version, title, body, vector)


def _tokens(record: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return clean_tokens([plain(heading(record))]), clean_tokens(_texts(record))


def with_vector(document: Document, vector: Vector | None) -> Document:
    """The same document with its vector."""
    return replace(document, vector=vector)


def heading(record: Record) -> str:
    """What stands above a listing."""
    return record.name if isinstance(record, Expert) else record.title


def passage(record: Record) -> str:
    """The text whose vector stands for the record, as models read it."""
    if isinstance(record, Expert):
        return joined(" ".join(record.keywords), record.profile)
    facts = need_facts(record) if isinstance(record, Need) else achievement_facts(record)
    return joined(facts.title, facts.body)


def role(kind: str) -> str:
    """Which of the encoder's ways makes the vector: a need is encoded as what it asks for, all else as what answers."""
    return "need" if kind == Kind.NEED else "passage"


def text_hash(text: str) -> str:
    """Name of a text in the table of embeddings."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def clean_tokens(texts: Iterable[str]) -> tuple[str, ...]:
    """Tokens of the texts in order, each of a length that every engine keeps whole."""
    found = [token[:MAX_TOKEN] for text in texts if text for token in tokens(text)]
    return tuple(found[:MAX_TOKENS])


def _texts(record: Record) -> Sequence[str]:
    shared = [*record.keywords]
    if isinstance(record, Need):
        own = [need_facts(record).body, stripped(record.partner_req), *_names(record.indicators)]
        return [*own, *shared, "" if record.anonymous else record.organisation.name]
    if isinstance(record, Achievement):
        own = [achievement_facts(record).body, record.project_ref, *_names(record.indicators)]
        return [*own, *shared, record.organisation.name]
    services = [ExpertService(code).label for code in record.services]
    return [record.profile, record.department, *services, *shared, record.organisation.name]


def _names(indicators: Iterable[Mapping[str, object]]) -> list[str]:
    return [f"{row.get('name') or ''} {row.get('value') or ''} {row.get('unit') or ''}" for row in indicators]


def _facets(record: Record) -> dict[str, tuple[str, ...]]:
    published = record.published_at
    found: dict[str, Iterable[str | None]] = {
        "kind": (record.kind.value,),
        "chain": (record.chain,),
        "domain": (record.tech_field,),
        "region": _regions(record.region),
        "trl": (_band(_trl(record)),),
        "coop": record.coop_modes if not isinstance(record, Expert) else (),
        "ip": [row.get("type") for row in record.ip] if isinstance(record, Achievement) else (),
        "budget": _budget_bands(*_amounts(record)),
        "year": (str(published.astimezone(get_settings().zone).year) if published else None,),
    }
    return {name: tuple(dict.fromkeys(value for value in values if value)) for name, values in found.items()}


def _regions(code: str | None) -> tuple[str | None, ...]:
    """The place and its province, so that a province finds its cities."""
    return (code, f"{code[:2]}0000") if code else ()


def _trl(record: Record) -> int | None:
    if isinstance(record, Need):
        return record.min_trl
    return record.trl if isinstance(record, Achievement) else None


def _band(trl: int | None) -> str | None:
    return trl_band(trl) if trl else None


def _amounts(record: Record) -> tuple[Decimal | None, Decimal | None]:
    """Least and most in 万元; one bound alone stands for both."""
    if isinstance(record, Expert):
        return None, None
    low, high = (
        (record.budget_min, record.budget_max)
        if isinstance(record, Need)
        else (record.price_min, record.price_max)
    )
    return (low if low is not None else high), (high if high is not None else low)


def _budget_bands(low: Decimal | None, high: Decimal | None) -> list[str]:
    """Every band that the range touches."""
    if low is None or high is None:
        return []
    found, bottom = [], Decimal(0)
    for code, (top, _) in BUDGET_BANDS.items():
        if high >= bottom and (top is None or low < top):
            found.append(code)
        bottom = Decimal(top or 0)
    return found


def _sorts(record: Record, identifier: str) -> dict[str, int]:
    low, high = _amounts(record)
    until: date | None = record.deadline if isinstance(record, Need) else None
    values = {
        "published": _published(record),
        "amount_high": int(high * YUAN) if high is not None else 0,
        "amount_low": int(low * YUAN) if low is not None else LAST,
        "maturity": _trl(record) or 0,
        "deadline": (until or record.valid_until or date.max).toordinal(),
    }
    descending = {sort.field: sort.descending for sort in SORTS.values()}
    return {name: sort_key(value, identifier, descending=descending[name]) for name, value in values.items()}


def _published(record: Record) -> int:
    """Second of the publication by which lists are ordered; of a silent record an earlier one."""
    if record.published_at is None:
        return 0
    moment = record.published_at - SINKS_BY if record.silent_since else record.published_at
    return int(moment.timestamp())


def _digest(document: Document) -> str:
    content = [
        document.visibility,
        document.title,
        document.body,
        document.facets,
        document.sorts,
        document.text_hash,
        document.silent,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
