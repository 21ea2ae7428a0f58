"""Everything under /conversion; this module is the section that `web.app` registers."""

from __future__ import annotations

from web.conversion import annual, public, reporting
from web.conversion.blueprint import blueprint

__all__ = ["annual", "blueprint", "public", "reporting"]
