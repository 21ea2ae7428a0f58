"""Ways in and out: register, log in, log out, forgot. A known and an unknown address get the same answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher import passwords
from matcher.actions import accounts
from matcher.actor import Actor, actor_of
from matcher.audit import note_refusal
from matcher.errors import Invalid
from matcher.inputs.base import InputError, parse
from matcher.inputs.people import Registration, clean_email
from matcher.messages import msg
from matcher.models import User
from matcher.vocabulary import Role
from web.accounts.blueprint import blueprint
from web.accounts.demo import demo_accounts
from web.accounts.forms import ForgotForm, RegisterForm, SignInForm
from web.limits import limited
from web.locale import current_language
from web.navigation import has_page, own_links
from web.security import safe_next
from web.session import current_actor, reading, refresh, sign_in, sign_out, signed_in_user

SENT_TO = "sent_to"


def start_page(actor: Actor) -> str:
    """Where a person goes after logging in who wanted nowhere else: staff to their desk, others to their records."""
    places = (
        [link.url for link in own_links(actor) if has_page(link.endpoint)]
        if actor.role != Role.MEMBER
        else []
    )
    return places[0] if places else url_for("publish.mine")


@blueprint.route("/register", methods=["GET", "POST"])
@limited("signup", field="email")
def register() -> Response | str | tuple[str, int]:
    """Make an account; the mail that follows tells the owner of a known address that it is known, the page does not."""
    if signed_in_user() is not None:
        return redirect(start_page(current_actor()), 303)
    form = RegisterForm()
    if not form.is_submitted():
        return render_template("account/register.html", form=form)
    typed = {name: form[name].data for name in ("name", "email", "password", "accept_privacy")}
    try:
        accounts.register(current_actor(), parse(Registration, {**typed, "locale": current_language()}))
    except Invalid as error:
        form.refuse(error)
        return render_template("account/register.html", form=form), 422
    session[SENT_TO] = form.email.data.strip()
    return redirect(url_for("account.sent"), 303)


@blueprint.get("/register/sent")
def sent() -> str:
    """What to do after registering."""
    return render_template("account/sent.html", address=session.get(SENT_TO, ""))


@blueprint.route("/login", methods=["GET", "POST"], endpoint="sign_in")
@limited("login", field="email")
def sign_in_page() -> Response | str | tuple[str, int]:
    """Log in; whatever is wrong, the sentence is the same and so is the work."""
    target = safe_next(request.values.get("next"), "")
    if signed_in_user() is not None and request.method == "GET":
        return redirect(target or start_page(current_actor()), 303)
    form = SignInForm()
    if form.is_submitted():
        user = person(form.email.data or "", form.password.data or "")
        if user is not None:
            return welcome(user, form.password.data or "", target)
        _note_failure(form.email.data or "")
        form.refuse(Invalid({"password": msg("邮箱或密码不正确。")}))
    page = render_template("account/sign_in.html", form=form, target=target, demo=demo_accounts())
    return page, 422 if form.is_submitted() else 200


def _note_failure(email: str) -> None:
    """A failed log-in goes into the trail, with the account if there is one; the address as typed does not."""
    user = accounts.user_by_email(reading(), known_form(email))
    note_refusal(current_actor(), "account.login", ("users", user.id if user else None), "WrongPassword")


def known_form(email: str) -> str:
    """The address in its normal form; text that is no address becomes one that nobody has."""
    try:
        return clean_email(email.strip()[:254])
    except InputError:
        return "nobody@invalid"


def person(email: str, password: str) -> User | None:
    """The account that these two open; an unknown address costs the same work as a wrong password."""
    user = accounts.user_by_email(reading(), known_form(email))
    return user if passwords.verify_password(user.password_hash if user else None, password) else None


def welcome(user: User, password: str, target: str) -> Response:
    """Start the session; a hash made with older parameters is replaced on this occasion."""
    actor = actor_of(reading(), user, request.remote_addr or "")
    accounts.record_login(actor, user.id, password)
    refresh()
    sign_in(reading().get_one(User, user.id))
    return redirect(target or start_page(actor), 303)


@blueprint.post("/logout", endpoint="sign_out")
def sign_out_page() -> Response:
    """End this session."""
    sign_out()
    flash(_("已退出。"), "ok")
    return redirect(url_for("home.index"), 303)


@blueprint.post("/logout/everywhere")
@login_required
def sign_out_everywhere() -> Response:
    """End all sessions of this person, on every device."""
    accounts.logout_everywhere(current_actor())
    sign_out()
    flash(_("已在所有设备上退出。"), "ok")
    return redirect(url_for("account.sign_in"), 303)


@blueprint.route("/forgot", methods=["GET", "POST"])
@limited("reset", field="email")
def forgot() -> Response | str | tuple[str, int]:
    """Ask for a reset link; the answer does not tell whether there is such an account."""
    form = ForgotForm()
    if not form.is_submitted():
        return render_template("account/forgot.html", form=form)
    try:
        address = clean_email((form.email.data or "").strip()[:254])
    except InputError as error:
        form.refuse(Invalid({"email": error.message}))
        return render_template("account/forgot.html", form=form), 422
    accounts.request_reset(current_actor(), address)
    session[SENT_TO] = address
    return redirect(url_for("account.forgot_sent"), 303)


@blueprint.get("/forgot/sent")
def forgot_sent() -> str:
    """What to do after asking for a reset link."""
    return render_template("account/forgot_sent.html", address=session.get(SENT_TO, ""))
