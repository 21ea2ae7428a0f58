"""Read a mail: the file where this installation keeps mails as files, else the copy kept with its row.

Links in them are keys: outside the demo they are masked, and the row's copy never had them.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from config.settings import Settings
from matcher import links
from matcher.models import Delivery
from web.format import exact

MOST = 2 * 1024 * 1024  # more than any mail of ours; a larger file is not one


@dataclass(frozen=True)
class Mail:
    """What a person would read."""

    subject: str
    sender: str
    recipient: str
    date: str
    text: str
    masked: bool


def read_mail(settings: Settings, delivery: Delivery) -> Mail | None:
    """What the mail says; None before it was written, and once its text is past its time."""
    return _from_file(settings, delivery) or _from_row(settings, delivery)


def _from_row(settings: Settings, delivery: Delivery) -> Mail | None:
    """The copy kept when it was handed over; `sender` and `recipient` are those of today."""
    if not delivery.text:
        return None
    return Mail(
        subject=delivery.subject,
        sender=settings.mail_from,
        recipient=delivery.user.email,
        date=exact(delivery.sent_at or delivery.sending_since),
        text=delivery.text,
        masked=links.MASK in delivery.text,
    )


def _from_file(settings: Settings, delivery: Delivery) -> Mail | None:
    path = settings.data_dir / "mail" / f"{delivery.id:08d}-{delivery.kind}.eml"
    try:
        if path.stat().st_size > MOST:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    shows = settings.environment == "demo"
    return Mail(
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        date=str(message["Date"] or ""),
        text=text if shows else links.masked(text),
        masked=not shows and bool(links.KEY.search(text)),
    )

