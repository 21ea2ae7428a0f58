"""Who waits for what, and what is news to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor, actor_of
from matcher.arrivals.finds import Key, key_of
from matcher.models import (
    MODELS,
    Achievement,
    Answer,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Match,
    Need,
    SavedSearch,
    User,
)
from matcher.permissions import rows

WINDOW = timedelta(days=35)  # what is older is no news, however long no digest went out
OVERLAP = timedelta(days=1)  # a record may reach the index after its publication, and after the last look
NOT_SHOWN = (DeliveryState.SKIPPED, DeliveryState.FAILED)


@dataclass(frozen=True)
class Watcher:
    """A person with their searches that do not rest, from when on a record is news, and what it is not."""

    user_id: int
    actor: Actor
    searches: Sequence[SavedSearch]
    since: datetime
    seen: frozenset[Key]


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
    seen = {key_of(found) for payload in shown for found in payload.get("finds", ())}
    return Watcher(user.id, actor, searches, since, frozenset(seen | _known(session, actor, matches)))


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
