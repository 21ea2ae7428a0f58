"""What the platform is and does, with live figures and the freshest of both sides."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    """The landing page."""
    return render_template("home/index.html")
