"""The blueprint, who calls, how failures are told, and the document that describes it all."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from pydantic import BaseModel

from config.settings import Settings
from matcher.errors import Invalid
from web.api.auth import identify
from web.api.openapi import document
from web.api.operation import MalformedError
from web.errors import problem, status_phrase
from web.limits import LIMITS, limiter
from web.locale import translated
from web.security import csrf

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


@blueprint.errorhandler(MalformedError)
def on_malformed(error: MalformedError) -> Response:
    """The body could not be read."""
    return problem(error.status, status_phrase(error.status), error.detail)


def base_url() -> str:
    """Address of the API for its readers."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url.rstrip("/")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document(current_app._get_current_object(), base_url()))  # type: ignore[attr-defined] # noqa: SLF001


@blueprint.get("/docs")
def docs() -> str:
    """The same document as a page to read."""
    return render_template("api/docs.html", spec=document(current_app._get_current_object(), base_url()), base=request.path)  # type: ignore[attr-defined] # noqa: SLF001
