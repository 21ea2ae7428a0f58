"""What an institution owes of 限时转化, and its reports: the disclosure of rights, the start of the conversion."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher.actions import conversion as actions
from matcher.conversion.listing import count_own, own
from matcher.conversion.status import clocks
from matcher.errors import Conflict, Invalid
from matcher.inputs.base import parse
from matcher.inputs.conversion import DisclosureInput, PlanInput
from matcher.models import Achievement, ConversionPlan, IpDisclosure
from matcher.permissions import find
from web.conversion.blueprint import blueprint
from web.conversion.forms import DisclosureForm, PlanForm
from web.conversion.presentation import shown, shown_all, today
from web.locale import translated
from web.paging import page_number, page_of
from web.publish.typed import change_rows, given, refuse
from web.session import current_actor, reading

PAGE = 20
Answer = Response | str | tuple[str, int]


@blueprint.get("/conversion/mine")
@login_required
def mine() -> str:
    """One's own organisation's publicly funded achievements with what is owed of each."""
    organisation_id = current_actor().org_id or 0
    page = page_of(count_own(reading(), organisation_id), PAGE, page_number())
    achievements = own(reading(), organisation_id, offset=page.offset, limit=PAGE)
    return render_template(
        "conversion/mine.html",
        items=shown_all(achievements, clocks(reading(), achievements), reports=True),
        page=page,
        url=lambda number: url_for("conversion.mine", page=number),
    )


def owned(achievement_id: int) -> Achievement:
    """The achievement if this person may report of it; unknown and foreign ones are the same."""
    return find(reading(), current_actor(), "conversion.report", Achievement, achievement_id)


@blueprint.route("/conversion/<int:achievement_id>/disclosure", methods=["GET", "POST"])
@login_required
def disclosure(achievement_id: int) -> Answer:
    """知识产权信息披露表: shown with what is known already, saved as often as it changes."""
    achievement = owned(achievement_id)
    form = DisclosureForm(data=_disclosed(achievement))
    if not form.ip.entries:
        form.ip.append_entry()
    if request.form.get("rows"):
        change_rows(form, request.form["rows"])
        return page_of_form("disclosure", achievement, form)
    if request.method == "GET":
        return page_of_form("disclosure", achievement, form)
    values = given(form)
    values["rights"] = values.pop("ip")
    try:
        actions.disclose(current_actor(), achievement_id, parse(DisclosureInput, values))
    except (Invalid, Conflict) as error:
        return refused("disclosure", achievement, form, error)
    flash(_("披露表已保存。"), "ok")
    return redirect(url_for("conversion.mine"), 303)


def _disclosed(achievement: Achievement) -> dict[str, Any]:
    row = reading().scalar(select(IpDisclosure).where(IpDisclosure.achievement_id == achievement.id))
    if row is None:
        return {"project_ref": achievement.project_ref, "ip": achievement.ip, "disclosed_on": today().isoformat()}
    return {"project_ref": row.project_ref, "ip": row.rights, "disclosed_on": row.disclosed_on.isoformat(), "remark": row.remark}


@blueprint.route("/conversion/<int:achievement_id>/plan", methods=["GET", "POST"])
@login_required
def plan(achievement_id: int) -> Answer:
    """The report that the conversion has begun."""
    achievement = owned(achievement_id)
    row = reading().scalar(select(ConversionPlan).where(ConversionPlan.achievement_id == achievement.id))
    stored = {"started_on": row.started_on.isoformat(), "mode": row.mode, "text": row.text} if row else {}
    form = PlanForm(data=stored)
    if request.method == "GET":
        return page_of_form("plan", achievement, form)
    try:
        actions.start(current_actor(), achievement_id, parse(PlanInput, given(form)))
    except (Invalid, Conflict) as error:
        return refused("plan", achievement, form, error)
    flash(_("转化进展已保存。"), "ok")
    return redirect(url_for("conversion.mine"), 303)


def refused(name: str, achievement: Achievement, form: Any, error: Invalid | Conflict) -> tuple[str, int]:
    """The form with what is wrong, nothing typed lost."""
    if isinstance(error, Conflict):
        return page_of_form(name, achievement, form, translated(error.message)), 409
    errors = {path.replace("rights", "ip", 1): message for path, message in error.errors.items()}
    refuse(form, errors)
    return page_of_form(name, achievement, form), 422


def page_of_form(name: str, achievement: Achievement, form: Any, notice: str = "") -> str:
    """The form beside the clock that it belongs to."""
    found = clocks(reading(), [achievement]).get(achievement.id)
    item = shown(achievement, found) if found else None
    return render_template(f"conversion/{name}.html", achievement=achievement, item=item, form=form, notice=notice)
