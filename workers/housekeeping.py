"""Small daily and minutely work: views, expiry, removal of what nobody needs."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import redis
import structlog
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock, views
from matcher.actions.records import expire_record
from matcher.actor import SYSTEM
from matcher.db import in_transaction, reading, refresh_statistics
from matcher.errors import Refused
from matcher.models import MODELS, Delivery, DeliveryState, OutboxItem, Stage
from matcher.vocabulary import RecordState

VIEWS = "views"  # the portal counts into the hash <prefix>:views
DONE_DAYS = 30
SKIPPED_DAYS = 400
MAIL_TEXT_DAYS = 90  # long enough to answer "what did you write to me?"
CHUNK = 1000
REDIS_SECONDS = 5.0
log = structlog.get_logger()


def flush_views(settings: Settings) -> int:
    """Add what the portal counted to the table; how many batches.

    The hash is first renamed, so that counting goes on; a batch is removed only after it was added, and its name is
    remembered, so that one which was cut off in between is neither lost nor added twice.
    """
    prefix = f"{settings.index_prefix}:{VIEWS}"
    with redis.Redis.from_url(
        settings.redis_client_url, socket_timeout=REDIS_SECONDS, decode_responses=True
    ) as client:
        if client.exists(prefix):
            _take(client, prefix)
        names = sorted(client.scan_iter(f"{prefix}:*"))
        for name in names:
            counts = client.hgetall(name)
            views.add_views(name.rpartition(":")[2], {field: int(count) for field, count in counts.items()})
            client.delete(name)
    return len(names)


def _take(client: redis.Redis, key: str) -> None:
    try:
        client.rename(key, f"{key}:{secrets.token_hex(8)}")
    except redis.ResponseError:  # another worker took it in between
        log.debug("views: taken by another worker")


def expire_records(settings: Settings) -> int:
    """Take every record whose validity has ended off the platform; how many."""
    today = clock.today(settings.zone)
    with reading() as session:
        ended = [
            (kind, record_id)
            for kind, model in MODELS.items()
            for record_id in session.scalars(
                select(model.id).where(model.state == RecordState.PUBLISHED, model.valid_until < today)
            )
        ]
    count = 0
    for kind, record_id in ended:
        try:
            expire_record(SYSTEM, kind, record_id)
        except Refused:  # confirmed or withdrawn in between
            continue
        count += 1
    return count


def purge() -> int:
    """Remove outbox items done, mails skipped and texts of mails sent long ago; how many rows. The database looks at the rest."""
    moment = clock.now()
    done = _remove(
        OutboxItem, OutboxItem.stage == Stage.DONE, OutboxItem.done_at < moment - timedelta(days=DONE_DAYS)
    )
    skipped = _remove(
        Delivery,
        Delivery.state == DeliveryState.SKIPPED,
        Delivery.created_at < moment - timedelta(days=SKIPPED_DAYS),
    )
    emptied = _empty_mails(moment - timedelta(days=MAIL_TEXT_DAYS))
    forgotten = views.forget_batches()
    refresh_statistics()
    return done + skipped + emptied + forgotten


def _empty_mails(before: datetime) -> int:
    """Remove the texts of mails planned before that moment; their rows stay."""

    def work(session: Session) -> int:
        found = session.execute(
            update(Delivery).where(Delivery.created_at < before, Delivery.text != "").values(text="")
        )
        assert isinstance(found, CursorResult)
        return found.rowcount

    return in_transaction(work)


def _remove(model: type[OutboxItem | Delivery], *conditions: object) -> int:
    total = 0
    while True:

        def work(session: Session) -> int:
            ids = list(session.scalars(select(model.id).where(*conditions).limit(CHUNK)))  # type: ignore[arg-type]
            done = session.execute(delete(model).where(model.id.in_(ids)))
            assert isinstance(done, CursorResult)
            return done.rowcount

        removed = in_transaction(work)
        total += removed
        if removed < CHUNK:
            return total
