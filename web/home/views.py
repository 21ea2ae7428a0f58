"""What the platform is and does, with live figures and the freshest of both sides."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import Any, NamedTuple

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher import unmet
from matcher.actor import VISITOR
from matcher.funnel import Funnel, funnel
from matcher.models import Achievement, Match, Need
from matcher.permissions import rows
from matcher.pricing.public import notice_counts, sale_counts
from matcher.vocabulary import Level, MatchState, RecordState
from web.cards import Card, Chip, card
from web.locale import translated
from web.session import current_actor, reading
from web.views_counter import count_views

blueprint = Blueprint("home", __name__)
FRESHEST = 5
CHAINS = 6
SECONDS_KEPT = 30.0


class Figures(NamedTuple):
    """What is counted for everybody alike, and kept for half a minute."""

    funnel: Funnel
    chains: list[tuple[str, int]]
    notices: int
    sales: int
    unmet: int
    at: float


@blueprint.get("/")
def index() -> str:
    """The landing page."""
    needs, achievements = freshest(Need), freshest(Achievement)
    strong = strong_matches([need.id for need in needs])
    need_cards = [with_matches(card(need), strong.get(need.id, 0)) for need in needs]
    achievement_cards = [card(achievement) for achievement in achievements]
    count_views([(item.kind, item.id) for item in (*need_cards, *achievement_cards)], "shown")
    figures = kept_figures()
    return render_template(
        "home/index.html",
        figures=figures.funnel,
        steps=funnel_steps(figures.funnel),
        chains=figures.chains,
        open_prices=figures,
        unmet=figures.unmet,
        needs=need_cards,
        achievements=achievement_cards,
    )


def freshest(model: type[Need | Achievement]) -> list[Any]:
    """The newest records that this person may find, without those that nobody answers for (M43)."""
    newest = select(model).where(rows(current_actor(), "record.search", model), model.silent_since.is_(None))
    return list(
        reading().scalars(newest.order_by(model.published_at.desc(), model.id.desc()).limit(FRESHEST))
    )


def strong_matches(need_ids: list[int]) -> dict[int, int]:
    """How many strong matches each of these needs has; one query."""
    query = select(Match.need_id, func.count()).where(
        Match.need_id.in_(need_ids), Match.level == Level.STRONG, Match.state != MatchState.CLOSED
    )
    return {row[0]: row[1] for row in reading().execute(query.group_by(Match.need_id))}


def with_matches(item: Card, strong: int) -> Card:
    """The card with its number of strong matches as the last chip."""
    chip = Chip(_("%(count)s 条强相关", count=strong), "ok") if strong else Chip(_("暂无强相关"), "none")
    return replace(item, chips=[*item.chips, chip])


def kept_figures() -> Figures:
    """The figures of at most half a minute ago."""
    kept: Figures | None = current_app.extensions.get("home_figures")
    if kept is None or time.monotonic() - kept.at > SECONDS_KEPT:
        session = reading()
        standing, running = notice_counts(session)[0], sale_counts(session)[0]
        waiting = unmet.total(session, VISITOR)
        kept = Figures(funnel(session), busiest_chains(session), standing, running, waiting, time.monotonic())
        current_app.extensions["home_figures"] = kept
    return kept


def busiest_chains(session: Session) -> list[tuple[str, int]]:
    """Industry chains with the most published needs and achievements."""
    counts: Counter[str] = Counter()
    for model in (Need, Achievement):
        query = select(model.chain, func.count()).where(
            model.state == RecordState.PUBLISHED, model.chain.is_not(None)
        )
        counts.update({str(chain): count for chain, count in session.execute(query.group_by(model.chain))})
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:CHAINS]


def funnel_steps(figures: Funnel) -> list[dict[str, Any]]:
    """Steps as the funnel component wants them: each with the count of the step before."""
    counts = [count for _step, count in figures.steps]
    return [
        {"label": translated(step.label), "count": count, "of": counts[place - 1] if place else None}
        for place, (step, count) in enumerate(figures.steps)
    ]
