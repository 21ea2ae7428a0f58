"""The language switch: a link that sets a cookie and writes nothing to the database."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, session
from werkzeug.wrappers import Response

from web.locale import COOKIE, LANGUAGES
from web.security import safe_next

YEAR = 365 * 24 * 3600
blueprint = Blueprint("preferences", __name__)


@blueprint.get("/language/<code>")
def language(code: str) -> Response:
    """Show pages in language `code` from now on; back to where the link was."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(safe_next(request.args.get("next")))
    if "_user_id" in session:
        session[COOKIE] = code  # for this session; the account page changes the preference itself
    response.set_cookie(COOKIE, code, max_age=YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return response
