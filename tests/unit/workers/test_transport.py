"""Handing messages over: a real SMTP server that accepts, postpones, refuses, hangs and drops; files in a folder."""

from email import message_from_bytes
from pathlib import Path

import pytest

from config.settings import Settings
from tests.servers.process import free_port
from tests.servers.smtp import Behaviour, MailServer
from workers.transport import Folder, Outcome, Result, Smtp, UnreachableError, open_transport

MESSAGE = b"Subject: x\r\n\r\nfirst\r\n.hidden dot\r\n..two\r\nlast"
TO = "anna@example.org"


def deliver(server: MailServer, to: str = TO, message: bytes = MESSAGE) -> Result:
    """Patiently, but for a server that never answers."""
    transport = Smtp(f"{server.url}?timeout={2 if server.behaviour is Behaviour.HANG else 20}")
    transport.open()
    try:
        return transport.deliver("1", "Daqiao <no-reply@daqiao.example>", to, message)
    finally:
        transport.close()


def test_accepted_message_arrives_whole(smtp_server: MailServer) -> None:
    """Lines that begin with a dot arrive as they were."""
    assert deliver(smtp_server).outcome is Outcome.SENT
    kept = smtp_server.messages[0]
    assert kept.sender == "no-reply@daqiao.example"
    assert kept.message.get_content().replace("\r\n", "\n").rstrip("\n") == "first\n.hidden dot\n..two\nlast"


@pytest.mark.parametrize(
    ("behaviour", "outcome", "address"),
    [
        (Behaviour.TEMPORARY, Outcome.LATER, False),
        (Behaviour.PERMANENT, Outcome.REFUSED, True),
        (Behaviour.REFUSE_RECIPIENT, Outcome.REFUSED, True),
        (Behaviour.HANG, Outcome.UNKNOWN, False),
        (Behaviour.DROP, Outcome.UNKNOWN, False),
        (Behaviour.ACCEPT_AND_DROP, Outcome.UNKNOWN, False),
    ],
)
def test_outcomes(smtp_server: MailServer, behaviour: Behaviour, outcome: Outcome, address: bool) -> None:
    """41: 4xx is for later, 5xx for good with the address flagged, silence or a cut after DATA is unknown."""
    smtp_server.set(behaviour)
    result = deliver(smtp_server)
    assert (result.outcome, result.address) == (outcome, address)
    assert result.reason


def test_next_message_after_an_error(smtp_server: MailServer) -> None:
    """86: after a hanging transaction the next message goes out over a new connection."""
    smtp_server.set(Behaviour.HANG, TO)
    transport = Smtp(f"{smtp_server.url}?timeout=2")
    transport.open()
    assert transport.deliver("1", "a@b.example", TO, MESSAGE).outcome is Outcome.UNKNOWN
    transport.open()
    assert transport.deliver("2", "a@b.example", "bob@example.org", MESSAGE).outcome is Outcome.SENT
    transport.close()
    assert smtp_server.connections == 2


def test_one_connection_for_several_messages(smtp_server: MailServer) -> None:
    """A batch is one conversation."""
    transport = Smtp(smtp_server.url)
    for number in range(3):
        transport.open()
        assert transport.deliver(str(number), "a@b.example", TO, MESSAGE).outcome is Outcome.SENT
    transport.close()
    assert smtp_server.connections == 1


def test_absent_server(smtp_server: MailServer) -> None:
    """Nothing listens: nothing was sent, and that is certain."""
    with pytest.raises(UnreachableError):
        Smtp(f"smtp://127.0.0.1:{free_port()}").open()


def test_server_without_tls_is_refused(smtp_server: MailServer) -> None:
    """Who asks for STARTTLS never falls back to plain text."""
    with pytest.raises(UnreachableError):
        Smtp(f"{smtp_server.url}?tls=starttls").open()
    assert smtp_server.messages == []


def test_login_that_is_not_offered(smtp_server: MailServer) -> None:
    """A password is not sent to a server that does not take one."""
    with pytest.raises(UnreachableError):
        Smtp(smtp_server.url.replace("smtp://", "smtp://user:secret@")).open()


def test_folder(tmp_path: Path) -> None:
    """Without a server each message becomes one file, readable by this user alone, and no draft stays behind."""
    folder = Folder(tmp_path / "mail")
    folder.open()
    assert folder.deliver("00000001-digest", "", "", MESSAGE).outcome is Outcome.SENT
    folder.close()
    files = list(folder.path.iterdir())
    assert [file.name for file in files] == ["00000001-digest.eml"]
    assert message_from_bytes(files[0].read_bytes())["Subject"] == "x"
    assert folder.path.stat().st_mode & 0o077 == 0


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the folder's place: said as unreachable, nothing lost."""
    (tmp_path / "mail").write_text("")
    with pytest.raises(UnreachableError):
        Folder(tmp_path / "mail").open()


def test_settings_choose(settings: Settings) -> None:
    """SMTP_URL names a server; without it mails are files."""
    assert isinstance(open_transport(settings), Folder)
    assert isinstance(open_transport(settings.model_copy(update={"smtp_url": "smtps://mail.example"})), Smtp)
