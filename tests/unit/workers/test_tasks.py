"""Rules that hold for every task and every line of the calendar."""

import inspect
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from celery import Task
from celery.schedules import crontab
from sqlalchemy import text

from cli import roles
from config.settings import Settings, load_settings
from matcher import db
from tests import factories
from tests.unit.workers.carrying import carry, waiting
from workers import app as application
from workers import tasks  # noqa: F401  registers the tasks
from workers.app import app, celery_settings
from workers.schedule import SCHEDULE

OURS = sorted(name for name in app.tasks if name.startswith("workers."))
PRIMITIVES = {"int", "str", "float", "bool", "None"}


@pytest.fixture(params=OURS)
def task(request: pytest.FixtureRequest) -> Task:
    """Each task of the registry in turn."""
    found: Task = app.tasks[request.param]
    return found


def test_there_are_tasks() -> None:
    """The registry is not empty by mistake."""
    assert "workers.tasks.match_item" in OURS
    assert len(OURS) >= 9


def test_time_limits(task: Task) -> None:
    """25: every task has a time limit, and it is below the visibility timeout by more than the broker's sweep."""
    conf = celery_settings(load_settings())
    hard = task.time_limit or conf["task_time_limit"]
    soft = task.soft_time_limit or conf["task_soft_time_limit"]
    assert 0 < soft < hard < conf["broker_transport_options"]["visibility_timeout"] - 60


def test_acknowledged_late(task: Task) -> None:
    """27: a task is acknowledged after its end, and comes back when its process dies."""
    conf = celery_settings(load_settings())
    assert conf["task_acks_late"]
    assert conf["task_reject_on_worker_lost"]
    assert task.acks_late in {None, True}


def test_arguments_are_primitives(task: Task) -> None:
    """26: tasks take JSON primitives alone."""
    for parameter in inspect.signature(task.run).parameters.values():
        assert set(str(parameter.annotation).replace(" ", "").split("|")) <= PRIMITIVES, parameter


def test_only_json_is_accepted() -> None:
    """26: a message in pickle is refused."""
    conf = celery_settings(load_settings())
    assert conf["accept_content"] == conf["result_accept_content"] == ["json"]
    assert conf["task_serializer"] == "json"


@pytest.mark.parametrize("entry", SCHEDULE.values(), ids=SCHEDULE)
def test_scheduled_tasks_exist(entry: dict[str, object]) -> None:
    """33: every scheduled task exists."""
    assert entry["task"] in OURS


def test_every_queue_has_a_consumer() -> None:
    """33: the worker's start command consumes the one queue that everything is sent to."""
    command = roles.worker(load_settings())
    assert not {"-Q", "--queues", "-X", "--exclude-queues"} & set(command)
    assert celery_settings(load_settings())["task_default_queue"] == application.QUEUE
    assert all(
        entry.get("options", {}).get("queue", application.QUEUE) == application.QUEUE
        for entry in SCHEDULE.values()
    )


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
)
def test_no_daily_task_at_an_hour_that_summer_time_touches(zone: str) -> None:
    """34: no daily task lies in an hour that is skipped, comes twice, or changes the day with summer time."""
    assert zone in available_timezones()
    local = ZoneInfo(zone)
    for entry in SCHEDULE.values():
        if not isinstance(entry["schedule"], crontab):
            continue
        for hour, minute in ((h, m) for h in entry["schedule"].hour for m in entry["schedule"].minute):
            for day in range(366):
                naive = datetime(2026, 1, 1, hour, minute) + timedelta(days=day)  # noqa: DTZ001
                one, two = naive.replace(tzinfo=local), naive.replace(tzinfo=local, fold=1)
                assert one.utcoffset() == two.utcoffset()
                assert one.astimezone(UTC).astimezone(local).replace(tzinfo=None) == naive


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, "redis+socket://"),
        ("unix:///tmp/x.sock", "redis+socket:///tmp/x.sock"),
        ("redis://h:6379/1", "redis://h:6379/1"),
    ],
)
def test_broker_address(url: str | None, expected: str) -> None:
    """The broker's address in each form that the setting allows."""
    assert application.broker_address(load_settings(redis_url=url)).startswith(expected)


def tables() -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but times of life signs and the audit trail."""
    with db.reading() as session:
        names = [row[0] for row in session.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))]
        skip = {"named_values", "audit_events", "sqlite_sequence", "corpus_snapshots"}
        return {
            name: sorted(map(tuple, session.execute(text(f"SELECT * FROM {name}"))), key=repr)  # noqa: S608
            for name in names
            if name not in skip
        }


def test_every_task_may_run_twice(task: Task, settings: Settings, broker: str) -> None:
    """24: a task that runs again changes nothing that it has not changed the first time."""
    import redis

    enterprise, institute = factories.enterprise(), factories.institute()
    need, achievement = factories.published(enterprise, "need"), factories.published(institute, "achievement")
    factories.matched(need, achievement)
    with redis.Redis.from_url(broker) as client:
        client.hset(f"{settings.index_prefix}:views", f"need:{need}:2026-11-24:opened", 3)
    carry(settings)
    arguments = [waiting()[0]] if task.name.endswith("match_item") else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.waking.send", lambda *_: None)  # the broker's part is tested on its own
        task(*arguments)
        first = tables()
        task(*arguments)
    assert tables() == first
