"""All pages of the console, registered on its one blueprint."""

from __future__ import annotations

from web.console import (
    audit,
    cases,
    claims,
    deliveries,
    index_state,
    matches,
    organisations,
    outbox,
    overview,
    review,
    users,
    vouchers,
)
from web.console.shell import blueprint

__all__ = [
    "audit",
    "blueprint",
    "cases",
    "claims",
    "deliveries",
    "index_state",
    "matches",
    "organisations",
    "outbox",
    "overview",
    "review",
    "users",
    "vouchers",
]
