"""How often records are shown and opened, counted outside the database: a GET writes nothing there.

A field of the Redis hash `<prefix>:views` is `need:12:2026-11-24:opened`. A worker takes the hash and adds it to the
table. Without Redis this process counts in memory and hands its counts over as soon as Redis is back.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

import redis
from flask import Flask, current_app

from config.settings import Settings
from matcher import clock

HASH = "views"
MOST_WAITING = 100_000  # fields kept in memory while Redis is away; then the oldest counts give way


class ViewsCounter:
    """Counts in Redis, else in memory. Thread-safe; never raises and never waits longer than its timeout."""

    def __init__(self, settings: Settings) -> None:
        self._key = f"{settings.index_prefix}:{HASH}"
        self._zone = settings.zone
        self._client = redis.Redis.from_url(
            settings.redis_client_url, socket_connect_timeout=0.2, socket_timeout=0.2, decode_responses=True
        )
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, records: Iterable[tuple[str, int]], what: str) -> None:
        """Add one for each (kind, id); `what` is `shown` (in a list) or `opened` (its page)."""
        day = clock.today(self._zone).isoformat()
        with self._lock:
            self._waiting.update(f"{kind}:{record_id}:{day}:{what}" for kind, record_id in records)
            waiting, self._waiting = self._waiting, Counter()
        if waiting and not self._push(waiting):
            with self._lock:
                self._waiting.update(waiting)
                while len(self._waiting) > MOST_WAITING:
                    self._waiting.popitem()

    def _push(self, counts: Counter[str]) -> bool:
        try:
            pipe = self._client.pipeline(transaction=True)
            for field, count in counts.items():
                pipe.hincrby(self._key, field, count)
            pipe.execute()
        except redis.RedisError:
            return False
        return True

    @property
    def waiting(self) -> dict[str, int]:
        """What has not reached Redis yet."""
        with self._lock:
            return dict(self._waiting)


def init_app(app: Flask) -> None:
    """One counter for each application."""
    app.extensions["views_counter"] = ViewsCounter(app.config["SETTINGS"])


def count_views(records: Iterable[tuple[str, int]], what: str) -> None:
    """Count in the current application's counter."""
    counter: ViewsCounter = current_app.extensions["views_counter"]
    counter.count(records, what)
