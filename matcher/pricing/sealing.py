"""Seal one side's price range so that the database, its dumps and its readers hold no figure in clear (N10).

ChaCha20-Poly1305 (RFC 8439) with a fresh nonce; case, round and side are authenticated with it, so that a box put into
another row does not open. All boxes are of one length. Whoever holds both the key and the database can open them.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from matcher.money import YUAN_PER_WAN

NONCE, KEY_ID = 12, 8
FIGURES = struct.Struct(">QQ")  # both ends in whole 元


class UnsealedError(Exception):
    """The box does not open: its key is gone, or it was changed or moved. Says nothing of what was in it."""


@dataclass(frozen=True)
class Place:
    """Where a box belongs."""

    case_id: int
    round: int
    side: str

    def bound(self) -> bytes:
        """What is authenticated with the box."""
        return f"daqiao price range|{self.case_id}|{self.round}|{self.side}".encode()


@dataclass(frozen=True, repr=False)
class Range:
    """A range in 万元. It has no representation, so that no log or error shows it."""

    low: Decimal
    high: Decimal


def seal(keys: Sequence[bytes], place: Place, given: Range) -> bytes:
    """The box: key id, nonce, sealed figures. The first key seals."""
    nonce = os.urandom(NONCE)
    figures = FIGURES.pack(int(given.low * YUAN_PER_WAN), int(given.high * YUAN_PER_WAN))
    return _id(keys[0]) + nonce + ChaCha20Poly1305(keys[0]).encrypt(nonce, figures, place.bound())


def unseal(keys: Sequence[bytes], place: Place, box: bytes) -> Range:
    """What a box of that place holds, opened with whichever key sealed it; raises `UnsealedError`."""
    key = next((key for key in keys if _id(key) == box[:KEY_ID]), None)
    if key is None:
        raise UnsealedError("no key of that id")
    nonce, sealed = box[KEY_ID : KEY_ID + NONCE], box[KEY_ID + NONCE :]
    try:
        figures = ChaCha20Poly1305(key).decrypt(nonce, sealed, place.bound())
    except InvalidTag:
        raise UnsealedError("not sealed with this key for this place") from None
    low, high = FIGURES.unpack(figures)
    return Range(Decimal(low) / YUAN_PER_WAN, Decimal(high) / YUAN_PER_WAN)


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"daqiao price key id|" + key).digest()[:KEY_ID]
