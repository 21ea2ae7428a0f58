"""Hand a finished message over: to an SMTP server, or to a file in the data folder.

What matters is to know which of four things happened: taken, refused for good, refused for now, or not known. Only
between sending the message's last byte and reading the answer is it not known.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from config.settings import Settings

CONNECT_SECONDS = 10.0  # default of `?timeout=` in SMTP_URL: one step of the conversation
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION_PORT = 587
READY, TAKEN, REFUSED_FOR_GOOD = 354, 250, 500


class UnreachableError(Exception):
    """The server cannot be talked to now; nothing was sent."""


class Outcome(StrEnum):
    """What became of a message."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """An outcome with the server's words; `address` says that it was the recipient's address that was refused."""

    outcome: Outcome
    reason: str = ""
    address: bool = False


SENT = Result(Outcome.SENT)


class Transport(Protocol):
    """Where messages go."""

    def open(self) -> None:
        """Be ready for a message; raises `UnreachableError`."""
        ...

    def deliver(self, name: str, sender: str, recipient: str, message: bytes) -> Result:
        """Hand one message over; `name` is unique to it."""
        ...

    def close(self) -> None:
        """End the conversation; never raises."""
        ...


def open_transport(settings: Settings) -> Transport:
    """The transport that the settings name; opens nothing yet."""
    return Smtp(settings.smtp_url) if settings.smtp_url else Folder(mail_folder(settings))


def mail_folder(settings: Settings) -> Path:
    """Where mails go when there is no server."""
    return settings.data_dir / "mail"


class Folder:
    """Writes each message as `<name>.eml`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> None:
        """Make the folder, readable by this user alone: links in mails are keys."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnreachableError(f"{self.path}: {error.strerror}") from error

    def deliver(self, name: str, sender: str, recipient: str, message: bytes) -> Result:
        """Write the file whole or not at all."""
        del sender, recipient  # both stand in the message
        final = self.path / f"{name}.eml"
        draft = final.with_suffix(f".{os.getpid()}.part")
        try:
            draft.write_bytes(message)
            draft.replace(final)
        except OSError as error:
            draft.unlink(missing_ok=True)
            return Result(Outcome.LATER, str(error.strerror))
        return SENT

    def close(self) -> None:
        """Nothing is open."""


class Smtp:
    """One conversation with a server: smtp://user:password@host:587?tls=starttls&timeout=10, or smtps://…"""

    def __init__(self, url: str) -> None:
        self.url: SplitResult = urlsplit(url)
        options = parse_qs(self.url.query)
        self.seconds = float(options.get("timeout", [CONNECT_SECONDS])[0])
        self.starttls = options.get("tls", [""])[0] == "starttls"
        self.client: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect unless the conversation goes on."""
        if self.client is not None and self._alive(self.client):
            return
        self.close()
        try:
            self.client = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise UnreachableError(f"{type(error).__name__}: {_words(error)}") from error

    def _connect(self) -> smtplib.SMTP:
        host = self.url.hostname or "localhost"
        port = self.url.port or (SUBMISSION_PORT if self.starttls else DEFAULT_PORTS[self.url.scheme])
        secure = ssl.create_default_context()
        client: smtplib.SMTP
        if self.url.scheme == "smtps":
            client = smtplib.SMTP_SSL(host, port, timeout=self.seconds, context=secure)
        else:
            client = smtplib.SMTP(host, port, timeout=self.seconds)
        try:
            if self.starttls:
                client.starttls(context=secure)
            if self.url.username:
                client.login(unquote(self.url.username), unquote(self.url.password or ""))
            client.ehlo_or_helo_if_needed()
        except BaseException:
            client.close()
            raise
        return client

    @staticmethod
    def _alive(client: smtplib.SMTP) -> bool:
        try:
            return client.noop()[0] == TAKEN
        except (OSError, smtplib.SMTPException):
            return False

    def deliver(self, name: str, sender: str, recipient: str, message: bytes) -> Result:
        """One transaction. After an error the connection is dropped, so that the next starts afresh."""
        del name  # the Message-ID says the same
        assert self.client is not None, "open() comes first"
        try:
            refusal = self._envelope(self.client, sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Result(Outcome.LATER, f"{type(error).__name__}: {_words(error)}")
        if refusal is not None:
            self._drop()
            return refusal
        try:
            self.client.send(_as_data(message))
            answer = self.client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Result(Outcome.UNKNOWN, f"{type(error).__name__}: {_words(error)}")
        if answer[0] == TAKEN:
            return SENT
        self._drop()
        return _refusal(answer, address=True)

    @staticmethod
    def _envelope(client: smtplib.SMTP, sender: str, recipient: str) -> Result | None:
        """Sender, recipient and the permission to send; None when the server waits for the message."""
        answer = client.mail(sender)
        if answer[0] != TAKEN:
            return _refusal(answer)
        answer = client.rcpt(recipient)
        if answer[0] not in {TAKEN, 251}:
            return _refusal(answer, address=True)
        answer = client.docmd("DATA")
        return None if answer[0] == READY else _refusal(answer)

    def _drop(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None

    def close(self) -> None:
        """Say goodbye if the server still listens."""
        if self.client is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.client.quit()
        self._drop()


def _refusal(answer: tuple[int, bytes], *, address: bool = False) -> Result:
    code, words = answer
    reason = f"{code} {words.decode('utf-8', 'replace')}"[:300]
    if code >= REFUSED_FOR_GOOD:
        return Result(Outcome.REFUSED, reason, address)
    return Result(Outcome.LATER, reason)


def _as_data(message: bytes) -> bytes:
    """The message as DATA wants it: CRLF, lines that begin with a dot doubled, a dot alone at the end."""
    lines = re.sub(rb"\r?\n", b"\r\n", message)
    body = re.sub(rb"(?m)^\.", b"..", lines)
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)[:200]
