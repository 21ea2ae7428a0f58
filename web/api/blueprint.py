"""The blueprint: who calls, how answers and failures are told."""

from __future__ import annotations

from flask import Blueprint, Response, g
from pydantic import BaseModel

from matcher.errors import Conflict, Invalid
from web.api.auth import identify
from web.api.operation import MalformedError
from web.errors import problem, status_phrase
from web.limits import LIMITS, limiter
from web.locale import translated
from web.security import csrf
from web.session import current_actor, refresh

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(blueprint)  # no cookie is ever read here
limiter.limit(LIMITS["api"][0])(blueprint)
blueprint.before_request(identify)


def answer(model: BaseModel | None, code: int = 200, **headers: str) -> Response:
    """The model as JSON, with headers given as `Name_With_Underscores`."""
    response = Response(model.model_dump_json() if model else "", code, mimetype="application/json")
    if model is None:
        del response.headers["Content-Type"]
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


@blueprint.errorhandler(Invalid)
def on_invalid(error: Invalid) -> Response:
    """422 with a sentence for each field."""
    errors = {field: translated(message) for field, message in error.errors.items()}
    return problem(422, status_phrase(422), translated(error.message), errors=errors)


@blueprint.errorhandler(Conflict)
def on_conflict(error: Conflict) -> Response:
    """409, with what is missing for a step, one sentence each."""
    missing = [translated(item) for item in error.missing]
    return problem(409, status_phrase(409), translated(error.message), **({"missing": missing} if missing else {}))


@blueprint.errorhandler(MalformedError)
def on_malformed(error: MalformedError) -> Response:
    """The body could not be read."""
    return problem(error.status, status_phrase(error.status), error.detail)


def reread() -> None:
    """Read anew after an action; the actor came from the token and stays."""
    actor = current_actor()
    refresh()
    g.actor = actor
