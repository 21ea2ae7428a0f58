"""The tasks, thin: numbers in, nothing out. Each may run twice, late or beside itself."""

from __future__ import annotations

from celery import current_task

from config.settings import get_settings
from workers.app import MATCH_HARD_SECONDS, MATCH_SOFT_SECONDS, task


@task(soft_time_limit=MATCH_SOFT_SECONDS, time_limit=MATCH_HARD_SECONDS)
def match_item(item_id: int, attempt: int | None = None) -> None:
    """Compute the matches of one outbox item. A message that comes back because its process died is taken again."""
    from workers import matching

    returned = bool((current_task.request.delivery_info or {}).get("redelivered"))
    matching.match_item(item_id, None if returned else attempt)


@task()
def match_pending() -> None:
    """Hand over items that wait for matching and that the relay has not."""
    from workers import waking

    waking.hand_over()


@task()
def plan_digest() -> None:
    """Plan this week's digest once its hour has come, unless that has been done."""
    from workers import digest

    digest.plan_due(get_settings())


@task()
def send_deliveries() -> None:
    """Send the mails that are due."""
    from workers import mailer

    mailer.send_due(get_settings())


@task()
def sweep_deliveries() -> None:
    """Mark mails whose sending was cut off as unknown."""
    from matcher.actions import deliveries

    deliveries.sweep()


@task()
def flush_views() -> None:
    """Add the views counted in Redis to the table."""
    from workers import housekeeping

    housekeeping.flush_views(get_settings())


@task()
def run_clocks() -> None:
    """What must not wait: auctions that end, notices that are over."""
    from workers import clocks

    clocks.run_minutely(get_settings())


@task()
def run_nightly_clocks() -> None:
    """Reminders, escalations and expiries of the day, unless that has been done."""
    from workers import clocks

    clocks.run_nightly(get_settings())


@task()
def expire_records() -> None:
    """Take records whose validity has ended off the platform."""
    from workers import housekeeping

    housekeeping.expire_records(get_settings())


@task()
def refresh_snapshot() -> None:
    """Renew the corpus statistics that scores are computed with."""
    from workers import matching

    matching.refresh_snapshot()


@task()
def purge() -> None:
    """Remove what nobody needs any more: finished outbox items, old skipped mails, names of view batches."""
    from workers import housekeeping

    housekeeping.purge()
