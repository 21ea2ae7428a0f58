"""The relay as a real process, with and without its broker and its model."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config.settings import Settings
from indexes import pulse
from matcher import clock, db
from matcher.db import reading, transaction
from matcher.models import Delivery, DeliveryState, NamedValue, OutboxItem, Stage
from tests import factories
from tests.faults.conftest import Start, wait_until
from tests.servers.process import ServerProcess
from tests.unit.workers.carrying import item, matches
from workers import matching, relay, waking


def stages() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(OutboxItem.stage)))


def mails() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(Delivery.state)))


def publish() -> None:
    factories.published(factories.enterprise(), "need")
    factories.published(factories.institute(), "achievement")


@pytest.fixture
def lost_broker(own_redis: tuple[str, ServerProcess], monkeypatch: pytest.MonkeyPatch) -> ServerProcess:
    """A broker that the test may end; settings name it."""
    monkeypatch.setenv("REDIS_URL", own_redis[0])
    return own_redis[1]


def test_broker_stopped_and_started_empty(
    lost_broker: ServerProcess, settings: Settings, start: Start
) -> None:
    """31, 85: with the broker away forms work and the index follows; when it is back, empty, matches and mail do."""
    carrier = start("relay")
    worker = start("worker")
    publish()
    wait_until(lambda: stages() == {Stage.DONE}, 60, lambda: carrier.output[-2000:] + worker.output[-2000:])
    assert len(matches()) == 1
    assert matches()[0].parts.keys() >= {"semantic"}
    lost_broker.kill()
    publish()
    wait_until(lambda: stages() == {Stage.DONE, Stage.MATCH}, 30, lambda: carrier.output[-2000:])
    assert DeliveryState.PLANNED in mails()
    lost_broker.start()
    wait_until(lambda: stages() == {Stage.DONE}, 60, lambda: carrier.output[-2000:] + worker.output[-2000:])
    wait_until(lambda: mails() == {DeliveryState.SENT}, 60, lambda: worker.output[-2000:])
    assert len(matches()) == 4
    with reading() as session:
        assert session.get_one(NamedValue, pulse.PULSE).value["pid"] == carrier.pid
    assert carrier.stop() == 0
    assert "relay: ended" in carrier.output
    assert any((settings.data_dir / "mail").glob("*.eml"))


def test_what_a_killed_relay_held_is_not_waited_for(settings: Settings, start: Start) -> None:
    """5: on one machine the next relay takes over at once, without waiting for the lease to run out."""
    publish()
    with transaction() as session:
        for held in session.scalars(select(OutboxItem)):
            held.claimed_until = clock.now() + timedelta(hours=1)
    carrier = start("relay")
    wait_until(lambda: stages() <= {Stage.DONE, Stage.MATCH}, 60, lambda: carrier.output[-2000:])


def test_broker_that_was_never_there(lost_broker: ServerProcess, settings: Settings, celery: None) -> None:
    """85: a tick without a broker does everything else, and asks the broker again only after a pause."""
    lost_broker.kill()
    carrier = relay.Relay(relay.open_engine(settings), None)
    publish()
    while carrier.tick():
        pass
    carrier.tick()
    assert Stage.MATCH in stages()
    with pytest.raises(waking.BROKER_ERRORS):
        waking.hand_over()


def test_model_is_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """88: without its model the platform matches by words alone, and says so in one clear line."""
    poor = settings.model_copy(update={"embedding_model": "/no/such/folder"})
    monkeypatch.setattr(matching, "get_settings", lambda: poor)
    monkeypatch.setattr(waking, "send", lambda *_: None)
    carrier = relay.open_relay(poor)
    assert carrier.encoder is None
    publish()
    while carrier.tick():
        pass
    with reading() as session:
        numbers = session.scalars(select(OutboxItem.id).where(OutboxItem.stage == Stage.MATCH)).all()
    for number in numbers:
        matching.match_item(number)
    assert [set(match.parts) for match in matches()] == [{"words"}]
    assert "no encoder" in "".join(capsys.readouterr())


def test_database_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the database ends no relay: it waits and tries again."""
    carrier = relay.Relay(relay.open_engine(settings), None)

    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(relay.sync, "step", away)
    assert carrier._guarded_tick() == relay.TROUBLE_SECONDS


def test_handed_over_once_and_again_when_lost(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """31: an item is handed over once, and again when nobody took it in time; few are in flight at once."""
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(waking, "send", lambda *arguments: sent.append(arguments))
    person = factories.enterprise()
    for _ in range(waking.IN_FLIGHT + 2):
        factories.draft(person, "need")
    with transaction() as session:
        for row in session.scalars(select(OutboxItem)):
            row.stage, row.priority = Stage.MATCH, 10
        session.get_one(OutboxItem, waking.IN_FLIGHT + 2).priority = 0
    assert waking.hand_over() == waking.IN_FLIGHT
    assert sent[0] == ("match_item", waking.IN_FLIGHT + 2, 0)
    assert waking.hand_over() == 0
    with clock.at(clock.now() + timedelta(seconds=waking.HANDED_SECONDS + 1)):
        assert waking.hand_over() == waking.IN_FLIGHT
    assert item(waking.IN_FLIGHT + 2).attempts == 0


def test_relay_ends_on_request(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """`main` runs until its signal handler is called, and leaves the loop after the step under way."""
    handlers: list[object] = []
    monkeypatch.setattr(relay, "warm", lambda _encoder: None)

    def install(_number: int, handler: object) -> None:
        handlers.append(handler)
        handler()  # type: ignore[operator]

    relay.main(install)
    assert len(handlers) == 2
    db.configure(settings)
