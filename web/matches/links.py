"""Answers by the signed links of a mail: shown by GET, which changes nothing, given by one confirming POST."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _

from config.settings import Settings
from matcher import links
from matcher.actions.matches import answer_match
from matcher.actor import VISITOR, Actor
from matcher.audit import note_refusal
from matcher.errors import Conflict, Invalid, NotFound
from matcher.models import Match
from matcher.permissions import find, side_of
from matcher.signing import BadLinkError
from matcher.vocabulary import AnswerKind
from web.limits import limited
from web.locale import translated
from web.mail_links import holder, refused
from web.matches.forms import AnswerForm
from web.matches.presentation import bridge_of, has_said, own_answer
from web.session import reading, refresh

blueprint = Blueprint("answers", __name__)


@dataclass(frozen=True)
class Asked:
    """What a link allows: one person's one answer to one match."""

    actor: Actor
    match: Match
    answer: AnswerKind


def read(token: str) -> Asked:
    """The link's meaning now. `BadLinkError` when it is forged or expired, its person gone, or the match not theirs."""
    settings: Settings = current_app.config["SETTINGS"]
    link = links.read_answer(settings, token)
    actor = holder(link.user_id)
    try:
        match = find(reading(), actor, "match.answer", Match, link.match_id)
    except NotFound:
        raise BadLinkError from None
    if side_of(actor, match) is None:
        raise BadLinkError
    return Asked(actor, match, link.answer)


@blueprint.errorhandler(BadLinkError)
def bad_link(error: BadLinkError) -> tuple[str, int]:
    """The page for links that do not work."""
    return refused("matches/bad_link.html", error)


@blueprint.get("/a/<token>")
@limited("enquiry", methods=("GET",))
def confirm(token: str) -> str:
    """Ask for the one click. Mail scanners follow links, so this page alone changes nothing."""
    return page(read(token), AnswerForm(formdata=None))


@blueprint.post("/a/<token>")
@limited("enquiry")
def give(token: str) -> tuple[str, int] | str:
    """The answer that the link names, and no other; pressing twice leaves the same answer."""
    asked, form = _read_or_note(token), AnswerForm()
    if has_said(asked.actor, asked.match, asked.answer):
        return done(asked, None)
    try:
        case_id = answer_match(asked.actor, asked.match.id, asked.answer, form.why(), form.comment.data or "")
    except Invalid as error:
        form.refuse(error)
        return page(asked, form), 422
    except Conflict as error:
        return page(asked, form, translated(error.message)), 409
    refresh()
    return done(asked, case_id)


def _read_or_note(token: str) -> Asked:
    """An answer under a forged or expired link leaves its attempt in the trail; looking at the link does not."""
    try:
        return read(token)
    except BadLinkError:
        actor = replace(VISITOR, address=request.remote_addr or "")
        note_refusal(actor, "match.answer", ("matches", None), BadLinkError.__name__)
        raise


def page(asked: Asked, form: AnswerForm, notice: str = "") -> str:
    """The confirmation with both sides in view."""
    return render_template("matches/confirm.html", asked=asked, form=form, notice=notice,
                           bridge=bridge_of(asked.actor, asked.match), own=own_answer(asked.actor, asked.match))


def done(asked: Asked, case_id: int | None) -> str:
    """What follows from the answer."""
    words = {
        AnswerKind.INTERESTED: _("已告诉对方您有兴趣。对方同意后开启工单，双方才看到联系方式。"),
        AnswerKind.LATER: _("14 天后再放到您面前。"),
        AnswerKind.REFUSED: _("已记录。对方只会看到各原因的合计数。"),
    }[asked.answer]
    if case_id is not None:
        words = _("双方都有兴趣，工单已开启，联系方式互相可见。")
    target = url_for("cases.show", case_id=case_id) if case_id else url_for("matches.show", match_id=asked.match.id)
    return render_template("matches/done.html", asked=asked, words=words, target=target, opened=case_id is not None)
