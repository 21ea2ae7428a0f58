"""Is the portal alive, and may it be sent traffic? No secrets, no names of machines, no stack traces."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import redis
import structlog
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock, db, migrations
from matcher.models import OutboxItem, Stage

log = structlog.get_logger()
blueprint = Blueprint("health", __name__)


class Finding(NamedTuple):
    """What one check found: ok, degraded (the portal works, something behind it does not) or failed."""

    status: str
    detail: str = ""


OK = Finding("ok")


@blueprint.get("/healthz")
def alive() -> Response:
    """200 as long as this process answers; asks nobody."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """200 when traffic is welcome (also when degraded), 503 when a check failed."""
    findings = {name: _guarded(name, check) for name, check in CHECKS.items()}
    statuses = {finding.status for finding in findings.values()}
    status = "failed" if "failed" in statuses else "degraded" if "degraded" in statuses else "ok"
    response = jsonify(status=status, checks={name: found._asdict() for name, found in findings.items()})
    response.status_code = 503 if status == "failed" else 200
    response.headers["Cache-Control"] = "no-store"
    return response


def _guarded(name: str, check: Callable[[Settings], Finding]) -> Finding:
    started = time.monotonic()
    try:
        return check(current_app.config["SETTINGS"])
    except Exception as error:  # noqa: BLE001 - a check that breaks is a finding, not a crash
        log.warning(
            "health check failed", check=name, error=type(error).__name__, seconds=time.monotonic() - started
        )
        return Finding("failed" if name in REQUIRED else "degraded", type(error).__name__)


def check_database(_settings: Settings) -> Finding:
    """The record answers."""
    with db.reading() as session:
        session.execute(text("SELECT 1"))
    return OK


def check_migrations(_settings: Settings) -> Finding:
    """The tables are those that this code was written for; else traffic is refused."""
    return OK if migrations.is_current(db.engine()) else Finding("failed", "migration pending")


def check_broker(settings: Settings) -> Finding:
    """The broker answers; without it forms work, mail and index follow later."""
    client = redis.Redis.from_url(settings.redis_client_url, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        client.ping()
    finally:
        client.close()
    return OK


def check_outbox(settings: Settings) -> Finding:
    """The oldest waiting item is younger than the alert age; parked items are said."""
    with db.reading() as session:
        oldest, dead = outbox_state(session)
    age = (clock.now() - oldest).total_seconds() if oldest else 0
    if age > settings.outbox_alert_seconds:
        return Finding("degraded", f"oldest item waits {age:.0f} s")
    return Finding("degraded", f"{dead} parked") if dead else OK


def outbox_state(session: Session) -> tuple[datetime | None, int]:
    """When the oldest waiting item was made, and how many are parked."""
    waiting = OutboxItem.stage.not_in([Stage.DONE, Stage.DEAD])
    oldest = session.scalar(select(func.min(OutboxItem.created_at)).where(waiting))
    dead = session.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.stage == Stage.DEAD))
    return oldest, dead or 0


REQUIRED = ("database", "migrations")
CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "database": check_database,
    "migrations": check_migrations,
    "broker": check_broker,
    "outbox": check_outbox,
}
