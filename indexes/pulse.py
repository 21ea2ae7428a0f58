"""The relay's sign of life: written by the relay, read by whoever wants to know whether it still runs."""

from __future__ import annotations

import os
from datetime import datetime

from sqlalchemy.orm import Session

from matcher.clock import now
from matcher.models import NamedValue

PULSE = "relay"  # named value whose `updated_at` is the relay's last sign of life


def beat(session: Session) -> None:
    """Say that this process is alive and carries changes to the index."""
    session.merge(NamedValue(name=PULSE, value={"pid": os.getpid()}, updated_at=now()))


def last_beat(session: Session) -> datetime | None:
    """When a relay last gave a sign of life; None if there never was one."""
    found = session.get(NamedValue, PULSE)
    return found.updated_at if found else None
