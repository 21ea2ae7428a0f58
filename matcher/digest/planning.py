"""What everybody gets in a week: the places of each digest, shared out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import clock
from matcher.actor import actor_of
from matcher.arrivals import finds as arriving
from matcher.arrivals.finds import Find, Finds
from matcher.arrivals.watching import records_of
from matcher.digest.candidates import candidates, shown_to
from matcher.digest.choosing import choose
from matcher.digest.plans import Candidate, Plan
from matcher.digest.recipients import recipients
from matcher.models import Achievement, Match, User
from matcher.twins import Folded, flat, fold, text_print

LOOKED_AT = 3  # times as many as the digest has places: some are folded
ASKED_AFTER = 2  # sure matches beside which an unsure one may be asked about; none is mailed for its sake
UNSURE = 0.6  # share of the least probability down to which a match may be asked about
EXPLORABLE = 5  # likeliest unsure matches of which one is chosen


def plan_week(
    session: Session, settings: Settings, week: str, only: int | None = None, finds: Finds | None = None
) -> list[Plan]:
    """What everybody (or user `only`) would get in that week, as things stand now.

    `finds` are what saved searches have newly found (`indexes.arrivals`); None when nobody could look.
    """
    now = clock.now()
    plans = []
    known: dict[int | None, list[Candidate]] = {None: []}
    for user, organisation_id in recipients(session):
        if only not in (None, user.id):
            continue
        if organisation_id not in known:
            actor = actor_of(session, user)
            known[organisation_id] = candidates(session, actor, settings.digest_min_probability)
        found = () if finds is None else finds.get(user.id, ())
        items, new = _shared_out(session, user.id, week, known[organisation_id], found, settings, now)
        if settings.digest_explore and ASKED_AFTER <= len(items) < settings.digest_max_items - len(new):
            items += _explored(session, user, week, settings.digest_min_probability, now)
        plans.append(Plan(user.id, week, items, new, None if finds is None else now))
    return plans


def _shared_out(
    session: Session,
    user_id: int,
    week: str,
    candidates: Sequence[Candidate],
    found: Sequence[Find],
    settings: Settings,
    now: datetime,
) -> tuple[tuple[Candidate, ...], tuple[Find, ...]]:
    """The digest's places: matches first; of what searches found, one at least, `arriving.MOST` at most."""
    most = settings.digest_max_items
    fresh = choose(candidates, shown_to(session, user_id, week), most * LOOKED_AT, now)
    folds = _folds(session, fresh)[:most]
    known = records_of(session, Match.id.in_([item.match_id for item in flat(folds)])) if found else ()
    finds = arriving.choose(found, known, min(arriving.MOST, max(most - len(folds), 1)))
    return tuple(flat(folds[: max(most - len(finds), 0)])), finds


def _folds(session: Session, items: Sequence[Candidate]) -> list[Folded[Candidate]]:
    """The items in their order, near-identical achievements for one need under the first: they take one place."""
    query = select(Match.id, Match.need_id, Achievement.title, Achievement.abstract).join(Match.achievement)
    known = {row.id: row for row in session.execute(query.where(Match.id.in_([item.match_id for item in items])))}
    return fold(
        items,
        lambda item: known[item.match_id].need_id,
        lambda item: text_print(known[item.match_id].title, known[item.match_id].abstract),
    )


def _explored(session: Session, user: User, week: str, least: float, now: datetime) -> tuple[Candidate, ...]:
    """One match that is not sure enough for a place, or none: answers to sure ones alone would teach nothing about it.

    Of the likeliest few that are new to the reader, the week and the reader's number choose one.
    """
    found = candidates(session, actor_of(session, user), UNSURE * least, below=least)
    fresh = choose(found, shown_to(session, user.id, week), EXPLORABLE, now)
    if not fresh:
        return ()
    picked = int(hashlib.sha256(f"{week}:{user.id}".encode()).hexdigest(), 16) % len(fresh)
    return (replace(fresh[picked], explored=True),)
