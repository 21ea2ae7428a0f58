"""All pages of publishing; importing a module registers its pages."""

from __future__ import annotations

from web.publish import edit, listing, mine
from web.publish.blueprint import blueprint

__all__ = ["blueprint", "edit", "listing", "mine"]
