"""One's own organisation: find and join one, register a new one, change it, leave it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response

from matcher.actions import organisations as actions
from matcher.errors import Invalid, NotFound, Stale
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput
from matcher.models import MODELS, Membership, Organisation
from matcher.permissions import allowed
from matcher.vocabulary import MembershipState, OrgState
from web.accounts.blueprint import blueprint
from web.accounts.readiness import Ready, membership_of, readiness
from web.accounts.settings import own
from web.limits import limited
from web.organisations.forms import OrganisationForm
from web.session import current_actor, reading, refresh

FIELDS = ("kind", "name", "credit_code", "region", "chain", "introduction", "website")
FOUND_SHOWN = 10
MAX_QUERY = 100


@blueprint.get("/account/organisation")
@limited("search", methods=("GET",))
@login_required
def organisation() -> str:
    """The organisation one belongs to; without one, the way to it."""
    user = own()
    ready, membership = readiness(user), membership_of(user)
    if membership is None:
        words = cleaned(request.args.get("q", ""))
        found = search(words) if words else []
        return render_template("account/find_organisation.html", ready=ready, words=words, found=found)
    return render_template(
        "account/organisation.html",
        ready=ready,
        membership=membership,
        organisation=membership.organisation,
        may_be_contact=allowed(current_actor(), "membership.contact") and membership.state == MembershipState.ACTIVE,
        may_edit=allowed(current_actor(), "organisation.edit", membership.organisation),
        members=members(membership),
        counts=counts(membership),
    )


def cleaned(text: str) -> str:
    """Search words without what no person types; a database refuses some of it."""
    kept = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    return " ".join(kept.split())[:MAX_QUERY]


def search(words: str) -> Sequence[Organisation]:
    """Checked organisations whose name holds the words, or whose code they are."""
    code = unicodedata.normalize("NFKC", words).replace(" ", "").upper()
    query = select(Organisation).where(
        Organisation.state == OrgState.CHECKED,
        or_(Organisation.name.contains(words, autoescape=True), Organisation.credit_code == code),
    )
    return (
        reading()
        .scalars(query.order_by(func.length(Organisation.name), Organisation.id).limit(FOUND_SHOWN))
        .all()
    )


def members(own_membership: Membership) -> Sequence[Membership]:
    """Who belongs to it; only those who belong to it see that."""
    if own_membership.state != MembershipState.ACTIVE:
        return []
    query = select(Membership).where(
        Membership.organisation_id == own_membership.organisation_id,
        Membership.state == MembershipState.ACTIVE,
    )
    return reading().scalars(query.order_by(Membership.id).limit(100)).all()


def counts(membership: Membership) -> dict[str, int]:
    """How many records of each kind the organisation has, in whatever state."""
    if membership.state != MembershipState.ACTIVE:
        return {}
    session = reading()
    return {
        kind: session.scalar(
            select(func.count()).select_from(model).where(model.organisation_id == membership.organisation_id)
        )
        or 0
        for kind, model in MODELS.items()
    }


@blueprint.post("/account/organisation/join")
@login_required
def join() -> Response:
    """Ask to belong to an organisation; an operator decides."""
    number = request.form.get("organisation_id", type=int)
    if number is None or not 0 < number < 2**31:
        raise NotFound
    actions.join_organisation(current_actor(), number)
    flash(_("申请已提交，运营人员核对后会发邮件告诉您。"), "ok")
    return redirect(url_for("account.organisation"), 303)


@blueprint.route("/account/organisation/new", methods=["GET", "POST"])
@login_required
def found() -> Response | str | tuple[str, int]:
    """Register an organisation that is not on the platform yet."""
    if readiness(own()) is not Ready.NO_ORGANISATION:
        return redirect(url_for("account.organisation"), 303)
    form = OrganisationForm(data={"name": cleaned(request.args.get("name", ""))})
    if not form.is_submitted():
        return render_template("account/edit_organisation.html", form=form, organisation=None)
    try:
        actions.found_organisation(current_actor(), given(form))
    except Invalid as error:
        form.refuse(error)
        return render_template("account/edit_organisation.html", form=form, organisation=None), 422
    flash(_("单位已登记。运营人员核验后会发邮件告诉您。"), "ok")
    return redirect(url_for("account.organisation"), 303)


def given(form: OrganisationForm) -> OrganisationInput:
    """What was typed, checked."""
    return parse(OrganisationInput, {name: form[name].data or "" for name in FIELDS})


@blueprint.route("/account/organisation/edit", methods=["GET", "POST"])
@login_required
def edit_organisation() -> Response | str | tuple[str, int]:
    """Change one's own organisation."""
    membership = membership_of(own())
    if membership is None or not allowed(current_actor(), "organisation.edit", membership.organisation):
        raise NotFound
    shown = membership.organisation
    form = OrganisationForm(data=newest(shown))
    if not form.is_submitted():
        return render_template("account/edit_organisation.html", form=form, organisation=shown)
    version = request.form.get("version", type=int) or 0
    try:
        actions.edit_organisation(current_actor(), shown.id, version, given(form))
    except Invalid as error:
        form.refuse(error)
        return render_template(
            "account/edit_organisation.html", form=form, organisation=shown, version=version
        ), 422
    except Stale:
        return stale(form, shown.id)
    flash(_("已保存。"), "ok")
    return redirect(url_for("account.organisation"), 303)


def newest(organisation: Organisation) -> dict[str, str | None]:
    """What its members typed last: a name and code that wait to be checked come before the checked ones."""
    values = {name: getattr(organisation, name) for name in FIELDS}
    if organisation.proposed_name is not None:
        values |= {"name": organisation.proposed_name, "credit_code": organisation.proposed_code}
    return values


def stale(form: OrganisationForm, number: int) -> tuple[str, int]:
    """Somebody saved meanwhile: what was typed stays, beside what is saved now."""
    refresh()
    now = reading().get_one(Organisation, number)
    theirs = [
        (form[name].label.text, value)
        for name, value in newest(now).items()
        if (form[name].data or "") != (value or "")
    ]
    return render_template("account/edit_organisation.html", form=form, organisation=now, theirs=theirs), 409


@blueprint.post("/account/organisation/leave")
@login_required
def leave() -> Response:
    """Leave it, or take an application back."""
    actions.leave_organisation(current_actor())
    flash(_("已退出。您发布过的内容仍归原单位。"), "ok")
    return redirect(url_for("account.organisation"), 303)
