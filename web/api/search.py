"""Search over needs, achievements and experts: the set, the order and the counts of the search page."""

from __future__ import annotations

from flask import Response

from indexes.engine import EngineUnavailableError
from indexes.facets import FACETS, RELEVANCE, chosen
from indexes.search import Search, search
from matcher.models import Record
from matcher.permissions import visibilities
from web.api.blueprint import answer, blueprint
from web.api.operation import MalformedError, Operation, operation
from web.api.present import absolute
from web.api.schemas import SearchItem, SearchOut, SearchQuery
from web.cards import record_url, summary, title_of
from web.index import index
from web.search.results import records_of
from web.session import current_actor

ANYTHING = frozenset({"need", "achievement"})


@blueprint.get("/search")
@operation(Operation("Search needs and achievements", {200: SearchOut}, query=SearchQuery))
def search_records(query: SearchQuery) -> Response:
    """Both kinds in one list (experts too when asked for by `kind`); facets and total speak of the whole set."""
    actor = current_actor()
    pairs = [(name, value) for name in FACETS for value in getattr(query, name, ())]
    filters = {"kind": ANYTHING, **chosen(pairs)}
    wanted = Search(query.q, filters, query.sort or RELEVANCE, query.page, query.size)
    try:
        results = search(*index(), visibilities(actor), wanted)
    except EngineUnavailableError:
        raise MalformedError(503, "The index cannot be asked now; try again in a moment") from None
    found = records_of(results.ids)
    items = [_item(found[key]) for key in results.ids if key in found]
    return answer(
        SearchOut(
            items=items,
            total=results.total,
            page=results.page,
            size=wanted.size,
            facets={name: dict(counts) for name, counts in results.facets.items()},
            degraded=results.words_only,
        )
    )


def _item(record: Record) -> SearchItem:
    return SearchItem(
        kind=record.kind.value,  # type: ignore[arg-type]  # a closed list in both
        id=record.id,
        title=title_of(record),
        summary=summary(record),
        lang=record.lang,
        url=absolute(record_url(record.kind, record.id)),
    )
