"""One's own account: profile and language, password, sessions, closing it."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions import accounts
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.people import ProfileInput
from matcher.models import User
from web.accounts.blueprint import blueprint
from web.accounts.forms import CloseForm, PasswordForm, ProfileForm
from web.accounts.readiness import membership_of, readiness
from web.limits import limited
from web.locale import COOKIE, translated
from web.session import current_actor, reading, refresh, sign_in, sign_out, signed_in_user

FIELDS = ("name", "phone", "job_title", "locale", "digest")


def own() -> User:
    """The signed-in person."""
    user = signed_in_user()
    if user is None:
        raise NotFound
    return user


def page(profile: ProfileForm | None = None, password: PasswordForm | None = None) -> str:
    """The settings with the forms as they were sent back, or fresh."""
    user = own()
    return render_template(
        "account/settings.html",
        user=user,
        ready=readiness(user),
        membership=membership_of(user),
        profile=profile or ProfileForm(formdata=None, obj=user),
        password=password or PasswordForm(formdata=None),
    )


@blueprint.route("/account", methods=["GET", "POST"])
@login_required
def settings() -> Response | str | tuple[str, int]:
    """Show and change the profile."""
    form = ProfileForm(obj=own())
    if not form.is_submitted():
        return page(profile=form)
    try:
        accounts.edit_profile(
            current_actor(), parse(ProfileInput, {name: form[name].data for name in FIELDS})
        )
    except Invalid as error:
        form.refuse(error)
        return page(profile=form), 422
    session.pop(COOKIE, None)  # the switch of this session gives way to the new preference
    flash(_("已保存。"), "ok")
    return redirect(url_for("account.settings"), 303)


@blueprint.post("/account/password")
@limited("login")
@login_required
def change_password() -> Response | tuple[str, int]:
    """Change the password; this session goes on, all others end."""
    form = PasswordForm()
    try:
        accounts.change_password(current_actor(), form.current.data or "", form.new.data or "")
    except Invalid as error:
        form.refuse(error)
        return page(password=form), 422
    number = own().id
    refresh()
    sign_in(reading().get_one(User, number))
    flash(_("密码已更新，其他设备上的登录已结束。"), "ok")
    return redirect(url_for("account.settings"), 303)


@blueprint.route("/account/close", methods=["GET", "POST"])
@limited("login")
@login_required
def close() -> Response | str | tuple[str, int]:
    """Close the account after the password has been given once more."""
    form = CloseForm()
    if not form.is_submitted():
        return render_template("account/close.html", form=form, membership=membership_of(own()))
    try:
        accounts.close_account(current_actor(), form.password.data or "")
    except Invalid as error:
        form.refuse(error)
        return render_template("account/close.html", form=form, membership=membership_of(own())), 422
    except Conflict as error:
        notice = translated(error.message)
        return render_template("account/close.html", form=form, membership=membership_of(own()), notice=notice), 409
    sign_out()
    flash(_("账号已注销，个人信息已删除。"), "ok")
    return redirect(url_for("home.index"), 303)
