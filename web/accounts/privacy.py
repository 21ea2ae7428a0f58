"""The privacy notice."""

from __future__ import annotations

from flask import render_template

from web.accounts.blueprint import blueprint


@blueprint.get("/privacy")
def privacy() -> str:
    """What is kept of a person, what for, who sees it and how it ends."""
    return render_template("account/privacy.html")
