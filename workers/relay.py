"""The relay: carries changes from the outbox to the index, then wakes matching and mail. `python -m workers.relay`.

One loop. Everything it does may be done twice and by two relays at once; the database decides. When the broker or
the index is away it goes on with the rest and tries again later.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from config.logging import configure_logging
from config.settings import Settings, get_settings
from indexes import pulse, sync
from indexes.engine import Engine, EngineError
from indexes.opening import encoder_or_none, open_engine
from matcher import db
from matcher.embedding import Encoder, EncoderUnavailable
from workers import waking

IDLE_SECONDS = 0.2
TROUBLE_SECONDS = 2.0  # after an error of the database or the index
BROKER_PAUSE = 5.0  # between attempts to reach a broker that is away
MAIL_PAUSE = 2.0  # between two wakings of the mailer
HEARTBEAT_SECONDS = 10.0
log = structlog.get_logger()


@dataclass
class Every:
    """Lets something through at most once in `seconds`."""

    seconds: float
    _next: float = 0.0

    def now(self) -> bool:
        """Whether it is time; if so, the time starts again."""
        moment = time.monotonic()
        if moment < self._next:
            return False
        self._next = moment + self.seconds
        return True

    def wait(self, seconds: float) -> None:
        """Not before so many seconds from now."""
        self._next = time.monotonic() + seconds


@dataclass
class Relay:
    """The loop's parts; `tick` does whatever can be done now."""

    engine: Engine
    encoder: Encoder | None
    stop: threading.Event = field(default_factory=threading.Event)
    _beat: Every = field(default_factory=lambda: Every(HEARTBEAT_SECONDS))
    _broker: Every = field(default_factory=lambda: Every(0.0))
    _mail: Every = field(default_factory=lambda: Every(MAIL_PAUSE))

    def run(self) -> None:
        """Until `stop` is set; errors are logged and tried again."""
        while not self.stop.is_set():
            self.stop.wait(self._guarded_tick())

    def _guarded_tick(self) -> float:
        try:
            return 0.0 if self.tick() else IDLE_SECONDS
        except (SQLAlchemyError, EngineError, OSError) as error:
            log.warning("relay: trying again", error=type(error).__name__, reason=str(error)[:200])
            return TROUBLE_SECONDS

    def tick(self) -> bool:
        """One round; whether something was carried to the index, so that more may wait."""
        if self._beat.now():
            db.in_transaction(pulse.beat)
        done = sync.step(self.engine, self.encoder)
        if done.unavailable:
            log.warning("relay: index away", reason=done.unavailable[:200], items=done.postponed)
        if self._broker.now():
            self._wake()
        return done.handled > 0

    def _wake(self) -> None:
        try:
            waking.hand_over()
            if waking.mail_waits() and self._mail.now():
                waking.send("send_deliveries")
        except waking.BROKER_ERRORS as error:
            self._broker.wait(BROKER_PAUSE)
            log.warning("relay: broker away", error=type(error).__name__)


def open_relay(settings: Settings) -> Relay:
    """A relay on the engine and encoder of `settings`. Without an encoder it carries words alone and says so."""
    encoder = encoder_or_none(settings)
    if encoder is None:
        log.warning("relay: no encoder, matching by words alone", model=settings.embedding_model)
    return Relay(open_engine(settings), encoder)


def warm(encoder: Encoder | None) -> None:
    """Load the model before the first change waits for it."""
    with suppress(EncoderUnavailable):
        if encoder is not None:
            encoder.encode_passages(["搭桥"])


def main(install: Callable[[int, Callable[..., None]], object] = signal.signal) -> None:
    """Run until SIGTERM or SIGINT; the step under way is finished first."""
    settings = get_settings()
    configure_logging(settings, "relay")
    db.configure(settings)
    if settings.elasticsearch_url is None:
        db.in_transaction(sync.let_go)  # the embedded platform has one relay: what another held, it held dead
    relay = open_relay(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        install(number, lambda *_: relay.stop.set())
    warm(relay.encoder)
    log.info("relay: started", engine=relay.engine.name)
    try:
        relay.run()
    finally:
        with suppress(EngineError):
            relay.engine.close()
        db.engine().dispose()
        log.info("relay: ended")


if __name__ == "__main__":
    main()
