"""The Celery application. It only wakes work: the truth about what is pending lies in the database.

Why these settings (measured on Celery 5.7 over Redis): `acks_late` alone loses the task of a killed process, hence
`task_reject_on_worker_lost`; a killed worker's tasks come back after the visibility timeout plus kombu's sweep,
hence `unacked_restore_*`; a task that outlives the visibility timeout is started a second time, hence time limits
well below it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from celery import Celery
from celery.signals import setup_logging, task_failure, worker_process_init, worker_process_shutdown

from config.collector import settle
from config.logging import configure_logging
from config.settings import Settings, get_settings

VISIBILITY_SECONDS = 600  # how long a message may be out before the broker gives it to somebody else
HARD_LIMIT_SECONDS = 300  # a task is killed after this
SOFT_LIMIT_SECONDS = 240  # a task gets an exception after this, to leave its row in order
# Matching is short. An item whose worker was killed as a whole is taken again after its hard limit, at the latest.
MATCH_SOFT_SECONDS, MATCH_HARD_SECONDS = 120, 180
BROKER_SECONDS = 1.0  # waiting for a connection to the broker
ANSWER_SECONDS = 30.0  # waiting for the broker's answer; above the longest blocking read
QUEUE = "daqiao"
F = TypeVar("F", bound=Callable[..., None])
log = structlog.get_logger()


def broker_address(settings: Settings) -> str:
    """The broker's URL as Celery writes it (a socket is redis+socket://)."""
    return settings.broker_url.replace("unix://", "redis+socket://", 1)


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration for these settings."""
    from workers.schedule import SCHEDULE

    return {
        "broker_url": broker_address(settings),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": BROKER_SECONDS,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_SECONDS,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": BROKER_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            # several installations may share one server
            "global_keyprefix": f"{settings.index_prefix}:",
        },
        "task_default_queue": QUEUE,
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": HARD_LIMIT_SECONDS,
        "task_soft_time_limit": SOFT_LIMIT_SECONDS,
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0.1},
        "worker_prefetch_multiplier": 1,
        "worker_concurrency": settings.worker_processes,
        "worker_send_task_events": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "timezone": settings.timezone,
        "enable_utc": True,
        "beat_schedule": SCHEDULE,
        "beat_schedule_filename": str(settings.data_dir.absolute() / "schedule"),
        "beat_max_loop_interval": 30,
    }


app = Celery("daqiao", include=["workers.tasks"], set_as_current=True)
# Asked for only when first needed, so that importing this module reads no setting.
app.add_defaults(lambda: celery_settings(get_settings()))


def task(**options: Any) -> Callable[[F], F]:
    """Register a function of `workers.tasks` under its own name."""

    def register(function: F) -> F:
        return cast("F", app.task(name=f"workers.tasks.{function.__name__}", **options)(function))

    return register


def _log(**_: object) -> None:
    configure_logging(get_settings(), "worker")


def _after_fork(**_: object) -> None:
    """Each process gets its own connections; the encoder loads in it on first use, never before a fork."""
    from matcher import db

    db.configure(get_settings())
    settle()


def _close(**_: object) -> None:
    from matcher import db

    with contextlib.suppress(Exception):
        db.engine().dispose()


def _report(
    sender: Any = None, task_id: str = "", exception: BaseException | None = None, args: Any = (), **_: object
) -> None:
    """Name, id, attempt and record number of a task that failed; its arguments are ids, so nothing personal is in it."""
    request = getattr(sender, "request", None)
    log.error(
        "task failed",
        task=getattr(sender, "name", "?"),
        task_id=task_id,
        attempt=getattr(request, "retries", 0) + 1,
        ids=list(args or ()),
        error=type(exception).__name__,
    )


setup_logging.connect(_log)
worker_process_init.connect(_after_fork)
worker_process_shutdown.connect(_close)
task_failure.connect(_report)
