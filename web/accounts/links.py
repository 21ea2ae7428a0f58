"""What links in mails lead to. A link followed by a GET changes nothing: mail scanners follow links too."""

from __future__ import annotations

import secrets

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from config.settings import Settings
from matcher.actions import accounts
from matcher.errors import Invalid
from matcher.models import User
from matcher.signing import BadLinkError, unsign, user_state
from web.accounts.blueprint import blueprint
from web.accounts.forms import ResetForm
from web.limits import limited
from web.security import csrf
from web.session import current_actor, reading, sign_out, signed_in_user


@blueprint.errorhandler(BadLinkError)
def bad_link(_error: BadLinkError) -> tuple[str, int]:
    """One page for forged, expired and used links, with the way to a new one."""
    purpose = (request.endpoint or "").rpartition(".")[2]
    return render_template("account/bad_link.html", purpose=purpose), 400


def linked(purpose: str, token: str) -> tuple[User, str]:
    """The person whom a verification or reset link names, and what it is bound to; raises `BadLinkError`."""
    settings: Settings = current_app.config["SETTINGS"]
    data = unsign(settings, purpose, token)
    number, state = data.get("user"), data.get("state")
    user = reading().get(User, number) if isinstance(number, int) else None
    if user is None or user.closed_at is not None or not isinstance(state, str):
        raise BadLinkError
    if not secrets.compare_digest(user_state(user), state):
        raise BadLinkError
    return user, state


@blueprint.route("/verify/<token>", methods=["GET", "POST"])
def verify(token: str) -> Response | str:
    """Prove an address by one confirming click."""
    user, state = linked("verify", token)
    if request.method == "GET":
        return render_template("account/verify.html", user=user)
    accounts.verify_email(current_actor(), user.id, state)
    flash(_("邮箱已验证。"), "ok")
    return redirect(url_for("account.organisation" if signed_in_user() else "account.sign_in"), 303)


@blueprint.post("/verify-again")
@limited("reset")
@login_required
def verify_again() -> Response:
    """Mail a new verification link to oneself."""
    accounts.resend_verification(current_actor())
    flash(_("验证邮件已重新发出，请查收。旧邮件里的链接仍可使用。"), "ok")
    return redirect(url_for("account.settings"), 303)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@limited("reset")
def reset(token: str) -> Response | str | tuple[str, int]:
    """Set a new password; every session of this person ends."""
    user, state = linked("reset", token)
    form = ResetForm()
    if not form.is_submitted():
        return render_template("account/reset.html", form=form, user=user)
    try:
        accounts.reset_password(current_actor(), user.id, state, form.password.data or "")
    except Invalid as error:
        form.refuse(error)
        return render_template("account/reset.html", form=form, user=user), 422
    sign_out()
    flash(_("密码已更新，请用新密码登录。其他设备上的登录已结束。"), "ok")
    return redirect(url_for("account.sign_in"), 303)


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@limited("reset")
def invitation(token: str) -> Response | str | tuple[str, int]:
    """Set the first password of an account that was made at a counter."""
    user, state = linked("invitation", token)
    form = ResetForm()
    if not form.is_submitted():
        return render_template("account/invitation.html", form=form, user=user)
    try:
        accounts.accept_invitation(current_actor(), user.id, state, form.password.data or "")
    except Invalid as error:
        form.refuse(error)
        return render_template("account/invitation.html", form=form, user=user), 422
    sign_out()
    flash(_("密码已设置，请登录。您的需求和工单都在里面。"), "ok")
    return redirect(url_for("account.sign_in"), 303)


@blueprint.route("/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt
def unsubscribe(token: str) -> str:
    """Stop the digest without logging in; mail programs post here by themselves (RFC 8058)."""
    settings: Settings = current_app.config["SETTINGS"]
    number = unsign(settings, "unsubscribe", token).get("user")
    user = reading().get(User, number) if isinstance(number, int) else None
    if user is None or user.closed_at is not None:
        raise BadLinkError
    if request.method == "POST":
        accounts.unsubscribe(current_actor(), user.id)
    return render_template(
        "account/unsubscribe.html", user=user, done=request.method == "POST" or not user.digest
    )
