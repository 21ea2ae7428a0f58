"""Signed links: what they allow is in the link itself, bound to a purpose, so that one cannot serve as another.

Verification and reset links are bound to the address and the password hash of the moment: using one changes what
it is bound to, so each works once.
"""

from __future__ import annotations

import hashlib
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from config.settings import Settings
from matcher.errors import Refused
from matcher.messages import msg
from matcher.models import User

HOUR = 3600
MAX_AGE: dict[str, int] = {
    "verify": 72 * HOUR,
    "reset": 2 * HOUR,
    "invitation": 30 * 24 * HOUR,
    "answer": 60 * 24 * HOUR,
    "freshness": 60 * 24 * HOUR,
    "meeting": 60 * 24 * HOUR,
    "search": 60 * 24 * HOUR,
    "unsubscribe": 400 * 24 * HOUR,
}


class BadLinkError(Refused):
    """The link is forged, expired, used or meant for something else."""

    def __init__(self) -> None:
        """One sentence for all cases, so that a forger learns nothing."""
        super().__init__(msg("链接无效或已过期，请重新获取。"))


def _serializer(settings: Settings, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.signing_key(), salt=f"daqiao.{purpose}")


def sign(settings: Settings, purpose: str, data: dict[str, Any]) -> str:
    """A URL-safe token for `purpose` (a key of MAX_AGE)."""
    return _serializer(settings, purpose).dumps(data)


def unsign(settings: Settings, purpose: str, token: str) -> dict[str, Any]:
    """What the token says; raises `BadLinkError`."""
    try:
        data = _serializer(settings, purpose).loads(token[:2000], max_age=MAX_AGE[purpose])
    except (BadSignature, SignatureExpired):
        raise BadLinkError from None
    if not isinstance(data, dict):
        raise BadLinkError
    return data


def user_state(user: User) -> str:
    """Short hash of what a verification or reset link is bound to."""
    text = f"{user.id}|{user.email}|{user.password_hash}|{user.verified_at is not None}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]
