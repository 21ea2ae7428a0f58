"""Views are counted outside the database."""

from __future__ import annotations

import redis
from flask.testing import FlaskClient

from config.settings import Settings
from tests.factories import enterprise, published
from web.app import create_app
from web.views_counter import ViewsCounter


def test_views_reach_the_hash(broker: str, settings: Settings) -> None:
    """F21: opening a page adds one to the record's field of the day."""
    need = published(enterprise(), "need")
    client: FlaskClient = create_app(settings).test_client()
    client.get("/")
    client.get(f"/needs/{need}")
    client.get(f"/needs/{need}")
    counts = redis.Redis.from_url(broker, decode_responses=True).hgetall(f"{settings.index_prefix}:views")
    what = {
        field.rpartition(":")[2]: int(count)
        for field, count in counts.items()
        if field.startswith(f"need:{need}:")
    }
    assert what == {"opened": 2, "shown": 1}


def test_counts_wait_while_the_broker_is_away(settings: Settings) -> None:
    """85: nothing is raised, and the counts are kept for later."""
    counter = ViewsCounter(settings)
    counter.count([("need", 1), ("need", 1)], "shown")
    counter.count([("need", 1)], "shown")
    assert list(counter.waiting.values()) == [3]
