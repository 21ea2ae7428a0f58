"""Views, expiry and removal."""

from datetime import date, timedelta

import pytest
import redis
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock, views
from matcher.db import reading, transaction
from matcher.models import Delivery, DeliveryState, Match, NamedValue, Need, OutboxItem, Stage, ViewCount
from matcher.vocabulary import MatchState, RecordState
from tests import factories
from workers import housekeeping


def counted() -> dict[tuple[str, int, date], tuple[int, int]]:
    with reading() as session:
        return {
            (row.kind, row.record_id, row.day): (row.shown, row.opened)
            for row in session.scalars(select(ViewCount))
        }


DAY = date(2026, 11, 24)


def test_views_are_added_once(settings: Settings, broker: str) -> None:
    """Counts in Redis reach the table, each once, and counting goes on beside."""
    with redis.Redis.from_url(broker) as client:
        key = f"{settings.index_prefix}:views"
        client.hset(key, mapping={"need:12:2026-11-24:shown": 5, "need:12:2026-11-24:opened": 2})
        assert housekeeping.flush_views(settings) == 1
        assert housekeeping.flush_views(settings) == 0
        client.hset(key, mapping={"need:12:2026-11-24:opened": 1, "expert:3:2026-11-24:shown": 1})
        housekeeping.flush_views(settings)
        assert client.keys(f"{key}*") == []
    assert counted() == {("need", 12, DAY): (5, 3), ("expert", 3, DAY): (1, 0)}


def test_batch_cut_off_after_its_commit_is_not_added_again(settings: Settings, broker: str) -> None:
    """A worker that died between the table and Redis leaves a batch whose name is known."""
    with redis.Redis.from_url(broker) as client:
        client.hset(f"{settings.index_prefix}:views:abc", "need:1:2026-11-24:shown", 4)
        views.add_views("abc", {"need:1:2026-11-24:shown": 4})
        housekeeping.flush_views(settings)
        assert client.keys(f"{settings.index_prefix}:views*") == []
    assert counted() == {("need", 1, DAY): (4, 0)}


@pytest.mark.parametrize(
    "field",
    ["", "need", "need:x:2026-11-24:shown", "need:1:yesterday:shown", "need:1:2026-11-24:bought",
     "user:1:2026-11-24:shown", "need:-1:2026-11-24:shown", "need:²:2026-11-24:shown"],
)  # fmt: skip
def test_odd_fields_are_left_out(field: str) -> None:
    """What is no count of ours is not added."""
    assert views.parse({field: 1}) == {}


def test_batches_are_forgotten(settings: Settings) -> None:
    """Names of batches are kept for a week."""
    views.add_views("old", {})
    with clock.at(clock.now() + timedelta(days=8)):
        views.add_views("new", {})
        assert views.forget_batches() == 1
    with reading() as session:
        assert session.scalars(select(NamedValue.name)).all() == ["views:new"]


def test_expiry(settings: Settings) -> None:
    """A record whose validity has ended leaves the platform, with its matches; one that is valid stays."""
    enterprise, institute = factories.enterprise(), factories.institute()
    need, achievement = factories.published(enterprise, "need"), factories.published(institute, "achievement")
    match = factories.matched(need, achievement)
    with transaction() as session:
        session.get_one(Need, need).valid_until = clock.today(settings.zone) - timedelta(days=1)
    assert housekeeping.expire_records(settings) == 1
    assert housekeeping.expire_records(settings) == 0
    assert factories.load("need", need).state == RecordState.EXPIRED
    assert factories.load("achievement", achievement).state == RecordState.PUBLISHED
    with reading() as session:
        found = session.get_one(Match, match)
        assert (found.state, found.closed_reason) == (MatchState.CLOSED, "expired")


def test_purge(settings: Settings) -> None:
    """Finished items go after a month, waiting and parked ones never."""
    enterprise = factories.enterprise()
    for _ in range(3):
        factories.draft(enterprise, "need")
    with transaction() as session:
        items = list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))
        for item, stage in zip(items, (Stage.DONE, Stage.DEAD, Stage.INDEX), strict=True):
            item.stage, item.done_at = stage, clock.now() - timedelta(days=31)
    assert housekeeping.purge() == 1
    with reading() as session:
        assert session.scalars(select(OutboxItem.stage).order_by(OutboxItem.id)).all() == ["dead", "index"]


def test_texts_of_old_mails_are_emptied(settings: Settings) -> None:
    """After 90 days what a mail said goes; its row with kind, subject and outcome stays, and so do younger texts."""
    factories.enterprise()
    factories.enterprise()
    with transaction() as session:
        for delivery, days in zip(session.scalars(select(Delivery).order_by(Delivery.id)), (91, 89), strict=True):
            delivery.subject, delivery.text = "主题", "正文"
            delivery.created_at = clock.now() - timedelta(days=days)
    assert housekeeping.purge() == 1
    with reading() as session:
        kept = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        assert [(each.subject, each.text) for each in kept] == [("主题", ""), ("主题", "正文")]


def test_purge_keeps_mails_that_went_out(settings: Settings) -> None:
    """Only mails that were not sent are forgotten, after more than a year."""
    factories.enterprise()
    with transaction() as session:
        session.get_one(Delivery, 1).created_at = clock.now() - timedelta(days=500)
    housekeeping.purge()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
        session.get_one(Delivery, 1).state = DeliveryState.SKIPPED
    assert housekeeping.purge() == 1
