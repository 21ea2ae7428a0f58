"""One search box over everything, and the lists of needs, achievements and experts as its presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from indexes.engine import EngineUnavailableError
from indexes.facets import PAGE_SIZE, ceiling
from indexes.search import Results, Search, search
from matcher.permissions import visibilities
from web.index import index as opened_index
from web.limits import limited
from web.search.fallback import newest
from web.search.request import PRESETS, SHOWN, Asked
from web.search.results import SORT_TITLES, counted, groups_of, hits_of, value_label
from web.searches.presentation import can_be_kept, own_searches, same_as
from web.session import current_actor
from web.views_counter import count_views

log = structlog.get_logger()
blueprint = Blueprint("search", __name__)


@dataclass(frozen=True)
class Found:
    """What a search brought; `trouble` is a sentence when the index could not be asked, `note` a remark on the set."""

    total: int
    ids: list[str]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    by_meaning: frozenset[str] = frozenset()
    trouble: str = ""
    note: str = ""


@blueprint.get("/search")
@limited("search", methods=("GET",))
def index() -> str:
    """Everything."""
    return page(Asked.of("search.index", request.args), _("查找"))


@blueprint.get("/needs")
@limited("search", methods=("GET",))
def needs() -> str:
    """All needs."""
    return page(Asked.of("search.needs", request.args), pgettext("list", "需求"))


@blueprint.get("/achievements")
@limited("search", methods=("GET",))
def achievements() -> str:
    """All achievements."""
    return page(Asked.of("search.achievements", request.args), pgettext("list", "成果"))


@blueprint.get("/experts")
@limited("search", methods=("GET",))
def experts() -> str:
    """All experts who may be seen."""
    return page(Asked.of("search.experts", request.args), pgettext("list", "专家"))


def page(asked: Asked, heading: str) -> str:
    """The page of one search."""
    found = find(asked)
    hits = hits_of(found.ids, asked.q, found.by_meaning)
    count_views([(hit.card.kind, hit.card.id) for hit in hits], "shown")
    reach = ceiling(asked.sort)
    pages = max(1, -(-min(found.total, reach) // PAGE_SIZE))
    kept_as = same_as(asked, own_searches()) if current_actor().user_id is not None else None
    return render_template(
        "search/index.html",
        kept_as=kept_as,
        keep_url=None if kept_as or not can_be_kept(asked) else keep_url(asked),
        asked=asked,
        heading=heading,
        hits=hits,
        groups=groups_of(asked, found.facets),
        total=found.total,
        counted=counted(found.total, asked, trouble=bool(found.trouble)),
        trouble=found.trouble,
        note=found.note,
        reach=reach,
        pages=pages,
        is_last_page=asked.page >= pages,
        page_url=lambda number: asked.url(page=number),
        without_filters=find(asked_without_filters(asked)).total if not hits and asked.is_narrowed else 0,
        scopes=scopes(asked),
        value_label=value_label,
        sort_titles=SORT_TITLES,
    )


def keep_url(asked: Asked) -> str:
    """Where this search is given a name, to be kept."""
    values: dict[str, Any] = {name: sorted(codes) for name, codes in (asked.chosen or {}).items()}
    return url_for("searches.new", page_of=asked.endpoint, q=asked.q or None, **values)


def asked_without_filters(asked: Asked) -> Asked:
    """The same words on the same page, nothing chosen."""
    return Asked(asked.endpoint, asked.q, {}, asked.sort)


def find(asked: Asked) -> Found:
    """Ask the index; while it cannot answer, list the newest from the database and say so."""
    try:
        result = search(*opened_index(), visibilities(current_actor()), wanted(asked))
    except EngineUnavailableError as error:
        log.warning("search unavailable", error=type(error).__name__)
        total, ids = newest(asked)
        words = _("查找服务暂时不可用，正在恢复。下面按发布时间列出记录，没有按您的词句查找。")
        return Found(total, ids, trouble=str(words))
    return Found(result.total, list(result.ids), result.facets, result.by_meaning, note=note(result))


def wanted(asked: Asked) -> Search:
    """The search as the index takes it."""
    return Search(asked.q, asked.filters, asked.sort, asked.page, PAGE_SIZE, SHOWN[asked.kind])


def note(result: Results) -> str:
    """What a reader should know about how the set came about."""
    if result.tokens and result.words_only:
        return str(_("暂时只能按用词查找，意思相近而用词不同的记录没有列出。"))
    if result.relaxed:
        return str(_("没有同时含有这些词的记录，下面的记录只含其中一部分。"))
    return ""


def scopes(asked: Asked) -> list[dict[str, Any]]:
    """Tabs: the same words over everything, needs, achievements, experts."""
    names = {
        "search.index": _("全部"),
        "search.needs": pgettext("list", "需求"),
        "search.achievements": pgettext("list", "成果"),
        "search.experts": pgettext("list", "专家"),
    }
    return [
        {
            "label": names[name],
            "url": Asked(name, asked.q, {}, asked.sort).url(),
            "current": name == asked.endpoint,
        }
        for name in PRESETS
    ]
