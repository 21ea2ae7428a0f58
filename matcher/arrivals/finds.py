"""Which few of the records that saved searches brought get a place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 3  # of the digest's places
OF_ONE = 2  # of one search
Key = tuple[str, int]  # kind, record


@dataclass(frozen=True)
class Find:
    """A record that a search brought, with how well it fits: `indexes.arrivals.worth`."""

    search_id: int
    kind: str
    record_id: int
    worth: float

    @property
    def key(self) -> Key:
        """Which record it is."""
        return self.kind, self.record_id


Finds = Mapping[int, Sequence[Find]]  # by user


def key_of(found: Mapping[str, Any]) -> Key:
    """Which record a find is, as a digest keeps it."""
    return str(found["kind"]), int(found["record"])


def choose(finds: Iterable[Find], known: Iterable[Key], most: int) -> tuple[Find, ...]:
    """At most so many, each record once, the best of every search before the second of any."""
    taken, places = set(known), dict[int, int]()
    ranked: list[tuple[int, Find]] = []
    for find in sorted(finds, key=lambda each: (-each.worth, each.kind, -each.record_id, each.search_id)):
        place = places.get(find.search_id, 0)
        if find.key in taken or place >= OF_ONE:
            continue
        taken.add(find.key)
        places[find.search_id] = place + 1
        ranked.append((place, find))
    ranked.sort(key=lambda pair: pair[0])
    return tuple(find for _place, find in ranked[: max(most, 0)])
