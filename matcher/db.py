"""Engine and sessions. `transaction()` is the one place that commits.

SQLite runs in WAL mode with foreign keys on; writers begin IMMEDIATE, so that two of them wait for each other at
the start instead of failing in the middle, and a busy database is retried as a whole transaction.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.settings import Settings, get_settings

T = TypeVar("T")
ATTEMPTS = 5
ANALYSED_ROWS = 1000  # of each index: done in milliseconds
# PostgreSQL: serialization failure, deadlock, lock not available; a unique violation means that somebody was faster
# between our check and our insert: the same transaction, run again, sees their row and answers properly.
RETRY_CODES = {"40001", "40P01", "55P03", "23505"}
_lock = threading.Lock()
_state: dict[str, Any] = {}


def make_engine(url: str, timeout: float = 30.0) -> Engine:
    """An engine for `url`; `timeout` is how many seconds SQLite waits for a lock."""
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=10,
            connect_args={"connect_timeout": 5},
            hide_parameters=True,
        )
    # an error's text goes to the log: it must not quote addresses, texts and hashes
    engine = create_engine(url, connect_args={"timeout": timeout}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = (
        None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    )
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def configure(settings: Settings) -> Engine:
    """Use the database of `settings` in this process from now on."""
    with _lock:
        _dispose()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        _state["engine"] = make_engine(settings.sqlalchemy_url, settings.database_timeout)
        _state["pid"] = os.getpid()
        _state["settings"] = settings
        return _state["engine"]  # type: ignore[no-any-return]


def _dispose() -> None:
    engine: Engine | None = _state.pop("engine", None)
    if engine is not None:
        # after a fork the parent's connections are the parent's to close
        engine.dispose(close=_state.get("pid") == os.getpid())


def engine() -> Engine:
    """This process's engine: made from the settings on first use, and anew after a fork."""
    if "engine" not in _state or _state["pid"] != os.getpid():
        configure(_state.get("settings") or get_settings())
    return _state["engine"]  # type: ignore[no-any-return]


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reads: one consistent view, nothing is ever committed."""
    with Session(engine(), autoflush=False, expire_on_commit=False) as session:
        yield session


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose changes are committed together when the block ends well, and not at all otherwise."""
    with Session(engine().execution_options(writes=True), expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def in_transaction(work: Callable[[Session], T]) -> T:
    """Run `work` in a transaction, again from its start when the database was busy; raises after some attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction() as session:
                return work(session)
        except DBAPIError as error:
            if attempt == ATTEMPTS or not is_busy(error):
                raise
            time.sleep(0.05 * 2**attempt)
    raise AssertionError("unreachable")


def refresh_statistics() -> None:
    """Let SQLite look at what its tables hold, so that it chooses the right index; PostgreSQL does so by itself.

    Without it, SQLite takes every match to be in another state and reads all open ones to find an organisation's few.
    Connections that are open already go on as before.
    """
    if engine().dialect.name == "sqlite":
        with transaction() as session:
            session.execute(text(f"PRAGMA analysis_limit={ANALYSED_ROWS}"))
            session.execute(text("ANALYZE"))


def is_busy(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when tried again."""
    code = getattr(error.orig, "sqlstate", None)
    return code in RETRY_CODES or "database is locked" in str(error.orig)
