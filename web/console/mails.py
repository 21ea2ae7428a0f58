"""Read the mails that this installation keeps as files. Links in them are keys: outside the demo they are masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from config.settings import Settings
from matcher.models import Delivery

MOST = 2 * 1024 * 1024  # more than any mail of ours; a larger file is not one
# /verify/…, /reset/…, /a/… and /unsubscribe/… carry a signed token
SECRET = re.compile(r"(/(?:verify|reset|unsubscribe|a)/)[A-Za-z0-9_.\-]{16,}")
MASK = r"\1••••••"


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
    """The delivery's file; None where mails go to a server, or the file is gone or none of ours."""
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
        text=text if shows else mask(text),
        masked=not shows and bool(SECRET.search(text)),
    )


def mask(text: str) -> str:
    """The text without the parts of links that open something."""
    return SECRET.sub(MASK, text)
