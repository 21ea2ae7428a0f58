"""Fill a mail's three templates and build the message. One folder for each kind: subject.txt, body.txt, body.html."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config.settings import Settings
from matcher import clock
from matcher.models import Delivery
from workers.letters import Letter
from workers.wording import translations

FOLDER = Path(__file__).parent / "mail"
SUBJECT_LENGTH = 120
CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Mail:
    """What the recipient reads."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=8)
def _templates(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    return environment


def render(settings: Settings, letter: Letter) -> Mail:
    """Subject, text and HTML in the recipient's language."""
    templates = _templates(letter.wording.locale)
    values = {
        "home": settings.public_url.rstrip("/"),
        "locale": letter.wording.locale,
        "colon": "：" if letter.wording.locale == "zh" else ": ",
        "user": letter.user,
        "unsubscribe": letter.unsubscribe,
        **letter.values,
    }
    subject, text, html = (
        templates.get_template(f"{letter.kind.value}/{part}").render(values)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Mail(one_line(subject)[:SUBJECT_LENGTH], _tidy(text), _inlined(html))


def one_line(text: str) -> str:
    """Without line breaks and control characters: what may stand in a header."""
    return CONTROL.sub(" ", text).strip()


def _tidy(text: str) -> str:
    """At most one empty line in a row."""
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _inlined(html: str) -> str:
    """Styles on the elements, because many mail programs drop style sheets; what they cannot express stays above."""
    inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    return str(inliner.inline(html))


def message_id(settings: Settings, delivery: Delivery) -> str:
    """Derived from the delivery alone, so that a mail sent again can be recognised."""
    name = f"{delivery.user_id}|{delivery.kind}|{delivery.key}"
    mark = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"<delivery-{delivery.id}.{mark}@{_sender(settings)[1].rpartition('@')[2]}>"


def _sender(settings: Settings) -> tuple[str, str]:
    return parseaddr(settings.mail_from)


def build(settings: Settings, delivery: Delivery, letter: Letter, mail: Mail) -> EmailMessage:
    """The finished message. Text from records reaches headers only through `one_line`."""
    name, address = _sender(settings)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(name), addr_spec=address)
    message["To"] = Address(one_line(letter.user.name), addr_spec=letter.user.email)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(settings, delivery)
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="base64")
    message.add_alternative(mail.html, subtype="html", cte="base64")
    if "calendar" in letter.values:
        _add_calendar(message, *letter.values["calendar"])
    # last, because adding a second body moves headers of this name into the first
    message["Content-Language"] = "zh-CN" if letter.wording.locale == "zh" else letter.wording.locale
    return message


def _add_calendar(message: EmailMessage, method: str, content: bytes) -> None:
    """The invitation twice: as an alternative, which mail programs offer to accept, and as a file for the others."""
    text = content.decode()
    message.add_alternative(text, subtype="calendar", params={"method": method}, cte="base64")
    message.add_attachment(
        content, maintype="text", subtype="calendar", filename="invite.ics", params={"method": method}
    )
