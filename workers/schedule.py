"""The calendar. Everything daily lies between 05:10 and 05:50 local time, which no country's summer time changes.

A task asks the database what is due, so a clock that ran twice, late or backwards does no harm.
"""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

HOUSEKEEPING_HOUR = 5  # summer time begins and ends between 00:00 and 04:00 everywhere it is kept


def _every(task: str, seconds: float) -> dict[str, Any]:
    # a tick that nobody took before the next one is worth nothing
    return {"task": f"workers.tasks.{task}", "schedule": seconds, "options": {"expires": seconds}}


def _daily(task: str, minute: int) -> dict[str, Any]:
    return {"task": f"workers.tasks.{task}", "schedule": crontab(hour=HOUSEKEEPING_HOUR, minute=minute)}


SCHEDULE: dict[str, dict[str, Any]] = {
    "match pending": _every("match_pending", 30.0),
    "send mail": _every("send_deliveries", 30.0),
    "sweep mail": _every("sweep_deliveries", 120.0),
    "add views": _every("flush_views", 60.0),
    # Asks every five minutes whether this week's digest is due: a platform that was off sends on return.
    "plan digest": _every("plan_digest", 300.0),
    "run clocks": _every("run_clocks", 60.0),
    "run nightly clocks": _every("run_nightly_clocks", 600.0),
    "expire records": _daily("expire_records", 10),
    "refresh statistics": _daily("refresh_snapshot", 20),
    "purge": _daily("purge", 40),
}
