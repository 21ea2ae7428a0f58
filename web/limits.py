"""How often things may be asked for: every limit once, by name.

Counted in Redis; when Redis is away each portal process counts for itself, so nothing becomes unlimited.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from config.settings import Settings
from matcher.inputs.base import InputError
from matcher.inputs.people import clean_email

log = structlog.get_logger()

# (by address, by what is named in the request); an office behind one address is larger than one account
LIMITS: dict[str, tuple[str, str]] = {
    "login": ("60 per 5 minutes", "10 per 5 minutes"),
    "signup": ("20 per hour", "5 per hour"),
    "reset": ("20 per hour", "5 per hour"),
    "enquiry": ("60 per hour", "30 per hour"),
    "bid": ("120 per minute", "120 per minute"),
    "objection": ("10 per hour", "5 per hour"),
    "upload": ("120 per hour", "60 per hour"),
    "search": ("120 per minute", "120 per minute"),
    "api": ("600 per minute", "300 per minute"),
}
limiter = Limiter(get_remote_address, headers_enabled=False, in_memory_fallback_enabled=True)


def init_app(app: Flask) -> None:
    """Count in the broker; a short timeout, so that a hanging Redis does not hang the portal."""
    settings: Settings = app.config["SETTINGS"]
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    app.config["RATELIMIT_STORAGE_URI"] = storage_uri(settings)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    app.config["RATELIMIT_KEY_PREFIX"] = settings.index_prefix
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)


def storage_uri(settings: Settings) -> str:
    """The broker's address in the spelling of the `limits` library."""
    url = settings.redis_client_url
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url


def limited(
    name: str, field: str | None = None, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Any], Any]:
    """Decorate a view with the named limit, by address and, with `field`, by the value of that form field.

    The field's value (an e-mail address) is hashed: the counter store holds no personal data. Spellings that name the
    same account (full-width letters, a domain in another form) count together.
    """
    by_address, by_value = LIMITS[name]

    def key() -> str:
        value = request.form.get(str(field), "").strip()[:254]
        with suppress(InputError):
            value = clean_email(value)
        return hashlib.sha256(value.casefold().encode()).hexdigest()[:32]

    def decorate(view: Any) -> Any:
        chosen = limiter.limit(by_address, methods=list(methods), scope=name)(view)
        if field is None:
            return chosen
        return limiter.limit(by_value, key_func=key, methods=list(methods), scope=f"{name}:{field}")(chosen)

    return decorate


def seconds_until_allowed(window: int) -> int:
    """Whole seconds until the limit that was just hit lets a request through again; at most its `window`."""
    current = limiter.current_limit
    left = math.ceil(current.reset_at - time.time()) if current is not None else window
    return min(max(1, left), window)
