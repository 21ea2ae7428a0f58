"""还没有人能解决的需求: the map's cells and the needs of a choice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from flask import Response
from pydantic import Field

from matcher import unmet
from matcher.models import Need
from matcher.unmet import NONE, Asked, Cell
from matcher.vocabulary import REGIONS, Chain, TechField
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas import Answered, PageQuery
from web.cards import record_url
from web.session import current_actor, reading
from web.unmet.presentation import days_waited


class CellOut(Answered):
    """The needs of one field and chain (null: none named). `long` have waited longer than `long_days`; `budget` in 万元."""

    field: str | None
    chain: str | None
    count: int
    long: int
    since: datetime | None
    budget: Decimal | None
    refusals: list[str]


class UnmetNeedOut(Answered):
    """A need that nobody can solve yet; money in 万元."""

    need_id: int
    title: str
    lang: str
    url: str
    field: str | None
    chain: str | None
    region: str | None
    waited_days: int
    budget_min: Decimal | None
    budget_max: Decimal | None


class UnmetPage(Answered):
    """All cells of the region, and one page of the needs of the choice, the longest waiting first."""

    cells: list[CellOut]
    long_days: int
    items: list[UnmetNeedOut]
    total: int
    page: int
    size: int


class UnmetQuery(PageQuery):
    """By field, chain (`none`: not named) and region (a province finds its cities); unknown codes narrow nothing."""

    field: str = Field("", max_length=24)
    chain: str = Field("", max_length=24)
    region: str = Field("", max_length=6)


@blueprint.get("/unmet-needs")
@operation(Operation("Needs that nobody can solve yet, with their map", {200: UnmetPage}, query=UnmetQuery))
def list_unmet(query: UnmetQuery) -> Response:
    """What the page and its file show, for everybody."""
    session, actor = reading(), current_actor()
    by = Asked(
        query.field if query.field in (*TechField, NONE) else "",
        query.chain if query.chain in (*Chain, NONE) else "",
        query.region if query.region in REGIONS else "",
    )
    cells = unmet.cells(session, actor, by.region)
    told = unmet.refusals_by_cell(session, actor, by.region)
    found = unmet.needs(session, actor, by, offset=(query.page - 1) * query.size, limit=query.size)
    return answer(
        UnmetPage(
            cells=[_cell(cell, told.get((cell.field, cell.chain), [])) for cell in cells],
            long_days=unmet.LONG_DAYS,
            items=[_need(need) for need in found],
            total=sum(cell.count for cell in unmet.chosen(cells, by)),
            page=query.page,
            size=query.size,
        )
    )


def _cell(cell: Cell, refusals: list[str]) -> CellOut:
    return CellOut(
        field=cell.field or None,
        chain=cell.chain or None,
        count=cell.count,
        long=cell.long,
        since=cell.since,
        budget=cell.budget,
        refusals=refusals,
    )


def _need(need: Need) -> UnmetNeedOut:
    return UnmetNeedOut(
        need_id=need.id,
        title=need.title,
        lang=need.lang,
        url=absolute(record_url(need.kind, need.id)),
        field=need.tech_field,
        chain=need.chain,
        region=need.region,
        waited_days=days_waited(need.published_at),
        budget_min=need.budget_min,
        budget_max=need.budget_max,
    )
