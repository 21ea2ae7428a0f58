"""Sweeps that seal the audit trail."""

from __future__ import annotations

import structlog

from config.settings import Settings
from matcher.db import in_transaction, reading
from matcher.sealing import CHUNK, audit_head, seal_events

log = structlog.get_logger()


def seal_new_events(_settings: Settings) -> int:
    """Seal what was committed since the last minute, in small transactions; how many events."""
    return _seal(everything=False)


def seal_late_events(_settings: Settings) -> int:
    """Seal what a minute's sweep can have missed because it was committed long after it was numbered."""
    return _seal(everything=True)


def _seal(*, everything: bool) -> int:
    total = 0
    while True:
        done = in_transaction(lambda session: seal_events(session, everything=everything))
        total += done
        if done < CHUNK:
            break
    if total:
        _tell()
    return total


def _tell() -> None:
    """The chain's end into the log: kept elsewhere, it shows later whether the whole chain was made anew."""
    with reading() as session:
        head = audit_head(session)
    log.info("audit trail sealed", number=head.number, hash=head.hash)
