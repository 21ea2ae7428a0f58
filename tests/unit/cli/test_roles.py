"""One command per role, the same for `daqiao up` and for containers."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import roles
from cli.up import broker_answers
from config.settings import Settings, load_settings
from tests.fixtures.platform import environment_of
from tests.servers.process import ServerProcess


def test_the_portal_never_loads_the_application_before_it_forks(settings: Settings) -> None:
    """Connections and threads do not survive a fork, so gunicorn must not preload; what is only read it may."""
    command = roles.portal(settings)
    assert "--preload" not in command
    assert command[command.index("--config") + 1] == "python:cli.sharing"
    assert command[command.index("--bind") + 1] == f"{settings.host}:{settings.port}"


def test_addresses_in_headers_are_believed_only_behind_a_proxy(settings: Settings) -> None:
    def trusted(count: int) -> str:
        command = roles.portal(load_settings(**settings.model_dump() | {"proxy_count": count}))
        return command[command.index("--forwarded-allow-ips") + 1]

    assert (trusted(0), trusted(1)) == ("127.0.0.1", "*")


def test_the_embedded_broker_is_for_this_user_alone(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = ServerProcess(
        ["daqiao", "run", "broker"], lambda: broker_answers(settings), log, env=environment_of(settings)
    )
    with process:
        socket = roles.broker_socket(settings)
        assert socket.stat().st_mode & 0o777 == 0o700
        listening = Path("/proc/net/tcp").read_text(encoding="ascii")
        inodes = {str(fd.readlink()) for fd in Path(f"/proc/{process.pid}/fd").iterdir()}
        open_ports = [line for line in listening.splitlines()[1:] if f"socket:[{line.split()[9]}]" in inodes]
        assert open_ports == []
    assert not broker_answers(settings)


def test_a_deep_data_folder_still_has_a_broker(settings: Settings, tmp_path: Path) -> None:
    deep = load_settings(**settings.model_dump() | {"data_dir": tmp_path / ("d" * 120)})
    socket = roles.broker_socket(deep)
    assert len(str(socket)) < 108
    assert socket == roles.broker_socket(load_settings(**deep.model_dump()))
    process = ServerProcess(
        ["daqiao", "run", "broker"], lambda: broker_answers(deep), tmp_path / "log", env=environment_of(deep)
    )
    with process:
        assert socket.stat().st_mode & 0o777 == 0o700


def test_there_is_no_broker_to_run_beside_a_given_one(settings: Settings) -> None:
    other = load_settings(**settings.model_dump() | {"redis_url": "redis://127.0.0.1:1/0"})
    with pytest.raises(Exception, match="REDIS_URL names a broker of its own"):
        roles.broker_socket(other)


def test_an_unknown_role_is_wrong_use(settings: Settings) -> None:
    done = CliRunner().invoke(roles.run, ["king"])
    assert done.exit_code == 2
    assert "portal" in done.output
