"""Organisations and people who ask to join them, to be checked."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions.organisations import (
    decide_membership,
    review_organisation,
    revoke_organisation,
    waits_for_check,
)
from matcher.errors import Conflict, Invalid, Stale
from matcher.models import Membership, Organisation
from matcher.vocabulary import MembershipState
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.session import current_actor, reading, refresh

MOST = 100
DONE = {
    "accept": _l("已核验。"),
    "refuse": _l("未通过，已说明原因。"),
    "revoke": _l("已撤销核验，这家单位的内容已撤回。"),
}


@blueprint.get("/organisations")
def organisations() -> str:
    """Those that wait, oldest first."""
    return _page()


def _page(error: str = "", at: int = 0, remark: str = "") -> str:
    session = reading()
    pending = list(
        session.scalars(
            select(Organisation).where(waits_for_check()).order_by(Organisation.id).limit(MOST)
        )
    )
    founders = {
        row.organisation_id: row.user
        for row in session.scalars(
            select(Membership)
            .where(Membership.organisation_id.in_([each.id for each in pending]), Membership.state == MembershipState.ACTIVE)
            .options(joinedload(Membership.user))
            .order_by(Membership.id.desc())
        )
    }
    joining = session.scalars(
        select(Membership)
        .where(Membership.state == MembershipState.PENDING)
        .options(joinedload(Membership.user), joinedload(Membership.organisation))
        .order_by(Membership.id)
        .limit(MOST)
    )
    return console_page("organisations", "console.organisations", pending=pending, founders=founders,
                        joining=list(joining), error=error, at=at, remark=remark)


@blueprint.post("/organisations/<int:organisation_id>")
def check_organisation(organisation_id: int) -> Response | tuple[str, int]:
    """Checked, or refused with a reason; a checked one's new name may be refused alone or with the organisation."""
    decision, remark = request.form.get("decision", ""), request.form.get("remark", "")
    if decision not in DONE:
        return _page(_("请选择如何处理。")), 422
    try:
        _carry_out(decision, organisation_id, remark)
    except Invalid as error:
        return _page(translated(next(iter(error.errors.values()))), organisation_id, remark), 422
    except (Conflict, Stale) as error:
        refresh()
        return _page(translated(error.message)), 409
    flash(str(DONE[decision]), "ok")
    return redirect(url_for("console.organisations"), 303)


def _carry_out(decision: str, organisation_id: int, remark: str) -> None:
    if decision == "revoke":
        revoke_organisation(current_actor(), organisation_id, remark)
        return
    version = request.form.get("version", type=int) or 0
    review_organisation(current_actor(), organisation_id, decision == "accept", remark, version)


@blueprint.post("/memberships/<int:membership_id>")
def check_membership(membership_id: int) -> Response | tuple[str, int]:
    """Let a person in, or not."""
    accept = request.form.get("decision") == "accept"
    try:
        decide_membership(current_actor(), membership_id, accept)
    except Conflict as error:
        refresh()
        return _page(translated(error.message)), 409
    flash(_("已加入单位。") if accept else _("已拒绝加入。"), "ok")
    return redirect(url_for("console.organisations"), 303)
