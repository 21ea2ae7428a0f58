"""Loaded by the portal and the worker under test: a clock that the test sets, and a death that it orders.

CLOCK names a file with the seconds to add to the machine's time; DEATH one with the place to die at, once.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actions import deliveries


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(Path(os.environ["CLOCK"]).read_text(encoding="utf-8")))


def _die_at(place: str) -> None:
    """SIGKILL for this process if the test has ordered it for this place; the order is used up first."""
    order = Path(os.environ["DEATH"])
    if order.exists() and order.read_text(encoding="utf-8") == place:
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _dying(place: str, function: Any, *, after: bool) -> Any:
    """`function` with a death before or after it."""

    def run(*args: Any, **kwargs: Any) -> Any:
        if not after:
            _die_at(place)
        result = function(*args, **kwargs)
        if after:
            _die_at(place)
        return result

    return run


clock.now = _now
# everything is written and nothing committed; everything committed and nobody told
event.listen(Session, "before_commit", lambda _session: _die_at("before commit"))
event.listen(Session, "after_commit", lambda _session: _die_at("after commit"))
# the mail is not taken; taken; accepted by the server and not noted
deliveries.begin = _dying("mail taken", _dying("mail planned", deliveries.begin, after=False), after=True)
deliveries.sent = _dying("mail accepted", deliveries.sent, after=False)


def portal() -> Flask:
    """The portal, as gunicorn asks for it."""
    from web.app import create_app

    return create_app()
