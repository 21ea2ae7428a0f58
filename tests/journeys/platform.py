"""The platform in the test's own process, on a clock that the test moves: the real portal on a port, the real sweeps.

A story of weeks cannot wait for them, and a served process knows no other time than the machine's. So here the portal
answers each request at the story's moment, and relay, matching, clocks and mailer do their work when the test says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.serving import WSGIRequestHandler, make_server

from config.settings import Settings
from matcher import clock
from matcher.embedding import Encoder
from tests.unit.workers.carrying import match_all
from web.app import create_app
from workers import clocks, mailer
from workers import digest as planning

# A Monday morning in a spring without holidays around it, in a year that the subsidy rules know.
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, *_: object) -> None:
        """Nothing."""


class Platform:
    """Everything but the browser: its address and its calendar."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now = BEGIN
        self.encoder: Encoder | None = None  # most stories need no vectors, and are over sooner by words alone

    @property
    def address(self) -> str:
        """Where the portal is."""
        return self.settings.public_url

    @contextmanager
    def clock(self) -> Iterator[None]:
        """The story's moment, for what the test does itself. A moment passes with each use, so that things have an order."""
        self.now += timedelta(seconds=1)
        with clock.at(self.now):
            yield

    def work(self) -> None:
        """One round of relay, matching, minutely clocks and mailer."""
        with self.clock():
            match_all(self.settings, self.encoder)
            clocks.run_minutely(self.settings)
            mailer.send_due(self.settings)

    def weekly_mails(self) -> None:
        """The digest of the story's week, planned unless it has been, and sent."""
        with self.clock():
            planning.plan_due(self.settings)
            mailer.send_due(self.settings)

    def until(self, moment: datetime) -> None:
        """Let the nights pass up to `moment`, each with its clocks and mails."""
        while (night := self._next_night()) < moment:
            self.now = night
            with self.clock():
                assert clocks.run_nightly(self.settings) == len(clocks.NIGHTLY)
            self.work()
        self.now = moment
        self.work()

    def pass_days(self, days: int) -> None:
        """The same hour, so many days later."""
        self.until(self.now + timedelta(days=days))

    def _next_night(self) -> datetime:
        night = self.now.replace(hour=5, minute=10, second=0)
        return night if night > self.now else night + timedelta(days=1)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The portal, for as long as the block lasts."""
        portal = create_app(self.settings)

        def at_the_moment(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            with self.clock():
                return portal.wsgi_app(environ, start_response)

        server = make_server(
            self.settings.host, self.settings.port, at_the_moment, threaded=True, request_handler=_Quiet
        )
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
