"""What one person gets in one week, and what is kept of it: numbers and prints, never text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.arrivals.finds import Find
from matcher.models import Delivery, DeliveryKind

NOTHING_NEW = "nothing_new"  # reason of a digest that was planned and holds nothing
PRINT_LENGTH = 12


@dataclass(frozen=True)
class Candidate:
    """A match as choosing needs it. `later_until` is the recipient's own side's, past or future."""

    match_id: int
    print: str
    level: str
    probability: float
    other_says_yes: bool = False
    later_until: datetime | None = None
    explored: bool = False  # not sure enough for the digest, shown to ask


@dataclass(frozen=True)
class Plan:
    """What one person gets in one week; neither items nor finds: nothing new, no mail.

    `looked` is when their saved searches were looked through; None when the index could not be asked.
    """

    user_id: int
    week: str
    items: tuple[Candidate, ...]
    finds: tuple[Find, ...] = ()
    looked: datetime | None = None

    @property
    def count(self) -> int:
        """How many places of the digest are taken."""
        return len(self.items) + len(self.finds)

    def payload(self) -> dict[str, Any]:
        """What the delivery row keeps: numbers and prints, never text."""
        return {
            "week": self.week,
            "items": [
                {"match": item.match_id, "print": item.print, **({"explored": True} if item.explored else {})}
                for item in self.items
            ],
            "finds": [
                {"search": find.search_id, "kind": find.kind, "record": find.record_id} for find in self.finds
            ],
            "looked": self.looked.isoformat() if self.looked else None,
        }


def print_of(need_hash: str, achievement_hash: str) -> str:
    """Short mark of the two texts: it changes when either record's content does."""
    half = PRINT_LENGTH // 2
    return need_hash[:half] + achievement_hash[:half]


def delivery_of(session: Session, user_id: int, week: str) -> Delivery | None:
    """A person's digest of that week: None before it is planned; state `skipped` when there was nothing new."""
    return session.scalar(
        select(Delivery).where(
            Delivery.user_id == user_id, Delivery.kind == DeliveryKind.DIGEST, Delivery.key == week
        )
    )


def finds_of(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What saved searches brought into a digest, in its order."""
    return list(payload.get("finds", ()))


def items_of(payload: Mapping[str, Any]) -> list[int]:
    """Numbers of the matches that a digest was planned with, in its order."""
    return [int(item["match"]) for item in payload.get("items", ())]


def explored_of(payload: Mapping[str, Any]) -> frozenset[int]:
    """Numbers of the matches that a digest asks about though they are not sure: one at most."""
    return frozenset(int(item["match"]) for item in payload.get("items", ()) if item.get("explored"))
