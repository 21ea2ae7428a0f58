"""What has newly arrived for a person's saved searches: for whom, since when, what not again, how few. Reads, never writes.

The index says which records a search finds and how well they fit (`indexes.arrivals`); here it is decided which of
them get one of the few places of the digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session, joinedload

from matcher import clock
from matcher.actor import Actor, actor_of
from matcher.models import (
    MODELS,
    Achievement,
    Answer,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Match,
    Need,
    Record,
    SavedSearch,
    User,
)
from matcher.permissions import rows

MOST = 3  # of the digest's places
OF_ONE = 2  # of one search
WINDOW = timedelta(days=35)  # what is older is no news, however long no digest went out
OVERLAP = timedelta(days=1)  # a record may reach the index after its publication, and after the last look
NOT_SHOWN = (DeliveryState.SKIPPED, DeliveryState.FAILED)
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


@dataclass(frozen=True)
class Watcher:
    """A person with their searches that do not rest, from when on a record is news, and what it is not."""

    user_id: int
    actor: Actor
    searches: Sequence[SavedSearch]
    since: datetime
    seen: frozenset[Key]


@dataclass(frozen=True)
class Arrival:
    """A record as it may be shown now, with the search that brought it."""

    search: SavedSearch
    record: Record


def watchers(session: Session, people: Any, week: str, only: int | None = None) -> list[Watcher]:
    """Those among `people` (a condition on `User`), or user `only` of them, whose searches do not rest."""
    query = (
        select(SavedSearch, User)
        .join(User, User.id == SavedSearch.user_id)
        .where(people, SavedSearch.paused_at.is_(None))
        .order_by(SavedSearch.user_id, SavedSearch.id)
    )
    if only is not None:
        query = query.where(SavedSearch.user_id == only)
    kept: dict[int, tuple[User, list[SavedSearch]]] = {}
    for search, user in session.execute(query):
        kept.setdefault(user.id, (user, []))[1].append(search)
    return [_watcher(session, user, searches, week) for user, searches in kept.values()]


def _watcher(session: Session, user: User, searches: Sequence[SavedSearch], week: str) -> Watcher:
    actor = actor_of(session, user)
    earlier = session.execute(
        select(Delivery.payload, Delivery.state).where(
            Delivery.user_id == user.id, Delivery.kind == DeliveryKind.DIGEST, Delivery.key != week
        )
    ).all()
    shown = [payload for payload, state in earlier if state not in NOT_SHOWN]
    looked = [datetime.fromisoformat(payload["looked"]) for payload in shown if payload.get("looked")]
    since = max([clock.now() - WINDOW, *(moment - OVERLAP for moment in looked)])
    matches = [int(item["match"]) for payload in shown for item in payload.get("items", ())]
    seen = {_key(found) for payload in shown for found in payload.get("finds", ())}
    return Watcher(user.id, actor, searches, since, frozenset(seen | _known(session, actor, matches)))


def _key(found: Mapping[str, Any]) -> Key:
    return str(found["kind"]), int(found["record"])


def _known(session: Session, actor: Actor, shown: Sequence[int]) -> set[Key]:
    """Records of matches that a digest has shown, and of those that the actor's organisation has answered."""
    answered = select(Answer.match_id).where(Answer.organisation_id == actor.org_id)
    condition = or_(Match.id.in_(shown), false() if actor.org_id is None else Match.id.in_(answered))
    return records_of(session, condition)


def records_of(session: Session, condition: Any) -> set[Key]:
    """Both records of the matches that `condition` names."""
    found = session.execute(select(Match.need_id, Match.achievement_id).where(condition)).all()
    return {(Need.kind.value, need) for need, _other in found} | {
        (Achievement.kind.value, other) for _need, other in found
    }


def newly(session: Session, watcher: Watcher, search: SavedSearch, ids: Iterable[Key]) -> set[Key]:
    """Those of `ids` that are news to that person: found by them now, published since, others', answered for, not shown."""
    since, found = max(watcher.since, search.active_from), set()
    wanted: dict[str, list[int]] = {}
    for kind, number in ids:
        if (kind, number) not in watcher.seen:
            wanted.setdefault(kind, []).append(number)
    for kind, numbers in wanted.items():
        model: Any = MODELS[kind]
        query = select(model.id).where(
            model.id.in_(numbers),
            rows(watcher.actor, "record.search", model),
            model.published_at > since,
            model.silent_since.is_(None),
        )
        if watcher.actor.org_id is not None:
            query = query.where(model.organisation_id != watcher.actor.org_id)
        found |= {(kind, number) for number in session.scalars(query)}
    return found


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
    found = _readable(session, actor, [_key(each) for each in wanted if int(each["search"]) in kept])
    return [
        Arrival(kept[int(each["search"])], found[_key(each)])
        for each in wanted
        if int(each["search"]) in kept and _key(each) in found
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
