"""One achievement's rights table: the version of today, those before, and a form for the next."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions.rights import set_rights
from matcher.actions.vouchers import today
from matcher.inputs.base import parse
from matcher.inputs.money import RightsInput
from matcher.models import Achievement
from matcher.permissions import allowed, find
from matcher.rights.minimum import minimum_for
from matcher.rights.sharing import percents_of
from matcher.rights.tables import valid_on, versions_of
from matcher.rights.terms import ConversionRoute
from web.attempts import attempt
from web.cards import title_of
from web.rights.forms import RightsForm, form_for
from web.session import current_actor, reading

blueprint = Blueprint("rights", __name__)
Answer = Response | str | tuple[str, int]
ADDRESS = "/achievements/<int:achievement_id>/rights"


@blueprint.get(ADDRESS)
@login_required
def show(achievement_id: int) -> str:
    """Who holds it, from when on."""
    return _page(achievement_id)


def _page(achievement_id: int, form: RightsForm | None = None, notice: str = "") -> str:
    actor = current_actor()
    achievement = find(reading(), actor, "rights.read", Achievement, achievement_id)
    versions = versions_of(reading(), achievement.id)
    newest = versions[0] if versions else None
    owner = achievement.organisation
    if form is None:
        form = form_for(newest, len(versions) + 1, achievement.people, owner.name)
    return render_template(
        "rights/show.html",
        achievement=achievement,
        title=title_of(achievement),
        now=valid_on(versions, today()),
        versions=versions,
        parts={table.id: percents_of(table) for table in versions},
        minimum=[(route, minimum_for(owner.region, today(), route)) for route in ConversionRoute],
        form=form,
        may_edit=allowed(actor, "rights.edit", achievement),
        notice=notice,
    )


@blueprint.post(ADDRESS)
@login_required
def change(achievement_id: int) -> Answer:
    """A new version; the button for more rows only shows the form again."""
    find(reading(), current_actor(), "rights.edit", Achievement, achievement_id)
    form = RightsForm()
    form.drop_blanks()
    if "more" in request.form:
        form.add_rows()
        return _page(achievement_id, form)
    number = form.number.data or ""
    tried = attempt(
        lambda: set_rights(
            current_actor(),
            achievement_id,
            parse(RightsInput, form.given()),
            int(number) if number.isdecimal() and len(number) < 6 else 0,
        ),
        form,
    )
    if not tried.done:
        form.add_rows()
        return _page(achievement_id, form, tried.notice), tried.status
    flash(_("权属表已保存，之后的到账按它分配。"), "ok")
    return redirect(url_for("rights.show", achievement_id=achievement_id), 303)
