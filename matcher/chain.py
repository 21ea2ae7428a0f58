"""Hash chains: each entry names the hash of the one before, so that none can be changed, left out or slipped in unseen.

An entry is a mapping of strings, whole numbers and nothing (null). Its hash is SHA-256 over its canonical JSON without
the key `hash`: keys sorted, no spaces, UTF-8 (the form of RFC 8785 for such values).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = "0" * 64  # stands where the first entry names the one before it
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Flaw:
    """The first entry, by its place in the chain, that is not as it was written, and what is wrong with it."""

    number: int
    why: str


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many entries it has, and the hash of the last."""

    number: int = 0
    hash: str = START


def moment(at: datetime) -> str:
    """An aware moment as chains write it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(entry: Entry) -> str:
    """The entry's hash, in hexadecimal. ValueError when it holds what JSON cannot say."""
    content = {name: value for name, value in entry.items() if name != "hash"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def follow(entries: Iterable[Entry], head: Head = Head()) -> tuple[Head, Flaw | None]:
    """Walk on from `head`: the new end, and the first flaw (the walk ends before it)."""
    for entry in entries:
        flaw = _flaw(entry, head)
        if flaw is not None:
            return head, Flaw(head.number + 1, flaw)
        head = Head(head.number + 1, str(entry["hash"]))
    return head, None


def _flaw(entry: Entry, head: Head) -> str | None:
    if entry.get("number") != head.number + 1:
        return f"missing or out of order: number {entry.get('number')} stands in its place"
    if entry.get("previous") != head.hash:
        return "does not follow from the entry before it"
    try:
        return None if entry.get("hash") == digest(entry) else "its content was changed"
    except (ValueError, TypeError):
        return "holds what no entry can hold"
