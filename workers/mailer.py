"""Send the mails that are due, each at most once by itself.

A mail is written and the server reached before the mail is taken (compare and set); only the conversation itself lies
between taking it and noting its outcome. So a process that dies before leaves the mail planned, and one that dies
within it leaves it `sending`, which becomes `unknown` after the grace time.
"""

from __future__ import annotations

import time
import traceback
from typing import NamedTuple

import structlog
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from matcher.actions import deliveries
from matcher.actor import SYSTEM
from matcher.db import reading
from matcher.models import Delivery
from workers.desk import Skip
from workers.letters import compose
from workers.rendering import Mail, build, message_id, render
from workers.transport import Outcome, Result, Transport, UnreachableError, open_transport

BATCH = 50
BUDGET_SECONDS = 20.0  # then other tasks get their turn; the relay calls again while mail waits
UNREACHABLE_SECONDS = 30
log = structlog.get_logger()


class _Written(NamedTuple):
    """A mail ready to go: its row, whom it goes to, what it says, and the same as bytes."""

    delivery: Delivery
    address: str
    mail: Mail
    message: bytes


def send_due(settings: Settings) -> int:
    """Send what is due now; how many were sent. Stops early when the server cannot be reached."""
    with reading() as session:
        waiting = deliveries.due(session, BATCH)
    until = time.monotonic() + BUDGET_SECONDS
    transport = open_transport(settings)
    count = 0
    try:
        for delivery_id in waiting:
            if time.monotonic() > until:
                break
            count += send(settings, transport, delivery_id)
    except UnreachableError as error:
        deliveries.put_off(waiting, UNREACHABLE_SECONDS, str(error))
        log.warning("mail: server cannot be reached", reason=str(error), waiting=len(waiting))
    finally:
        transport.close()
    return count


def send(settings: Settings, transport: Transport, delivery_id: int) -> bool:
    """Carry one planned mail as far as it goes; whether it was sent. Raises `UnreachableError`."""
    try:
        written = _write(settings, delivery_id)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - one mail that cannot be written must not hold up the others
        deliveries.unwritable(delivery_id, type(error).__name__)
        log.error(  # noqa: TRY400 - the error's text may quote a record
            "mail: cannot be written", delivery=delivery_id, error=type(error).__name__, at=_place(error)
        )
        return False
    if isinstance(written, Skip):
        deliveries.skipped(delivery_id, written.reason)
        return False
    delivery, mail = written.delivery, written.mail
    transport.open()
    if not deliveries.begin(delivery_id, message_id(settings, delivery), mail.subject, mail.text):
        return False
    result = transport.deliver(_name(delivery), settings.mail_from, written.address, written.message)
    _note(delivery, result)
    return result.outcome is Outcome.SENT


def _place(error: Exception) -> str:
    """Where it happened; the error's own text may quote a record."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _write(settings: Settings, delivery_id: int) -> _Written | Skip:
    with reading() as session:
        delivery = session.get_one(Delivery, delivery_id)
        letter = compose(session, settings, delivery)
        if isinstance(letter, Skip):
            return letter
        mail = render(settings, letter)
        message = build(settings, delivery, letter, mail).as_bytes()
        return _Written(delivery, letter.user.email, mail, message)


def _name(delivery: Delivery) -> str:
    return f"{delivery.id:08d}-{delivery.kind}"


def _note(delivery: Delivery, result: Result) -> None:
    """Write down what became of it. The log names the row, not the person."""
    if result.outcome is Outcome.SENT:
        deliveries.sent(delivery.id)
        return
    log.warning("mail: not sent", delivery=delivery.id, kind=delivery.kind, outcome=result.outcome.value)
    if result.outcome is Outcome.UNKNOWN:
        deliveries.unknown(delivery.id, result.reason)
    elif result.outcome is Outcome.LATER:
        deliveries.postponed(delivery.id, delivery.attempts + 1, result.reason)
    else:
        deliveries.failed(delivery.id, result.reason)
        if result.address:
            deliveries.flag_address(SYSTEM, delivery.user_id)
