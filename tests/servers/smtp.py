"""A real SMTP server in a thread, whose behaviour a test chooses per recipient or for all."""

import asyncio
import email
import email.policy
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.process import free_port

HANG_SECONDS = 3600.0


class Behaviour(StrEnum):
    """What the server does with a message."""

    ACCEPT = "accept"
    TEMPORARY = "temporary"  # 451 after DATA
    PERMANENT = "permanent"  # 550 after DATA
    REFUSE_RECIPIENT = "refuse recipient"  # 550 at RCPT
    HANG = "hang"  # no answer after DATA
    DROP = "drop"  # the connection ends during DATA, the message is lost
    ACCEPT_AND_DROP = "accept and drop"  # the message is kept, the connection ends before the answer


REPLIES = {
    Behaviour.ACCEPT: "250 2.0.0 kept",
    Behaviour.TEMPORARY: "451 4.3.0 try again later",
    Behaviour.PERMANENT: "550 5.1.1 no such user",
}


@dataclass(frozen=True)
class Received:
    """One message as the server got it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class MailServer:
    """The handler of aiosmtpd and the test's view of it."""

    behaviour: Behaviour = Behaviour.ACCEPT
    messages: list[Received] = field(default_factory=list)
    connections: int = 0
    attempts: int = 0  # DATA commands, whatever became of them
    url: str = ""
    _per_recipient: dict[str, Behaviour] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def set(self, behaviour: Behaviour, *recipients: str) -> None:
        """From now on behave like this, towards these recipients or, without any, towards all."""
        if recipients:
            self._per_recipient.update(dict.fromkeys((r.lower() for r in recipients), behaviour))
        else:
            self.behaviour = behaviour

    def reset(self) -> None:
        """Forget messages and behaviours."""
        self.messages.clear()
        self._per_recipient.clear()
        self.behaviour, self.connections, self.attempts = Behaviour.ACCEPT, 0, 0

    def to(self, recipient: str) -> list[EmailMessage]:
        """Messages that this address received, oldest first."""
        return [kept.message for kept in self.messages if recipient.lower() in kept.recipients]

    def by_recipient(self) -> dict[str, list[EmailMessage]]:
        """All messages by address."""
        found: dict[str, list[EmailMessage]] = defaultdict(list)
        for kept in self.messages:
            for recipient in kept.recipients:
                found[recipient].append(kept.message)
        return found

    def wait_for(self, count: int, seconds: float = 20.0) -> list[EmailMessage]:
        """Wait until so many messages are there; raises `AssertionError` when they are not."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.messages) >= count, seconds):
                raise AssertionError(f"{len(self.messages)} of {count} messages after {seconds} s")
        return [kept.message for kept in self.messages]

    def wait_for_attempts(self, count: int, seconds: float = 20.0) -> None:
        """Wait until so many messages were offered, accepted or not."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.attempts >= count, seconds):
                raise AssertionError(f"{self.attempts} of {count} attempts after {seconds} s")

    def _for(self, recipients: list[str]) -> Behaviour:
        for recipient in recipients:
            if chosen := self._per_recipient.get(recipient.lower()):
                return chosen
        return self.behaviour

    async def handle_EHLO(  # noqa: N802  aiosmtpd names its hooks so
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[Any]
    ) -> str:
        if self._for([address]) is Behaviour.REFUSE_RECIPIENT:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802

        behaviour = self._for(envelope.rcpt_tos)
        with self._changed:
            self.attempts += 1
            self._changed.notify_all()
        if behaviour is Behaviour.HANG:
            await asyncio.sleep(HANG_SECONDS)
        if behaviour in {Behaviour.ACCEPT, Behaviour.ACCEPT_AND_DROP}:
            self._keep(envelope)
        if behaviour in {Behaviour.DROP, Behaviour.ACCEPT_AND_DROP}:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        return REPLIES.get(behaviour, REPLIES[Behaviour.ACCEPT])

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        recipients = tuple(address.lower() for address in envelope.rcpt_tos)
        with self._changed:
            self.messages.append(Received(envelope.mail_from or "", recipients, message))
            self._changed.notify_all()


@contextmanager
def smtp_server() -> Iterator[MailServer]:
    """A server on a free port of 127.0.0.1."""
    handler = MailServer()
    # a large limit: the tests of too large messages are about our own limits, not the server's
    controller = Controller(
        handler, hostname="127.0.0.1", port=free_port(), ready_timeout=10, data_size_limit=50_000_000
    )
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield handler
    finally:
        _end_quietly(controller)


def _end_quietly(controller: Controller) -> None:
    """Stop the loop although a hanging transaction may still wait in it."""
    def cancel() -> None:
        for task in asyncio.all_tasks(controller.loop):
            task.cancel()

    controller.loop.call_soon_threadsafe(cancel)
    time.sleep(0.05)
    controller.stop(no_assert=True)
