"""The blueprint to which all pages of publishing belong."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("publish", __name__)
KINDS = "any(need, achievement, expert)"
