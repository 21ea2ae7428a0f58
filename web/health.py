"""Is the portal alive, and may it be sent traffic? No secrets, no names of machines, no stack traces."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import redis
import structlog
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text

from config.settings import Settings
from indexes import pulse
from indexes.opening import fitness
from indexes.sync import backlog
from matcher import clock, db, migrations, reranking
from matcher.models import Stage
from web.index import index

log = structlog.get_logger()
blueprint = Blueprint("health", __name__)
SILENT_SECONDS = 120.0  # a relay beats every ten seconds, later only while the index lets it wait for its time limit


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
    findings = {name: guarded(name, check) for name, check in CHECKS.items()}
    statuses = {finding.status for finding in findings.values()}
    status = "failed" if "failed" in statuses else "degraded" if "degraded" in statuses else "ok"
    response = jsonify(status=status, checks={name: found._asdict() for name, found in findings.items()})
    response.status_code = 503 if status == "failed" else 200
    response.headers["Cache-Control"] = "no-store"
    return response


def guarded(name: str, check: Callable[[Settings], Finding]) -> Finding:
    """The check's finding; a check that breaks is a finding too."""
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
    """The oldest item waiting for the index is younger than the alert age; parked items are said."""
    with db.reading() as session:
        counts, age = backlog(session)
    if age > settings.outbox_alert_seconds:
        return Finding("degraded", f"oldest item waits {age:.0f} s")
    parked = counts.get(Stage.DEAD, 0)
    return Finding("degraded", f"{parked} parked") if parked else OK


def check_relay(_settings: Settings) -> Finding:
    """A relay gave a sign of life lately; without one changes are stored but reach neither index nor matching."""
    with db.reading() as session:
        last = pulse.last_beat(session)
    if last is None:
        return Finding("degraded", "never seen")
    silent = (clock.now() - last).total_seconds()
    return Finding("degraded", f"silent for {silent:.0f} s") if silent > SILENT_SECONDS else OK


def check_index(_settings: Settings) -> Finding:
    """The live index answers and was made as it would be made now; else a rebuild is needed."""
    opened = index()
    found = fitness(opened.engine, opened.encoder)
    if found.rebuild_needed:
        return Finding("degraded", f"rebuild needed: {', '.join(found.differs)}")
    return OK


def check_encoder(_settings: Settings) -> Finding:
    """The encoder could be opened; without it search and matching go by words alone."""
    return OK if index().encoder is not None else Finding("degraded", "no encoder: words only")


def check_reranker(settings: Settings) -> Finding:
    """The optional second reading of matches, where one is set, answered last time; without it the order stands as it is."""
    if not settings.reranker_model:
        return Finding("ok", "off")
    with db.reading() as session:
        reason = reranking.trouble(session, settings.reranker_model)
    if reason is None:
        return Finding("ok", "not asked yet")
    return Finding("degraded", f"matches without it: {reason}") if reason else OK


REQUIRED = ("database", "migrations")
CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "database": check_database,
    "migrations": check_migrations,
    "broker": check_broker,
    "outbox": check_outbox,
    "relay": check_relay,
    "index": check_index,
    "encoder": check_encoder,
    "reranker": check_reranker,
}
