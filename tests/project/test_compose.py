"""compose.yaml is true: the roles start with exactly its commands, against real servers."""

import http.client
import json
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from sqlalchemy import select

from config.settings import Settings, load_settings
from matcher import db
from matcher.models import OutboxItem, Stage
from tests import factories
from tests.fixtures.platform import _delete_indices, environment_of
from tests.servers.postgres import new_database
from tests.servers.process import ServerProcess, free_port
from tests.servers.smtp import MailServer

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
ROLES = ("portal", "worker", "relay", "scheduler")
# What a machine has instead of the other containers.
REPLACED = {
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ELASTICSEARCH_URL",
    "SMTP_URL",
    "PUBLIC_URL",
    "PROXY_COUNT",
    "HOST",
}


Start = Callable[[str, Callable[[], bool]], ServerProcess]


def command(service: str) -> list[str]:
    """The service's command as compose runs it."""
    return shlex.split(COMPOSE["services"][service]["command"])


def test_every_role_is_a_service_of_the_one_image() -> None:
    for service in (*ROLES, "prepare"):
        assert COMPOSE["services"][service]["image"] == "daqiao"


def test_services_name_known_settings_only() -> None:
    for service in (*ROLES, "prepare"):
        names = set(COMPOSE["services"][service]["environment"])
        assert names <= {name.upper() for name in Settings.model_fields}
        assert names == REPLACED


def test_ports_are_open_on_this_machine_only() -> None:
    for service in COMPOSE["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_backing_services_have_health_checks() -> None:
    for name in ("postgres", "redis", "elasticsearch", "portal", "worker"):
        assert COMPOSE["services"][name]["healthcheck"]["test"]


@pytest.fixture
def production(
    postgres_url: str,
    redis_url: str,
    elasticsearch_url: str,
    smtp_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[dict[str, str]]:
    """The environment of compose.yaml with real servers of this machine in place of the containers."""
    port = free_port()
    with ExitStack() as stack:
        values = {
            "ENVIRONMENT": "production",
            "DATABASE_URL": stack.enter_context(new_database(postgres_url)),
            "REDIS_URL": redis_url,
            "ELASTICSEARCH_URL": elasticsearch_url,
            "INDEX_PREFIX": f"compose-{port}",
            "SMTP_URL": smtp_server.url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "LOG_LEVEL": "INFO",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        stack.callback(_delete_indices, elasticsearch_url, values["INDEX_PREFIX"])
        yield environment_of(load_settings())


@pytest.fixture
def start(production: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start a service with its own command; all are ended afterwards."""
    with ExitStack() as stack:

        def run(service: str, ready: Callable[[], bool]) -> ServerProcess:
            process = ServerProcess(command(service), ready, tmp_path / f"{service}.log", env=production)
            return stack.enter_context(process)

        yield run


def get(environment: dict[str, str], path: str) -> tuple[int, str]:
    """Status and body of a page of the portal."""
    connection = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def titles(environment: dict[str, str], path: str) -> list[str]:
    """Titles that the API's search answers; none while it cannot."""
    status, body = get(environment, path)
    return [item["title"] for item in json.loads(body)["items"]] if status == HTTPStatus.OK else []


def wait_for(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask until it holds or the time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def newest_item(kind: str, record_id: int) -> tuple[str, str]:
    """Where the newest outbox item of that record stands, and its last error."""
    with db.reading() as session:
        items = select(OutboxItem).where(OutboxItem.kind == kind, OutboxItem.record_id == record_id)
        item = session.scalars(items.order_by(OutboxItem.id.desc()).limit(1)).one()
        return str(item.stage), item.last_error


@pytest.mark.timeout(300)
def test_the_roles_start_with_these_commands(
    production: dict[str, str], start: Start, tmp_path: Path
) -> None:
    prepared = subprocess.run(command("prepare"), env=production, capture_output=True, text=True, check=True)
    assert production["PUBLIC_URL"] in prepared.stdout, "the link of the first administrator"

    relay = start("relay", lambda: True)
    worker = start("worker", lambda: "ready." in (tmp_path / "worker.log").read_text(encoding="utf-8"))
    scheduler = start(
        "scheduler", lambda: "beat: Starting" in (tmp_path / "scheduler.log").read_text(encoding="utf-8")
    )
    portal = start("portal", lambda: get(production, "/readyz")[0] == HTTPStatus.OK)

    settings = load_settings()
    db.configure(settings)
    title = "铝合金车身激光焊接气孔控制"
    need = factories.published(factories.enterprise(), "need", title=title)
    search = f"/api/v1/search?q={quote('激光焊接')}"
    found = wait_for(lambda: titles(production, search) == [title], 60)
    assert found, (newest_item("need", need), get(production, search), relay.output[-3000:])
    done = wait_for(lambda: newest_item("need", need)[0] == Stage.DONE, 60)
    assert done, (newest_item("need", need), worker.output[-3000:])
    for process in (portal, scheduler, relay, worker):
        assert process.stop() == 0, process.output[-3000:]
