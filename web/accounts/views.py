"""All pages of accounts and of one's own organisation; importing a module registers its pages."""

from __future__ import annotations

from web.accounts import entry, links, privacy, settings
from web.accounts.blueprint import blueprint
from web.organisations import membership

__all__ = ["blueprint", "entry", "links", "membership", "privacy", "settings"]
