"""What the search page shows while the index cannot answer: the newest records, straight from the database."""

from __future__ import annotations

from sqlalchemy import func, literal, select, union_all

from indexes.engine import document_id
from indexes.facets import PAGE_SIZE
from matcher.models import MODELS
from matcher.permissions import rows
from web.search.request import Asked
from web.session import current_actor, reading

COLUMNS = {"kind": "kind", "chain": "chain", "domain": "tech_field", "region": "region", "lang": "lang"}


def newest(asked: Asked) -> tuple[int, list[str]]:
    """How many records pass the filters that the database can answer, and the ids of one page of the newest."""
    parts = []
    for kind, model in MODELS.items():
        if kind not in asked.filters.get("kind", MODELS):
            continue
        query = select(literal(str(kind)).label("kind"), model.id.label("id"), model.published_at.label("at"))
        query = query.where(rows(current_actor(), "record.search", model))
        for name, values in asked.filters.items():
            if name != "kind" and name in COLUMNS:
                query = query.where(getattr(model, COLUMNS[name]).in_(values))
        parts.append(query)
    found = union_all(*parts).subquery()
    total = reading().scalar(select(func.count()).select_from(found)) or 0
    page = select(found.c.kind, found.c.id).order_by(found.c.at.desc(), found.c.kind, found.c.id)
    page = page.offset((asked.page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return total, [document_id(kind, number) for kind, number in reading().execute(page)]
