"""One's own integrity records, with the appeal."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions.integrity import appeal as appeal_against
from matcher.errors import Conflict, Invalid
from matcher.integrity.blocks import is_active, records_about
from matcher.integrity.terms import IntegrityScope
from matcher.permissions import allowed
from web.limits import limited
from web.locale import translated
from web.session import current_actor, reading, refresh

blueprint = Blueprint("integrity", __name__, url_prefix="/account/integrity")


@blueprint.app_template_filter("integrity_scope")
def integrity_scope(code: str) -> str:
    """What a record bars, in words."""
    return translated(IntegrityScope(code).label)


@blueprint.app_template_test("barring")
def barring(record: object) -> bool:
    """Whether an integrity record bars somebody today."""
    return is_active(record)  # type: ignore[arg-type]


@blueprint.app_template_global()
def own_blocks() -> int:
    """How many records bar the reader or their organisation today."""
    actor = current_actor()
    found = records_about(reading(), actor.user_id or 0, actor.member_of)
    return sum(is_active(record) for record in found)


@blueprint.get("")
@login_required
def mine() -> str:
    """Records about oneself and one's organisation, those that are over included."""
    return _page()


def _page(error: str = "", at: int = 0, text: str = "", notice: str = "") -> str:
    actor = current_actor()
    records = records_about(reading(), actor.user_id or 0, actor.member_of)
    return render_template(
        "integrity/mine.html",
        records=[(record, allowed(actor, "integrity.appeal", record)) for record in records],
        error=error,
        at=at,
        text=text,
        notice=notice,
    )


@blueprint.post("/<int:integrity_id>/appeal")
@limited("enquiry")
@login_required
def appeal(integrity_id: int) -> Response | tuple[str, int]:
    """Object once; another operator than the one who entered the record decides."""
    text = request.form.get("appeal", "")
    try:
        appeal_against(current_actor(), integrity_id, text)
    except Invalid as error:
        return _page(translated(next(iter(error.errors.values()))), integrity_id, text), 422
    except Conflict as error:
        refresh()
        return _page(notice=translated(error.message)), 409
    flash(_("申诉已提交，结果会发邮件告诉您。"), "ok")
    return redirect(url_for("integrity.mine"), 303)
