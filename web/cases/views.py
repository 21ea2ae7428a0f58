"""A case's page, and what people do on it."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher.actions import cases as actions
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.models import Case
from matcher.vocabulary import CaseState
from web.cases.forms import EndForm, MessageForm, MoveForm, PlanForm
from web.cases.page import find_case, page
from web.locale import translated
from web.session import current_actor, reading, refresh

blueprint = Blueprint("cases", __name__)
Answer = Response | tuple[str, int]


@blueprint.get("/cases/<int:case_id>")
@login_required
def show(case_id: int) -> str:
    """Where are we, whose move is it, until when?"""
    return page(find_case(case_id))


@blueprint.get("/cases/by-number/<number>")
@login_required
def by_number(number: str) -> Response:
    """The address that a printed number leads to."""
    case_id = reading().scalar(select(Case.id).where(Case.number == number.upper()[:16]))
    find_case(case_id or 0)
    return redirect(url_for("cases.show", case_id=case_id))


def back(case_id: int, words: str, fragment: str = "") -> Response:
    """To the case's page, with a word about what was done."""
    flash(words, "ok")
    return redirect(url_for("cases.show", case_id=case_id, _anchor=fragment or None), 303)


def again(case_id: int, forms: dict[str, object], error: Exception) -> tuple[str, int]:
    """The page with what was typed: 409 when it was made for another version or the step is not possible now."""
    refresh()
    case = find_case(case_id)
    if isinstance(error, Stale):
        notice = _("您打开之后，别人更新了工单。下面是最新内容，您填写的还在，请核对后再提交。")
        return page(case, forms, notice), 409
    if isinstance(error, Conflict):
        lacking = "、".join(translated(item) for item in error.missing)
        return page(case, forms, translated(error.message) + lacking), 409
    return page(case, forms), 422


@blueprint.post("/cases/<int:case_id>/move")
@login_required
def move(case_id: int) -> Answer:
    """One step on, as the table allows."""
    form = MoveForm()
    target = form.chosen()
    if target is None or form.has_bad_day():
        return page(find_case(case_id), {"move": form}), 422
    try:
        actions.move_case(
            current_actor(), case_id, form.version.data or 0, target, form.note.data or "", form.happened_on.data
        )
    except NotAllowed as error:
        return page(find_case(case_id), {"move": form}, translated(error.message)), 403
    except Invalid as error:
        form.refuse(error)
        return again(case_id, {"move": form}, error)
    except (Stale, Conflict) as error:
        if _is_at(case_id, target):
            return redirect(url_for("cases.show", case_id=case_id), 303)
        return again(case_id, {"move": form}, error)
    return back(case_id, _("进展已记录。"))


def _is_at(case_id: int, state: CaseState) -> bool:
    """Whether the case already is where a second press of the same button wants it."""
    refresh()
    return find_case(case_id).state == state


@blueprint.post("/cases/<int:case_id>/plan")
@login_required
def plan(case_id: int) -> Answer:
    """What comes next, who owes it, until when."""
    form = PlanForm()
    moment, party = form.moment(), form.owner()
    if moment is None or party is None:
        return page(find_case(case_id), {"plan": form}), 422
    try:
        actions.plan_step(current_actor(), case_id, form.version.data or 0, form.step.data or "", party, moment)
    except Invalid as error:
        form.refuse(error)
        return again(case_id, {"plan": form}, error)
    except Stale as error:
        refresh()
        case = find_case(case_id)
        if (case.next_step, case.next_party, case.due_at) == (" ".join((form.step.data or "").split()), party, moment):
            return redirect(url_for("cases.show", case_id=case_id), 303)
        return again(case_id, {"plan": form}, error)
    except Conflict as error:
        return again(case_id, {"plan": form}, error)
    return back(case_id, _("下一步已更新。"))


@blueprint.post("/cases/<int:case_id>/end")
@login_required
def end(case_id: int) -> Answer:
    """End it, with a reason."""
    form = EndForm()
    reason = form.why()
    if reason is None:
        return page(find_case(case_id), {"end": form}), 422
    try:
        actions.end_case(current_actor(), case_id, form.version.data or 0, reason)
    except (Stale, Conflict) as error:
        if _is_at(case_id, CaseState.ENDED):
            return redirect(url_for("cases.show", case_id=case_id), 303)
        return again(case_id, {"end": form}, error)
    return back(case_id, _("工单已终止。"))


@blueprint.post("/cases/<int:case_id>/consent")
@login_required
def consent(case_id: int) -> Answer:
    """One side's word on a broker's proposal."""
    agree = request.form.get("agree")
    if agree not in ("yes", "no"):
        return page(find_case(case_id), None, _("请选择同意或不同意。")), 422
    try:
        actions.consent_case(current_actor(), case_id, agree=agree == "yes")
    except AlreadyDone:  # a second press of the same button
        return redirect(url_for("cases.show", case_id=case_id), 303)
    except Conflict as error:
        return again(case_id, {}, error)
    return back(case_id, _("已记录您的确认。") if agree == "yes" else _("已记录，工单就此结束。"))


@blueprint.post("/cases/<int:case_id>/messages")
@login_required
def write(case_id: int) -> Answer:
    """A message; the same form sent twice is one message."""
    form = MessageForm()
    try:
        actions.write_message(current_actor(), case_id, form.body.data or "", (form.once.data or "")[:32])
    except Invalid as error:
        form.refuse(error)
        return again(case_id, {"message": form}, error)
    except AlreadyDone:
        return redirect(url_for("cases.show", case_id=case_id, _anchor="timeline"), 303)
    except Conflict as error:
        return again(case_id, {}, error)
    return back(case_id, _("消息已发出。"), "timeline")


@blueprint.post("/cases/<int:case_id>/contacts")
@login_required
def contacts(case_id: int) -> str:
    """Contacts for a broker or operator: a POST, because each time leaves a trace."""
    case = find_case(case_id)
    try:
        actions.open_contacts(current_actor(), case_id)
    except NotFound:
        raise NotAllowed from None
    return page(case, contacts=True)


@blueprint.post("/cases/<int:case_id>/assign")
@login_required
def assign(case_id: int) -> Answer:
    """An operator gives the case to a broker."""
    case, chosen = find_case(case_id), request.form.get("broker_id", "")
    if chosen and chosen == str(case.broker_id):  # pressed twice
        return redirect(url_for("cases.show", case_id=case_id), 303)
    try:
        actions.assign_broker(current_actor(), case_id, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
    except Invalid as error:
        refresh()
        return page(find_case(case_id), None, translated(next(iter(error.errors.values())))), 422
    flash(_("经纪人已指定。"), "ok")
    from web.security import safe_next

    return redirect(safe_next(request.form.get("next"), url_for("cases.show", case_id=case_id)), 303)


def upload_limit() -> int:
    """Largest file in bytes."""
    return int(current_app.config["SETTINGS"].max_upload_mb) * 1024 * 1024
