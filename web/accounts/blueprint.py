"""The blueprint to which all pages of accounts and of one's own organisation belong."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__)
