"""What a digest's finds may show to its reader now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matcher.actor import Actor, actor_of
from matcher.arrivals.finds import Key, key_of
from matcher.models import MODELS, Record, SavedSearch, User
from matcher.permissions import rows


@dataclass(frozen=True)
class Arrival:
    """A record as it may be shown now, with the search that brought it."""

    search: SavedSearch
    record: Record


def arrivals(session: Session, user: User, wanted: Sequence[Mapping[str, Any]]) -> list[Arrival]:
    """Those of a digest's finds that this person may see now, of searches that they still keep, in the given order."""
    actor = actor_of(session, user)
    kept = {
        search.id: search
        for search in session.scalars(
            select(SavedSearch).where(
                SavedSearch.id.in_([int(each["search"]) for each in wanted]),
                SavedSearch.user_id == user.id,
                SavedSearch.paused_at.is_(None),
            )
        )
    }
    found = _readable(session, actor, [key_of(each) for each in wanted if int(each["search"]) in kept])
    return [
        Arrival(kept[int(each["search"])], found[key_of(each)])
        for each in wanted
        if int(each["search"]) in kept and key_of(each) in found
    ]


def _readable(session: Session, actor: Actor, keys: Iterable[Key]) -> dict[Key, Record]:
    numbers: dict[str, list[int]] = {}
    for kind, number in keys:
        numbers.setdefault(kind, []).append(number)
    found: dict[Key, Record] = {}
    for kind, wanted in numbers.items():
        model: Any = MODELS[kind]
        query = select(model).where(model.id.in_(wanted), rows(actor, "record.search", model))
        found |= {(kind, row.id): row for row in session.scalars(query.options(joinedload(model.organisation)))}
    return found
