"""Experts for a need on its pages: who, why, and an honest sentence when nobody fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog
from flask import url_for
from flask_babel import gettext as _

from indexes import experts as index
from indexes import statistics
from indexes.engine import EngineUnavailableError
from matcher import experts
from matcher.experts import Fit
from matcher.models import Match, Need, Record
from matcher.permissions import allowed, visibilities
from matcher.vocabulary import Consent, Lang, RecordState
from web import format as words
from web.cards import Card, Chip, card, title_of
from web.index import index as opened_index
from web.session import current_actor, reading
from web.views_counter import count_views

log = structlog.get_logger()


@dataclass(frozen=True)
class Why:
    """A reason in words; `tone` ok speaks for the expert, warn is to be asked first. With a match: its title and page."""

    tone: str
    text: str
    title: str = ""
    url: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Named:
    """An expert with the reasons for asking them."""

    card: Card
    organisation: str
    reasons: list[Why]


@dataclass(frozen=True)
class Shown:
    """The experts, or in `trouble` the sentence that says why there are none."""

    items: list[Named]
    trouble: str = ""


def experts_for(record: Record) -> Shown | None:
    """Experts for a need, when this reader is to know; None for others and for other records."""
    if not isinstance(record, Need) or not allowed(current_actor(), "need.experts", record):
        return None
    if record.state != RecordState.PUBLISHED:
        return Shown([], _("发布以后，这里会推荐能帮忙的专家。"))
    try:
        fits = fits_of(record)
    except EngineUnavailableError as error:
        log.warning("experts unavailable", error=type(error).__name__)
        return Shown([], _("查找服务暂时不可用，专家推荐稍后恢复。"))
    if fits is None:
        return Shown([], _("这条需求刚发布，正在编入索引，请稍后再看。"))
    count_views([(fit.expert.kind, fit.expert.id) for fit in fits], "shown")
    none = _("登记的专家里，目前没有人的专长与这条需求足够接近。不凑数；有新专家登记后，这里会更新。")
    return Shown([_named(record, fit) for fit in fits], "" if fits else none)


def fits_of(need: Need) -> list[Fit] | None:
    """The best experts; three queries and the index. None while the need is not indexed, EngineUnavailableError without an index."""
    session, actor = reading(), current_actor()
    engine, encoder = opened_index()
    corpus = statistics.current(encoder)
    matches = experts.fitting_matches(session, actor, need)
    also = experts.authors(session, actor, matches)
    scores = index.near(engine, encoder, visibilities(actor), need, corpus, also)
    if scores is None:
        return None
    return experts.best(need, experts.readable(session, actor, scores), scores, matches, corpus)


def _named(need: Need, fit: Fit) -> Named:
    item = card(fit.expert)
    hidden = fit.expert.consent != Consent.PUBLIC
    private = (
        [Chip(words.label(fit.expert.consent, "Consent"), "warn", _("专家的公开授权"))] if hidden else []
    )
    return Named(
        replace(item, chips=[*private, *item.chips]),
        fit.expert.organisation.name,
        list(reasons_of(need, fit)),
    )


def reasons_of(need: Need, fit: Fit) -> Iterator[Why]:
    """What speaks for the expert, the weightiest first, then what has to be asked."""
    yield from (_match(_("参与的成果与需求%(level)s：", level=_level(match)), match) for match in fit.own[:1])
    if fit.terms:
        yield Why("ok", _("需求和简介都说到：%(terms)s", terms=_list(fit.terms)))
    elif fit.by_meaning:
        yield Why("ok", _("简介与需求意思接近"))
    if fit.same_field or fit.same_chain:
        yield Why("ok", _same(need, fit))
    if fit.services:
        yield Why(
            "ok",
            _("可提供需求要的：%(services)s", services=words.labels(list(fit.services), "ExpertService")),
        )
    yield from (
        _match(_("所在单位的成果与需求%(level)s：", level=_level(match)), match) for match in fit.theirs[:1]
    )
    yield from _place_and_language(need, fit)


def _place_and_language(need: Need, fit: Fit) -> Iterator[Why]:
    place, tongue = words.region(need.region), words.language_name(need.lang)
    if fit.comes is not None:
        yield (
            Why("ok", _("可到%(place)s服务", place=place))
            if fit.comes
            else Why("warn", _("服务地区没有写%(place)s，先问一声", place=place))
        )
    if fit.speaks is False:
        spoken = words.labels(fit.expert.languages, "Lang")
        yield Why("warn", _("没有写会%(language)s，会的是：%(spoken)s", language=tongue, spoken=spoken))
    elif fit.speaks and need.lang != Lang.ZH:
        yield Why("ok", _("会需求所用的%(language)s", language=tongue))


def _same(need: Need, fit: Fit) -> str:
    field, chain = words.label(need.tech_field, "TechField"), words.label(need.chain, "Chain")
    if fit.same_field and fit.same_chain:
        return str(_("同一技术领域（%(field)s）和产业链（%(chain)s）", field=field, chain=chain))
    return str(
        _("同一技术领域：%(field)s", field=field)
        if fit.same_field
        else _("同一产业链：%(chain)s", chain=chain)
    )


def _match(text: str, match: Match) -> Why:
    url = url_for("matches.show", match_id=match.id)
    return Why("ok", text, title_of(match.achievement), url, match.achievement.lang)


def _level(match: Match) -> str:
    return words.label(match.level, "Level")


def _list(terms: tuple[str, ...]) -> str:
    return str(_("、")).join(terms)
