"""My matches, one match, its answers, and the matches of one record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher import clock
from matcher.actions.lowering import reset_lowering
from matcher.actions.matches import answer_match, retract_answer
from matcher.actor import Actor
from matcher.conversion.status import offered_among
from matcher.errors import Conflict, Invalid
from matcher.inbox import Box, counts, folded, in_own_order, matches_of, matches_of_record
from matcher.lowering import lowered_for, standings, tellings
from matcher.models import MODELS, Case, Match
from matcher.permissions import allowed, find, side_of
from matcher.vocabulary import AnswerKind, Kind, MatchState
from matcher.workdays import local_day
from web import format as words
from web.cards import FOLDERS, Chip, card, title_of
from web.locale import translated
from web.matches.computed import computed_facts
from web.matches.forms import AnswerForm
from web.matches.lowering import lower_chips, lower_told
from web.matches.presentation import bridge_of, has_said, other_says_yes, own_answer, stages_of
from web.matches.rows import bridge_row_of
from web.paging import page_number, page_of
from web.records.experts import experts_for
from web.session import current_actor, reading, refresh
from web.views_counter import count_views

blueprint = Blueprint("matches", __name__)
PAGE = 20
BOXES = {Box.OPEN: _l("待答复"), Box.WAITING: _l("等对方"), Box.LATER: _l("稍后再看"), Box.REFUSED: _l("不合适")}
DONE = {
    AnswerKind.INTERESTED: _l("已告诉对方您有兴趣。对方同意后开启工单，双方才看到联系方式。"),
    AnswerKind.LATER: _l("14 天后再放到您面前。"),
    AnswerKind.REFUSED: _l("已记录。对方只会看到各原因的合计数。"),
}


@blueprint.get("/matches")
@login_required
def index() -> str:
    """The boxes of one's own organisation."""
    actor = current_actor()
    box = Box(request.args["box"]) if request.args.get("box") in list(Box) else Box.OPEN
    count = counts(reading(), actor)
    page = page_of(count[box], PAGE, page_number())
    told = tellings(reading(), actor.org_id) if box is Box.OPEN and actor.org_id is not None else []
    found = matches_of(reading(), actor, box, offset=page.offset, limit=PAGE, told=told)
    lower = lowered_for(reading(), actor, found, told)
    offers = offered_among(reading(), found)
    return render_template(
        "matches/index.html",
        box=box,
        boxes=[{"label": label, "url": url_for("matches.index", box=key.value), "current": key == box, "count": count[key]}
               for key, label in BOXES.items()],
        items=[
            bridge_row_of(
                each.lead,
                chips=[
                    *_chips(actor, each.lead),
                    *_offered(each.lead, offers),
                    *lower_chips(lower.get(each.lead.id), _("只影响您单位自己的列表，可在页面上方取消")),
                ],
                twins=each.twins,
            )
            for each in folded(found)
        ],
        standings=standings(told),
        total=sum(count.values()),
        page=page,
        url=lambda number: url_for("matches.index", box=box.value, page=number),
    )


def _chips(actor: Actor, match: Match) -> list[Chip]:
    """What the reader should know before opening it."""
    own = own_answer(actor, match)
    if other_says_yes(actor, match):
        return [Chip(_("对方有兴趣，等您答复") if own is None else _("对方有兴趣"), "ink")]
    if own is not None and own.answer == AnswerKind.REFUSED and own.reason:
        return [Chip(words.label(own.reason, "Refusal"), "bad")]
    if side_of(actor, match) and own is None and local_day(clock.now()) == local_day(match.created_at):
        return [Chip(_("今天新到"))]
    return []


def _offered(match: Match, offers: set[int]) -> list[Chip]:
    """Marks an overdue achievement that was offered to the enterprise (N20)."""
    return [Chip(_("限时转化"), "warn", _("财政资金资助的成果到期没有转化，正在公开寻找承接企业"))] if match.id in offers else []


@blueprint.post("/matches/lowering")
@login_required
def undo_lowering() -> Response:
    """Let one reason lower nothing any more."""
    try:
        reset_lowering(current_actor(), request.form.get("side", ""), request.form.get("reason", ""))
    except Invalid:
        abort(422)
    flash(_("好，以前的这类回绝不再影响您的列表。"), "ok")
    return redirect(url_for("matches.index"), 303)


@blueprint.get("/matches/<int:match_id>")
@login_required
def show(match_id: int) -> str:
    """The signature view. Reading is counted outside the database."""
    match = find_match(match_id)
    side = side_of(current_actor(), match)
    if side is not None and getattr(match, f"{side}_read_at") is None:
        count_views([("match", match.id)], side)
    return page(match, AnswerForm(formdata=None))


def find_match(match_id: int) -> Match:
    """The match with both records, if this person may know of it."""
    return find(reading(), current_actor(), "match.read", Match, match_id)


def page(match: Match, form: AnswerForm, notice: str = "", refusing: bool = False) -> str:
    """Everything the match page shows, by whose side the reader is on."""
    actor = current_actor()
    own = own_answer(actor, match)
    case = reading().scalar(select(Case).where(Case.match_id == match.id))
    return render_template(
        "matches/show.html",
        match=match,
        bridge=bridge_of(actor, match),
        form=form,
        notice=notice,
        refusing=refusing,
        side=side_of(actor, match),
        own=own,
        other_yes=other_says_yes(actor, match),
        case=case if case is not None and allowed(actor, "case.read", case) else None,
        may_answer=match.state == MatchState.OPEN and allowed(actor, "match.answer", match),
        may_open=match.state == MatchState.OPEN and allowed(actor, "case.open"),
        offered=bool(offered_among(reading(), [match])),
        facts=computed_facts(match),
        stages=stages_of(match),
        lower=lower_told(match, lowered_for(reading(), actor, [match]).get(match.id)),
    )


@blueprint.post("/matches/<int:match_id>/answer")
@login_required
def answer(match_id: int) -> Response | tuple[str, int]:
    """One side's answer; the second yes leads to the case."""
    form, actor = AnswerForm(), current_actor()
    chosen = form.chosen()
    if chosen is None:
        return page(find_match(match_id), form), 422
    if has_said(actor, find_match(match_id), chosen):
        return redirect(url_for("matches.show", match_id=match_id), 303)
    try:
        case_id = answer_match(actor, match_id, chosen, form.why(), form.comment.data or "")
    except Invalid as error:
        form.refuse(error)
        return page(find_match(match_id), form, refusing=True), 422
    except Conflict as error:
        refresh()
        return page(find_match(match_id), form, translated(error.message)), 409
    if case_id is not None:
        flash(_("双方都有兴趣，工单已开启，联系方式互相可见。"), "ok")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    flash(DONE[chosen], "ok")
    return redirect(url_for("matches.show", match_id=match_id), 303)


@blueprint.post("/matches/<int:match_id>/retract")
@login_required
def retract(match_id: int) -> Response | tuple[str, int]:
    """Take the answer back; pressing twice is harmless."""
    try:
        retract_answer(current_actor(), match_id)
    except Conflict as error:
        refresh()
        match = find_match(match_id)
        if match.state == MatchState.OPEN:
            return redirect(url_for("matches.show", match_id=match_id), 303)
        return page(match, AnswerForm(formdata=None), translated(error.message)), 409
    flash(_("已撤回回复，这条匹配回到“待答复”。"), "ok")
    return redirect(url_for("matches.show", match_id=match_id), 303)


@blueprint.get("/<any(needs, achievements):folder>/<int:record_id>/matches")
@login_required
def of_record(folder: str, record_id: int) -> str:
    """All open matches of one's own record, best first."""
    actor = current_actor()
    kind = next(kind for kind, name in FOLDERS.items() if name == folder)
    record: Any = find(reading(), actor, "record.outcomes", MODELS[kind], record_id)
    found = matches_of_record(reading(), actor, kind, record_id)
    lower = lowered_for(reading(), actor, found)
    return render_template(
        "matches/of_record.html",
        record=record,
        title=title_of(record),
        card=card(record),
        other=_("成果") if kind is Kind.NEED else _("需求"),
        items=[
            bridge_row_of(
                each.lead,
                chips=[*_chips(actor, each.lead), *lower_chips(lower.get(each.lead.id), _("只影响您单位自己的列表，可在“我的匹配”上方取消"))],
                twins=each.twins,
            )
            for each in folded(in_own_order(found, lower))
        ],
        count=len(found),
        experts=experts_for(record),
    )
