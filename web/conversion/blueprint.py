"""The blueprint to which all pages of 限时转化 belong."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("conversion", __name__)
