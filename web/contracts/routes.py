"""All routes of contracts: importing a module adds its routes to their blueprint."""

from __future__ import annotations

from web.contracts import following, listing
from web.contracts.views import blueprint

__all__ = ["blueprint", "following", "listing"]
