"""The counter: whom we received, a new client, a case for them, the receipt."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from config.settings import Settings
from matcher import links
from matcher.actions import receptions as actions
from matcher.errors import AlreadyDone, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.records import NeedInput
from matcher.inputs.stations import ClientInput
from matcher.messages import Message
from matcher.models import Reception, Station
from matcher.permissions import find, require, rows
from matcher.vocabulary import Role
from web.attempts import attempt
from web.paging import page_number, page_of
from web.publish.steps import STEPS
from web.publish.typed import change_rows, given, problems, refuse
from web.qr import qr_code
from web.receptions import forms
from web.receptions.page import reception_page
from web.session import current_actor, reading, refresh

blueprint = Blueprint("receptions", __name__)
Answer = Response | str | tuple[str, int]
PAGE = 30
NEED_STEPS = STEPS["need"]


@blueprint.get("/receptions")
@login_required
def index() -> str:
    """Whom we have received, the latest first."""
    actor, session = current_actor(), reading()
    require(actor, "reception.receive")
    mine = rows(actor, "reception.serve", Reception)
    total = session.scalar(select(func.count()).select_from(Reception).where(mine)) or 0
    page = page_of(total, PAGE, page_number())
    query = (
        select(Reception)
        .where(mine)
        .options(joinedload(Reception.organisation), joinedload(Reception.need), joinedload(Reception.station))
        .order_by(Reception.id.desc())
        .offset(page.offset)
        .limit(PAGE)
    )
    return render_template(
        "receptions/index.html",
        receptions=list(session.scalars(query)),
        page=page,
        url=lambda number: url_for("receptions.index", page=number),
    )


@blueprint.route("/receptions/new", methods=["GET", "POST"])
@login_required
def new() -> Answer:
    """A client stands at the counter."""
    require(current_actor(), "reception.receive")
    form = _form()
    if request.method == "GET":
        return _sheet(form)
    if order := request.form.get("rows"):
        change_rows(form, order)
        return _sheet(form)
    try:
        number = actions.receive(current_actor(), *_inputs(form), form.once.data)
    except Invalid as error:
        refresh()
        form = _form()
        return _sheet(form, refuse(form, error.errors)), 422
    except AlreadyDone:
        return redirect(url_for("receptions.show", reception_id=_same(form.once.data)), 303)
    flash(_("已受理。请打印受理单，请客户签字。"), "ok")
    return redirect(url_for("receptions.show", reception_id=number), 303)


def _form() -> forms.ReceptionForm:
    actor = current_actor()
    roams = actor.is_operator or actor.role == Role.BROKER
    query = select(Station).where(Station.closed_at.is_(None)).order_by(Station.region, Station.id)
    stations = reading().scalars(query if roams else query.where(Station.id.in_(actor.stations)))
    return forms.ReceptionForm().offer(stations, none=roams)


def _sheet(form: forms.ReceptionForm, elsewhere: Mapping[str, Message] | None = None) -> str:
    return render_template(
        "receptions/new.html",
        form=form,
        problems=problems(form),
        elsewhere=elsewhere or {},
        parts=forms,
        steps=NEED_STEPS,
    )


def _inputs(form: forms.ReceptionForm) -> tuple[ClientInput, NeedInput]:
    """What was typed about the client and about the need; what is wrong in either is told at once."""
    values, errors = given(form), {}
    for kind in (ClientInput, NeedInput):
        try:
            parse(kind, {name: values[name] for name in kind.model_fields if name in values})
        except Invalid as error:
            errors.update(error.errors)
    if errors:
        raise Invalid(errors)
    client = {name: values[name] for name in ClientInput.model_fields}
    need = {name: values[name] for name in NeedInput.model_fields if name in values}
    return parse(ClientInput, client), parse(NeedInput, need)


def _same(once: str) -> int:
    """The reception that this very form made a moment ago."""
    refresh()
    mine = rows(current_actor(), "reception.serve", Reception)
    number = reading().scalar(select(Reception.id).where(Reception.once == once, mine))
    if number is None:
        raise NotFound
    return number


@blueprint.get("/receptions/<int:reception_id>")
@login_required
def show(reception_id: int) -> str:
    """What was entered, what fits, and the case that came of it."""
    return reception_page(_find(reception_id, "reception.serve"))


def _find(reception_id: int, action: str) -> Reception:
    return find(reading(), current_actor(), action, Reception, reception_id)


@blueprint.post("/receptions/<int:reception_id>/case")
@login_required
def open_case(reception_id: int) -> Answer:
    """Propose the client's need and an achievement to both sides."""
    _find(reception_id, "reception.serve")
    form, made = forms.PairForm(), list[int]()
    tried = attempt(
        lambda: made.append(
            actions.open_case_for(current_actor(), reception_id, form.chosen(), agreed=form.agreed.data)
        ),
        form,
    )
    if not tried.done:
        return reception_page(_find(reception_id, "reception.serve"), form, tried.notice), tried.status
    flash(_("工单已开。请打印工单，请客户签字。"), "ok")
    return redirect(url_for("cases.show", case_id=made[0]), 303)


@blueprint.get("/receptions/<int:reception_id>/sheet")
@login_required
def sheet(reception_id: int) -> str:
    """The receipt on paper, for the client's folder."""
    reception = _find(reception_id, "reception.read")
    settings: Settings = current_app.config["SETTINGS"]
    address = links.page(settings, "needs", reception.need_id)
    return render_template("receptions/sheet.html", reception=reception, address=address, code=qr_code(address))
