"""All of the API: importing this module registers every operation; here are the document and its page."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify, render_template

from config.settings import Settings
from web.api import (
    case_deals,
    case_files,
    case_steps,
    case_talks,
    cases,
    contracts,
    conversion,
    experts,
    matches,
    money,
    prices,
    questions,
    records,
    search,
    stations,
    tasks,
    trace,
    unmet,
)
from web.api.blueprint import blueprint
from web.api.openapi import document

__all__ = ["blueprint", "case_deals", "case_files", "case_steps", "case_talks", "cases", "contracts", "conversion", "experts", "matches", "money", "prices", "questions", "records", "search", "stations", "tasks", "trace", "unmet"]


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return] # noqa: SLF001


def base_url() -> str:
    """Address of the API for its readers."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url.rstrip("/")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document(_app(), base_url()))


@blueprint.get("/docs")
def docs() -> str:
    """The same document as a page to read."""
    return render_template("api/docs.html", spec=document(_app(), base_url()))
