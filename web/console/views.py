"""All pages of the console, registered on its one blueprint."""

from __future__ import annotations

from web.console import (
    audit,
    cases,
    deliveries,
    index_state,
    matches,
    organisations,
    outbox,
    overview,
    review,
    users,
)
from web.console.shell import blueprint

__all__ = [
    "audit",
    "blueprint",
    "cases",
    "deliveries",
    "index_state",
    "matches",
    "organisations",
    "outbox",
    "overview",
    "review",
    "users",
]
