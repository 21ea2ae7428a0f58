"""Personal tokens for programs: made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher import clock
from matcher.actions import accounts
from matcher.errors import Invalid
from matcher.models import ApiToken
from web.accounts.forms import TokenForm
from web.session import current_actor, reading, refresh

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")
SHOWN = 50


def live_tokens() -> Sequence[ApiToken]:
    """The person's tokens that still work, newest first."""
    query = select(ApiToken).where(
        ApiToken.user_id == current_actor().user_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > clock.now(),
    )
    return reading().scalars(query.order_by(ApiToken.id.desc()).limit(SHOWN)).all()


def page(form: TokenForm, secret: str = "") -> str:
    """The list, the form and, once, a new token."""
    return render_template("account/tokens.html", form=form, secret=secret, tokens=live_tokens())


@blueprint.get("")
@login_required
def index() -> str:
    """One's own tokens."""
    return page(TokenForm())


@blueprint.post("")
@login_required
def create() -> tuple[str, int]:
    """Make a token. It is part of this answer alone, which no cache keeps."""
    form = TokenForm()
    try:
        secret = accounts.create_token(current_actor(), form.name.data or "", form.scopes.data or [])
    except Invalid as error:
        form.refuse(error)
        return page(form), 422
    refresh()
    return page(TokenForm(formdata=None), secret), 201


@blueprint.post("/<int:token_id>/revoke")
@login_required
def revoke(token_id: int) -> Response:
    """End a token."""
    accounts.revoke_token(current_actor(), token_id)
    flash(_("令牌已停用。"), "ok")
    return redirect(url_for("tokens.index"), 303)
