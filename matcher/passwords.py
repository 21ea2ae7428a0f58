"""Passwords: argon2id with the library's current parameters; old hashes are upgraded at log-in."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.inputs.people import PASSWORD_MAX

HASHER = PasswordHasher()


def _plain(password: str) -> str:
    """One form for the same characters typed on different keyboards (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)[:PASSWORD_MAX]


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt."""
    return HASHER.hash(_plain(password))


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_password("nobody has this password")


def verify_password(stored: str | None, password: str) -> bool:
    """Whether it fits; an unknown user costs the same work as a wrong password."""
    try:
        HASHER.verify(stored or _nobody(), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_upgrade(stored: str) -> bool:
    """Whether the hash was made with older parameters."""
    return HASHER.check_needs_rehash(stored)
