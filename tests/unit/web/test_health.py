"""Alive, and ready for traffic."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import text

from config.settings import Settings, load_settings
from indexes import pulse
from matcher import clock
from matcher.db import in_transaction, transaction
from matcher.models import NamedValue, OutboxItem
from matcher.reranking import STATE
from tests.factories import draft, enterprise
from web.app import create_app
from web.health import SILENT_SECONDS


def test_alive_asks_nobody(tmp_path: Path) -> None:
    """82: /healthz is 200 with neither database nor broker."""
    client = create_app(load_settings(environment="test", data_dir=tmp_path)).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_pending_migration_refuses_traffic(client: FlaskClient) -> None:
    """90: with a migration pending /readyz is 503."""
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["migrations"]["status"] == "failed"


def test_missing_broker_is_degraded_not_failed(client: FlaskClient) -> None:
    """85: without the broker the portal takes traffic and says what is missing."""
    answer = client.get("/readyz")
    assert answer.status_code == 200
    body = answer.get_json()
    assert (body["status"], body["checks"]["broker"]["status"]) == ("degraded", "degraded")


def test_old_outbox_is_degraded(broker: str, settings: Settings) -> None:
    """13: the age of the oldest waiting item beyond the alert age shows."""
    draft(enterprise(), "need")
    client = create_app(settings).test_client()
    assert client.get("/readyz").get_json()["checks"]["outbox"]["status"] == "ok"
    with transaction() as session:
        for item in session.query(OutboxItem):
            item.created_at = clock.now() - timedelta(seconds=settings.outbox_alert_seconds + 5)
    checks = client.get("/readyz").get_json()["checks"]
    assert checks["outbox"]["status"] == "degraded"
    assert checks["broker"]["status"] == "ok"


def test_a_silent_relay_is_degraded(client: FlaskClient) -> None:
    """13: nothing waits, but nobody would carry it: the relay's last sign of life is too old, or there is none."""

    def relay() -> str:
        answer = client.get("/readyz")
        assert answer.status_code == 200
        return str(answer.get_json()["checks"]["relay"]["status"])

    assert relay() == "degraded"
    in_transaction(pulse.beat)
    assert relay() == "ok"
    with clock.at(clock.now() + timedelta(seconds=SILENT_SECONDS + 5)):
        assert relay() == "degraded"
        in_transaction(pulse.beat)
        assert relay() == "ok"


def test_readiness_tells_no_secret(client: FlaskClient, settings: Settings) -> None:
    """65: no key, password or path in /readyz."""
    told = client.get("/readyz").text
    assert settings.signing_key() not in told
    assert str(settings.data_dir) not in told


def test_a_second_reading_that_does_not_answer_is_degraded(settings: Settings, client: FlaskClient) -> None:
    """Off by default; where it is set, the reason of the last failure shows."""
    assert client.get("/readyz").get_json()["checks"]["reranker"] == {"status": "ok", "detail": "off"}
    client = create_app(settings.model_copy(update={"reranker_model": "models/reader"})).test_client()
    assert client.get("/readyz").get_json()["checks"]["reranker"] == {"status": "ok", "detail": "not asked yet"}
    with transaction() as session:
        session.add(NamedValue(name=STATE, value={"model": "models/reader", "reason": "no weights"}, updated_at=clock.now()))
    found = client.get("/readyz").get_json()["checks"]["reranker"]
    assert found == {"status": "degraded", "detail": "matches without it: no weights"}
