"""What the writers of mails work with, and what they answer when a mail must not go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from matcher.models import User
from workers.wording import Wording

HIDDEN, DONE = "hidden", "done"


@dataclass(frozen=True)
class Skip:
    """The mail is not to be sent; the reason is a code."""

    reason: str


@dataclass(frozen=True)
class Desk:
    """One mail to be written: where to read, for whom, in which words, from which ids and codes."""

    session: Session
    settings: Settings
    user: User
    wording: Wording
    payload: Mapping[str, Any] = field(default_factory=dict)
