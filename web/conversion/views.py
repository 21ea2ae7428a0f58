"""Everything under /conversion; this module is the section that `web.app` registers."""

from __future__ import annotations

from web.conversion import public, reporting
from web.conversion.blueprint import blueprint

__all__ = ["blueprint", "public", "reporting"]
