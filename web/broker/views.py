"""A broker's day, and bringing two sides together."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher.actions.cases import open_case
from matcher.desk import loads, waiting_matches
from matcher.errors import Conflict, NotFound
from matcher.models import MODELS, BrokerProfile, Case, Match
from matcher.permissions import find, require
from matcher.radar import MOST, radar
from matcher.vocabulary import AnswerKind, Role, Side
from web import format as words
from web.cards import Chip, record_named
from web.locale import translated
from web.matches.presentation import need_bank, offer_bank
from web.matches.rows import bridge_row_of
from web.session import current_actor, reading
from web.tasks.presentation import first_of, groups_of, row_of_item

blueprint = Blueprint("broker", __name__)


@blueprint.get("/broker")
@login_required
def desk() -> str:
    """Which case burns first?"""
    actor = current_actor()
    require(actor, "broker.desk")
    lines = [row_of_item(actor, item) for item in radar(reading(), actor)]
    groups = groups_of(lines)
    profile = reading().get(BrokerProfile, actor.user_id) if actor.user_id else None
    waiting = [(match, _who_waits(match)) for match in waiting_matches(reading(), actor)]
    return render_template(
        "broker/desk.html",
        groups=groups,
        counts=[len(group) for _title, group in groups],
        first=first_of(lines),
        total=len(lines),
        most=MOST,
        profile=profile,
        is_broker=actor.role == Role.BROKER,
        load=loads(reading()).get(actor.user_id or 0, 0),
        matches=[bridge_row_of(match, chips=[Chip(text, "ink")] if text else []) for match, text in waiting],
    )


def _who_waits(match: Match) -> str:
    """Which side said yes and waits, with the days since."""
    yes = [answer for answer in match.answers if answer.answer == AnswerKind.INTERESTED]
    if not yes:
        return ""
    side = words.label(Side(yes[0].side), "Side")
    return str(_("%(side)s%(when)s有兴趣，对方未答复", side=side, when=words.ago(yes[0].created_at)))


def _number(name: str) -> int:
    """The record's number in the field `name`; 0 when there is none, or that of another kind of record."""
    kind, number = record_named(request.values.get(name, ""))
    return number if kind in (None, name) else 0


@blueprint.get("/broker/open")
@login_required
def open_form() -> str:
    """Choose a need and an achievement; with both named, both banks are shown before anything is done."""
    require(current_actor(), "case.open")
    return _open_page()


def _open_page(notice: str = "") -> str:
    actor = current_actor()
    found: dict[str, Any] = {}
    missing = []
    for name, kind in (("need", "need"), ("achievement", "achievement")):
        number = _number(name)
        try:
            found[name] = find(reading(), actor, "record.search", MODELS[kind], number)
        except NotFound:
            if request.values.get(name):
                missing.append(words.label(kind, "Kind"))
    if missing and not notice:
        notice = _("没有找到已发布的%(what)s，请核对编号。", what="、".join(missing))
    need, offer = found.get("need"), found.get("achievement")
    existing = None
    if need is not None and offer is not None:
        pair = select(Case).where(Case.need_id == need.id, Case.achievement_id == offer.id).order_by(Case.id.desc())
        existing = reading().scalar(pair.limit(1))
    return render_template(
        "broker/open.html",
        notice=notice,
        typed={name: request.values.get(name, "")[:200] for name in ("need", "achievement")},
        ids={"need": need.id, "achievement": offer.id} if need is not None and offer is not None else None,
        need=need_bank(actor, need) if need is not None else None,
        offer=offer_bank(offer) if offer is not None else None,
        existing=existing,
    )


@blueprint.post("/broker/open")
@login_required
def open_pair() -> Response | tuple[str, int]:
    """Open the case at 待双方同意; both sides are asked by mail. A second press leads to the case that is there."""
    need_id, achievement_id = _number("need"), _number("achievement")
    try:
        case_id = open_case(current_actor(), need_id, achievement_id)
    except NotFound:
        return _open_page(_("请填写一条需求和一项成果。")), 422
    except Conflict as error:
        return _open_page(translated(error.message)), 409
    flash(_("工单已开启，已请双方确认是否对接。"), "ok")
    return redirect(url_for("cases.show", case_id=case_id), 303)
