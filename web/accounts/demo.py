"""The accounts that the log-in page of a demonstration lists; nothing of the kind exists elsewhere."""

from __future__ import annotations

from typing import Any

from flask import current_app

from config.settings import Settings
from matcher.models import NamedValue
from web.session import reading

NAME = "demo_accounts"
EMPTY: dict[str, Any] = {"password": "", "accounts": []}


def demo_accounts() -> dict[str, Any]:
    """`password` and `accounts` (email, name, role, organisation) as the demonstration's loader stored them."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.environment != "demo":
        return EMPTY
    row = reading().get(NamedValue, NAME)
    return row.value if row is not None and row.value.get("accounts") else EMPTY
