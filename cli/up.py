"""`daqiao up`: the whole platform on one machine, every role a supervised child process."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from cli import roles
from cli.supervisor import Child, StoppedError, Supervisor
from config.settings import Settings, load_settings

BROKER_SECONDS = 15.0
READY_SECONDS = 120.0
DEMO_FOLDER = Path("demo-data")
# Started in this order and ended the other way round: portal first, broker last.
ORDER = ("relay", "worker", "scheduler", "portal")


def child_environment(demo: bool, port: int | None, data: Path | None) -> dict[str, str]:
    """The environment of all children: this one with what the command line says."""
    values = roles.environment()
    if demo:
        values["ENVIRONMENT"] = "demo"
        data = data or DEMO_FOLDER
    if data:
        values["DATA_DIR"] = str(data.absolute())
    if port:
        values["PORT"] = str(port)
        values.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    return values


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Settings as a child with that environment reads them; sets them for this process too."""
    os.environ.update(environment)
    return load_settings()


def port_is_free(host: str, port: int) -> bool:
    """Whether the portal can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def broker_answers(settings: Settings) -> bool:
    """Whether the broker takes commands."""
    import redis

    try:
        with redis.Redis.from_url(settings.redis_client_url, socket_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def portal_is_ready(settings: Settings) -> bool:
    """Whether /readyz answers 200 on this machine."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _role(name: str, environment: Mapping[str, str]) -> Child:
    # a worker finishes its running task first; the others only close what they hold
    grace = 30.0 if name == "worker" else 15.0
    return Child(name, [sys.executable, "-m", "cli.main", "run", name], environment, grace)


@click.command()
@click.option("--demo", is_flag=True, help="Use sample data in a folder of its own (demo-data).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the portal (default: the setting PORT).")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Data folder (default: DATA_DIR)."
)
@click.option("--admin", metavar="EMAIL", help="Address of the first administrator, asked for when left out.")
def up(demo: bool, port: int | None, data: Path | None, admin: str | None) -> None:
    """Start the whole platform: broker, migrations, relay, worker, scheduler and portal.

    Prints one line with the address when it is ready. A part that dies is started again and reported.
    Ctrl-C or SIGTERM ends all parts in order.
    """
    environment = child_environment(demo, port, data)
    settings = settings_of(environment)
    if "log_level" not in settings.model_fields_set:
        environment["LOG_LEVEL"] = "WARNING"  # a terminal is for what needs somebody; LOG_LEVEL=INFO shows all
    if not port_is_free(settings.host, settings.port):
        raise click.ClickException(
            f"Port {settings.port} of {settings.host} is in use; choose another with --port."
        )
    supervisor = Supervisor(report=lambda line: click.echo(line, err=True))
    with supervisor.signals():
        try:
            _start(supervisor, settings, environment, admin)
            supervisor.run()
        except StoppedError:
            click.echo("Ending …", err=True)
        finally:
            supervisor.stop_all()


def _start(
    supervisor: Supervisor, settings: Settings, environment: Mapping[str, str], admin: str | None
) -> None:
    began = time.monotonic()
    if settings.redis_url is None:
        supervisor.start(_role("broker", environment))
    if not supervisor.wait_until(lambda: broker_answers(settings), BROKER_SECONDS):
        raise click.ClickException(
            "The broker does not answer; see broker.log in the data folder and `daqiao doctor`."
        )
    prepare = [sys.executable, "-m", "cli.main", "prepare", *(["--admin", admin] if admin else [])]
    if supervisor.run_to_end(prepare, environment, interactive=True):
        raise click.ClickException("The database could not be prepared; the reason is above.")
    for name in ORDER:
        supervisor.start(_role(name, environment))
    if not supervisor.wait_until(lambda: portal_is_ready(settings), READY_SECONDS):
        raise click.ClickException("The portal does not become ready; `daqiao doctor` says more.")
    click.echo(f"Ready at {settings.public_url} after {time.monotonic() - began:.1f} s. Ctrl-C ends it.")
