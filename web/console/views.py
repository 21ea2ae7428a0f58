"""All pages of the console, registered on its one blueprint."""

from __future__ import annotations

from web.console import (
    audit,
    brokers,
    cases,
    claims,
    deliveries,
    exceptions,
    index_state,
    integrity,
    learning,
    matches,
    officers,
    organisations,
    outbox,
    overview,
    review,
    sheets,
    stalled,
    stations,
    users,
    vouchers,
)
from web.console.shell import blueprint

__all__ = [
    "audit",
    "blueprint",
    "brokers",
    "cases",
    "claims",
    "deliveries",
    "exceptions",
    "index_state",
    "integrity",
    "learning",
    "matches",
    "officers",
    "organisations",
    "outbox",
    "overview",
    "review",
    "sheets",
    "stalled",
    "stations",
    "users",
    "vouchers",
]
