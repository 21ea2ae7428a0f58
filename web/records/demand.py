"""Enterprises that could want an achievement, on its page: who, why, and an honest sentence when nobody is near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from flask import url_for
from flask_babel import gettext as _

from indexes import demand as index
from indexes import statistics
from indexes.engine import EngineUnavailableError
from matcher import demand
from matcher.demand import Wanting
from matcher.models import Achievement, Record
from matcher.permissions import allowed
from matcher.vocabulary import RecordState
from web import format as words
from web.cards import Chip, record_url, title_of
from web.index import index as opened_index
from web.session import current_actor, reading

log = structlog.get_logger()


@dataclass(frozen=True)
class Named:
    """An enterprise with its nearest need. `url` is the need's page, or nothing when it has run out."""

    organisation: str
    organisation_url: str
    title: str
    url: str
    lang: str
    chips: list[Chip]
    reasons: list[str]
    match_url: str
    more: int


@dataclass(frozen=True)
class Shown:
    """The enterprises, or in `trouble` the sentence that says why there are none."""

    items: list[Named]
    trouble: str = ""


def demand_for(record: Record) -> Shown | None:
    """Enterprises for an achievement on show, when this reader is to know; None for others and for other records."""
    if not isinstance(record, Achievement) or record.state != RecordState.PUBLISHED:
        return None
    if not allowed(current_actor(), "achievement.demand", record):
        return None
    try:
        found = _nearest(record)
    except EngineUnavailableError as error:
        log.warning("demand unavailable", error=type(error).__name__)
        return Shown([], _("查找服务暂时不可用，稍后再看。"))
    if found is None:
        return Shown([], _("这项成果刚发布，正在编入索引，请稍后再看。"))
    none = _("现在和过去三年的需求里，没有与这项成果足够接近的。不凑数；有新的需求后，这里会更新。")
    return Shown([_named(each) for each in found], "" if found else none)


def _nearest(achievement: Achievement) -> list[Wanting] | None:
    """The enterprises; five queries and the index. None while the achievement is not indexed."""
    session, actor = reading(), current_actor()
    engine, encoder = opened_index()
    corpus = statistics.current(encoder)
    past = demand.lapsed(session, actor, achievement)
    scores = index.near(session, engine, encoder, achievement, past, corpus)
    if scores is None:
        return None
    needs = demand.readable(session, actor, scores)
    matches = demand.open_matches(session, actor, achievement, scores)
    return demand.nearest(achievement, needs, scores, matches, corpus)


def _named(each: Wanting) -> Named:
    need = each.need
    return Named(
        organisation=each.organisation.name,
        organisation_url=url_for("organisations.show", organisation_id=each.organisation.id),
        title=title_of(need),
        url="" if each.is_past else record_url(need.kind, need.id),
        lang=need.lang,
        chips=[Chip(_("过去的需求"), "none") if each.is_past else Chip(_("现在的需求"), "ok"), _when(each)],
        reasons=list(_reasons(each)),
        match_url=url_for("matches.show", match_id=each.match.id) if each.match else "",
        more=each.more,
    )


def _when(each: Wanting) -> Chip:
    day = words.exact(each.need.published_at)
    return Chip(words.ago(each.need.published_at) if each.need.published_at else "", "", day)


def _reasons(each: Wanting) -> Iterator[str]:
    """What speaks for asking them, the weightiest first."""
    level = words.label(each.level, "Level")
    if each.terms:
        terms = str(_("、")).join(each.terms)
        yield _("与成果%(level)s，都说到：%(terms)s", level=level, terms=terms)
    else:
        yield _("与成果%(level)s，意思接近", level=level)
    if each.same_chain:
        yield _("同一产业链：%(chain)s", chain=words.label(each.need.chain, "Chain"))
    if each.place:
        yield _("同城：%(place)s", place=words.region(each.need.region)) if each.place == "city" else _(
            "同省：%(place)s", place=words.region(each.need.region)
        )
