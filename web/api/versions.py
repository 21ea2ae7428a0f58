"""If-Match: who changes something says which version they saw."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from matcher.errors import Stale
from web.errors import problem, status_phrase

LONGEST = 10  # digits of a version


def version_seen() -> int | None:
    """The version in If-Match; None when the header is missing, -1 when it is no version."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        return None
    text = given.removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST else -1


def missing_version() -> Response:
    """428: the header is needed."""
    return problem(428, status_phrase(428), "Send the ETag that you have read as If-Match")


def overtaken() -> Response:
    """412: somebody was faster."""
    return problem(412, status_phrase(412), "Somebody changed it meanwhile; read it again")


def at_version(act: Callable[[int], object], shown: Callable[[], Response]) -> Response:
    """Do `act(version)` at the version that the caller saw, and answer what is there then."""
    version = version_seen()
    if version is None:
        return missing_version()
    try:
        act(version)
    except Stale:
        return overtaken()
    return shown()
