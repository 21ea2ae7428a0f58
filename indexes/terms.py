"""A document's tokens as numbers, from which its word score is computed."""

from __future__ import annotations

import zlib

import numpy as np

from indexes.engine import Document, Stored, Terms


def term(token: str) -> int:
    """A token as a number; two of some thousands share one once in a million texts."""
    return zlib.crc32(token.encode())


def terms(document: Document | Stored) -> Terms:
    """What a document's own score is computed from: every token, those of the title twice."""
    return np.fromiter(map(term, document.title * 2 + document.body), np.uint32)
