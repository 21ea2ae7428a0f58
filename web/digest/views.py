"""The weekly digest as a page: this week's, and those that went out before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, render_template
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select

from config.settings import Settings
from indexes.arrivals import finds
from matcher import clock
from matcher.actor import Actor
from matcher.arrivals.showing import arrivals
from matcher.digest.entries import entries, folded
from matcher.digest.planning import plan_week
from matcher.digest.plans import delivery_of, explored_of, finds_of, items_of
from matcher.digest.weeks import due_at, monday_of, week_of
from matcher.inbox import Box, counts
from matcher.models import Delivery, DeliveryKind, DeliveryState, Match, User
from web.cards import Chip, card
from web.index import index
from web.matches.presentation import other_says_yes
from web.matches.rows import bridge_row_of
from web.session import current_actor, reading, signed_in_user

blueprint = Blueprint("digests", __name__)
PAST = 12
WEEK = re.compile(r"\d{4}-W\d{2}")


@dataclass(frozen=True)
class Past:
    """A digest of an earlier week."""

    week: str
    count: int
    state: str


@blueprint.get("/digest", defaults={"week": None})
@blueprint.get("/digest/<week>")
@login_required
def show(week: str | None) -> str:
    """What is there for me this week? Before the hour of the digest: what it would hold now."""
    user = signed_in_user()
    assert user is not None  # `login_required` has seen to it
    settings: Settings = current_app.config["SETTINGS"]
    now_week = week_of(clock.now(), settings.zone)
    shown = week or now_week
    if not WEEK.fullmatch(shown) or shown > now_week:
        abort(404)
    try:
        monday = monday_of(shown)
    except ValueError:
        abort(404)
    delivery = delivery_of(reading(), user.id, shown)
    if delivery is None and shown != now_week:
        abort(404)
    payload = delivery.payload if delivery is not None else _preview(settings, shown, user)
    ids = items_of(payload)
    found = entries(reading(), user, ids)
    new = arrivals(reading(), user, finds_of(payload))
    actor, explored = current_actor(), explored_of(payload)
    return render_template(
        "digest/show.html",
        week=shown,
        monday=monday,
        is_now=shown == now_week,
        delivery=delivery,
        sent=delivery is not None and delivery.state == DeliveryState.SENT,
        due=due_at(shown, settings),
        planned=len(ids) + len(finds_of(payload)),
        finds=[(card(each.record), each.search) for each in new],
        items=[
            bridge_row_of(
                each.lead.match,
                chips=[*_yes(actor, each.lead.match), *_asked(each.lead.match.id in explored)],
                twins=[twin.match for twin in each.twins],
            )
            for each in folded(found)
        ],
        shown=len(found) + len(new),
        past=_past(user, shown),
        most=settings.digest_max_items,
        to_answer=counts(reading(), actor)[Box.OPEN],
    )


def _yes(actor: Actor, match: Match) -> list[Chip]:
    return [Chip(_("对方有兴趣，等您答复"), "ink")] if other_says_yes(actor, match) else []


def _asked(explored: bool) -> list[Chip]:
    """Marks the one match that is not sure enough for the digest and was put in to ask."""
    return [Chip(_("不太确定，想听您的看法"), "warn", _("可信度低于周报的要求；您的答复能让以后的推荐更准"))] if explored else []


def _preview(settings: Settings, week: str, user: User) -> dict[str, Any]:
    """What the digest would hold if it were planned at this moment."""
    found = finds(reading(), *index(), week, only=user.id)
    plans = plan_week(reading(), settings, week, only=user.id, finds=found)
    return plans[0].payload() if plans else {}


def _past(user: User, shown: str) -> list[Past]:
    rows = reading().scalars(
        select(Delivery)
        .where(Delivery.user_id == user.id, Delivery.kind == DeliveryKind.DIGEST, Delivery.key != shown)
        .order_by(Delivery.key.desc())
        .limit(PAST)
    )
    return [Past(row.key, len(items_of(row.payload)) + len(finds_of(row.payload)), row.state) for row in rows]
