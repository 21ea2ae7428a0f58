"""A real Celery worker over a real broker, and what happens when its processes die."""

import pickle
from pathlib import Path

from sqlalchemy import func, select

from config.settings import Settings
from matcher.db import reading
from matcher.models import Delivery, OutboxItem, Stage
from tests import factories
from tests.faults.conftest import Start, wait_until
from tests.unit.workers.carrying import carry, item, matches, waiting
from workers import waking
from workers.app import QUEUE, app

HOOKS = ("--include", "tests.faults.hooks")


def published_pair() -> tuple[int, int]:
    return (
        factories.published(factories.enterprise(), "need"),
        factories.published(factories.institute(), "achievement"),
    )


def stages() -> dict[int, str]:
    with reading() as session:
        return {row.id: row.stage for row in session.scalars(select(OutboxItem))}


def handed(seconds: float = 40.0) -> float:
    """Hand over as the relay does, until every item is done or parked."""

    def step() -> bool:
        waking.hand_over()
        return set(stages().values()) <= {Stage.DONE, Stage.DEAD}

    return wait_until(step, seconds, lambda: str(stages()))


def test_killed_process(settings: Settings, broker: str, celery: None, start: Start, tmp_path: Path) -> None:
    """27: SIGKILL of the pool process in the middle of a task: the task completes in another process."""
    published_pair()
    carry(settings)
    once = tmp_path / "once"
    once.touch()
    worker = start("worker", *HOOKS, KILL_ONCE=str(once))
    number = waiting()[0]
    waking.send("match_item", number, 0)
    wait_until(lambda: item(number).stage == Stage.DONE, 30, lambda: worker.output[-2000:])
    assert not once.exists()
    assert item(number).attempts == 2
    handed()
    assert len(matches()) == 1


def test_poison(settings: Settings, broker: str, celery: None, start: Start) -> None:
    """30: an item that kills its process is parked after some attempts; the others go on."""
    need, _ = published_pair()
    carry(settings)
    poison, good = waiting()
    worker = start("worker", *HOOKS, KILL_ALWAYS=f"need-{need}")
    waking.send("match_item", poison, 0)
    waking.send("match_item", good, 0)
    wait_until(lambda: item(good).stage == Stage.DONE, 40, lambda: worker.output[-2000:])
    handed()
    assert item(poison).stage == Stage.DEAD
    assert len(matches()) == 1
    assert worker.running


def test_forked_process_encodes(
    settings: Settings, broker: str, celery: None, start: Start, tmp_path: Path
) -> None:
    """A forked pool process loads the model and encodes; it would hang if the model had been used before the fork."""
    worker = start("worker", *HOOKS)
    result = tmp_path / "vector"
    app.send_task("tests.faults.hooks.encode", args=[str(result)], queue=QUEUE)
    wait_until(lambda: result.exists() and result.read_text(), 60, lambda: worker.output[-2000:])
    size, process = map(int, result.read_text().split())
    assert size == 384
    assert process != worker.pid


def test_pickle_is_refused(
    settings: Settings, broker: str, celery: None, start: Start, tmp_path: Path
) -> None:
    """26: a message in pickle is not even read; the worker goes on with the next."""
    factories.add_person()
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (trap,)

    worker = start("worker")
    with app.connection_for_write() as connection:
        producer = connection.Producer()
        body = pickle.dumps(((), {}, {"x": Trap()}))
        headers = {"task": "workers.tasks.purge", "id": "1"}
        producer.publish(
            body,
            exchange=QUEUE,
            routing_key=QUEUE,
            declare=[app.amqp.queues[QUEUE]],
            content_type="application/x-python-serialize",
            content_encoding="binary",
            headers=headers,
        )
    published_pair()
    carry(settings)
    handed()
    assert not trap.exists()
    assert worker.running
    assert "ContentDisallowed" in worker.output or "Refusing to deserialize" in worker.output


def test_beat_twice(settings: Settings, broker: str, celery: None, start: Start, tmp_path: Path) -> None:
    """32: with two schedulers, and two worker processes, the digest is planned once for each recipient."""
    need, achievement = published_pair()
    factories.matched(need, achievement)
    # due from the first minute of the week on, so that the test holds on every day
    worker = start("worker", "--concurrency", "2", DIGEST_HOUR="0")
    for number in range(2):
        start("scheduler", "--schedule", str(tmp_path / f"beat{number}"), app="tests.faults.fast_beat")
    wait_until(lambda: worker.output.count("plan_digest") >= 8, 40, lambda: worker.output[-2000:])
    with reading() as session:
        found = session.execute(
            select(Delivery.user_id, func.count()).where(Delivery.kind == "digest").group_by(Delivery.user_id)
        ).all()
    assert sorted(map(tuple, found)) == [(1, 1), (2, 1)]
