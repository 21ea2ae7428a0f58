"""A broker's own page: what they say of themselves, what is counted, and their trainings."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher.actions.brokers import add_training, edit_profile, remove_training
from matcher.brokers import record_of
from matcher.errors import Conflict, Invalid
from matcher.inputs.base import parse
from matcher.inputs.brokers import BrokerInput, TrainingInput
from matcher.models import BrokerProfile, Training, User
from matcher.permissions import require
from web.broker.forms import ProfileForm, TrainingForm, profile_form
from web.broker.views import blueprint
from web.locale import translated
from web.session import current_actor, reading, signed_in_user

Answer = Response | tuple[str, int]


@blueprint.get("/broker/profile")
@login_required
def profile() -> str:
    """What is known of me as a broker?"""
    return _page()


def _page(form: ProfileForm | None = None, training: TrainingForm | None = None, notice: str = "") -> str:
    user = signed_in_user()
    require(current_actor(), "broker.profile", user)
    assert user is not None
    return render_template(
        "broker/profile.html",
        form=form or profile_form(reading().get(BrokerProfile, user.id)),
        training=training or TrainingForm(formdata=None),
        notice=notice,
        **facts_of(user),
    )


def facts_of(user: User) -> dict[str, object]:
    """What pages about a broker show beside the profile; a fixed number of queries."""
    trainings = select(Training).where(Training.user_id == user.id).order_by(Training.held_on.desc(), Training.id.desc())
    return {"record": record_of(reading(), user.id), "trainings": list(reading().scalars(trainings))}


@blueprint.post("/broker/profile")
@login_required
def save_profile() -> Answer:
    """Save it."""
    require(current_actor(), "broker.profile", signed_in_user())
    form = ProfileForm()
    try:
        edit_profile(current_actor(), parse(BrokerInput, form.values()))
    except Invalid as error:
        form.refuse(error)
        return _page(form), 422
    flash(_("资料已保存。"), "ok")
    return redirect(url_for("broker.profile"), 303)


@blueprint.post("/broker/trainings")
@login_required
def add_course() -> Answer:
    """Add a course."""
    require(current_actor(), "broker.profile", signed_in_user())
    form = TrainingForm()
    try:
        add_training(current_actor(), parse(TrainingInput, form.values()))
    except Invalid as error:
        form.refuse(error)
        return _page(training=form), 422
    except Conflict as error:
        return _page(training=form, notice=translated(error.message)), 409
    flash(_("培训已记录。"), "ok")
    return redirect(url_for("broker.profile", _anchor="trainings"), 303)


@blueprint.post("/broker/trainings/<int:training_id>/remove")
@login_required
def remove_course(training_id: int) -> Answer:
    """Take a course out."""
    require(current_actor(), "broker.profile", signed_in_user())
    remove_training(current_actor(), training_id)
    flash(_("已删除。"), "ok")
    return redirect(url_for("broker.profile", _anchor="trainings"), 303)
