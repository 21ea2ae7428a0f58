"""Roles of the platform as real processes."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from kombu import pools

from cli import roles
from config.settings import Settings
from tests.fixtures.platform import environment_of
from tests.servers.process import ServerProcess
from workers.app import app, celery_settings

READY = {
    "worker": "ready.",
    "relay": "relay: started",
    "scheduler": "beat: Starting",
    "portal": "Booting worker",
}
APPS = ("workers.app", "web.app:create_app()")
Start = Callable[..., ServerProcess]


@pytest.fixture
def start(settings: Settings, tmp_path: Path) -> Iterator[Start]:
    """Start a role with this test's settings, and with what is added to its command and environment."""
    with ExitStack() as stack:

        def run(role: str, *arguments: str, app: str = "", **environment: str) -> ServerProcess:
            port = int(environment.get("PORT", settings.port))
            own = settings.model_copy(update={"port": port, "web_workers": 1, "log_level": "INFO"})
            command = [app if app and word in APPS else word for word in roles.ROLES[role](own)]
            log = tmp_path / f"{role}-{time.monotonic_ns()}.log"
            return stack.enter_context(
                ServerProcess(
                    [*command, *arguments],
                    lambda: log.exists() and READY[role] in log.read_text(errors="replace"),
                    log,
                    env={
                        **roles.environment(),
                        **environment_of(settings),
                        "LOG_LEVEL": "INFO",
                        **environment,
                    },
                    cwd=Path(__file__).parents[2],
                )
            )

        yield run


@pytest.fixture
def celery(settings: Settings) -> Iterator[None]:
    """This process publishes to this test's broker."""

    def forget() -> None:
        pools.reset()
        app._pool = app.amqp._producer_pool = None

    forget()
    app.conf.update(celery_settings(settings))
    yield
    forget()


def wait_until(holds: Callable[[], object], seconds: float = 30.0, why: Callable[[], str] = str) -> float:
    """Wait until something holds; seconds waited. Fails with `why()` when it does not."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            pytest.fail(f"not within {seconds} s: {why()}")
        time.sleep(0.05)
    return time.monotonic() - began
