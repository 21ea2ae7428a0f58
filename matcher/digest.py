"""The weekly digest: who gets it, which matches deserve a place in it. Reads, never writes.

Preview, console and worker share it. A match is new to a person when no digest that went to them has shown it, or
when either record changed since, or when their own "later" has run out since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from config.settings import Settings
from matcher import arrivals, clock
from matcher.actor import Actor, actor_of
from matcher.arrivals import NOT_SHOWN, Find, Finds
from matcher.learning.personal import Lowering
from matcher.lowering import lowered
from matcher.models import (
    Achievement,
    Answer,
    Delivery,
    DeliveryKind,
    Match,
    Membership,
    Need,
    Organisation,
    SavedSearch,
    User,
)
from matcher.permissions import rows, side_of
from matcher.rules import MATCH_SIDE
from matcher.twins import Folded, flat, fold, text_print
from matcher.vocabulary import AnswerKind, Level, MatchState, MembershipState, OrgState, Side

NOTHING_NEW = "nothing_new"  # reason of a digest that was planned and holds nothing
PRINT_LENGTH = 12
LOOKED_AT = 3  # times as many as the digest has places: some are folded
POOL = 200  # open matches of one organisation that are looked at; the best come first
ASKED_AFTER = 2  # sure matches beside which an unsure one may be asked about; none is mailed for its sake
UNSURE = 0.6  # share of the least probability down to which a match may be asked about
EXPLORABLE = 5  # likeliest unsure matches of which one is chosen
LEVELS = {level.value: place for place, level in enumerate(Level)}


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
class Shown:
    """When a digest last showed a match to somebody, and what its records were then."""

    print: str
    at: datetime


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


@dataclass(frozen=True)
class Entry:
    """One item of a digest as it may be shown now, from the recipient's side."""

    match: Match
    side: Side

    @property
    def shown(self) -> Need | Achievement:
        """The other side's record: what is new to the reader."""
        return self.match.achievement if self.side is Side.NEED else self.match.need

    @property
    def own(self) -> Need | Achievement:
        """The reader's own record."""
        return self.match.need if self.side is Side.NEED else self.match.achievement


def week_of(moment: datetime, zone: ZoneInfo) -> str:
    """ISO week of a moment in `zone`, such as 2026-W53. The year is the week's, not the day's."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year:04d}-W{week:02d}"


def monday_of(week: str) -> date:
    """First day of an ISO week such as 2026-W48; ValueError when there is none of that name."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def due_at(week: str, settings: Settings) -> datetime:
    """When the digest of that week is due: by default Monday 08:00 in the configured zone."""
    day = monday_of(week) + timedelta(days=settings.digest_weekday)
    return datetime.combine(day, time(settings.digest_hour), settings.zone)


def due_week(moment: datetime, settings: Settings) -> str | None:
    """The week whose digest is due at `moment`, also when the platform was off at its hour; None before that hour."""
    week = week_of(moment, settings.zone)
    return week if moment >= due_at(week, settings) else None


def choose(
    candidates: Iterable[Candidate], shown: Mapping[int, Shown], most: int, now: datetime
) -> tuple[Candidate, ...]:
    """At most so many that are new to the reader: those the other side waits for first, then by level and probability."""
    fresh = [found for found in candidates if _is_new(found, shown.get(found.match_id), now)]
    fresh.sort(
        key=lambda c: (not c.other_says_yes, LEVELS.get(c.level, len(LEVELS)), -c.probability, c.match_id)
    )
    return tuple(fresh[:most])


def _is_new(candidate: Candidate, shown: Shown | None, now: datetime) -> bool:
    if candidate.later_until is not None and candidate.later_until > now:
        return False
    if shown is None or shown.print != candidate.print:
        return True
    return candidate.later_until is not None and candidate.later_until > shown.at


def recipients(session: Session) -> list[tuple[User, int | None]]:
    """Everybody who gets a digest, with the number of their organisation, in order of their ids.

    Whoever belongs to none gets one for the searches that they keep.
    """
    keeps = exists(select(1)).where(SavedSearch.user_id == User.id, SavedSearch.paused_at.is_(None))
    active = and_(Membership.user_id == User.id, Membership.state == MembershipState.ACTIVE)
    checked = and_(Organisation.id == Membership.organisation_id, Organisation.state == OrgState.CHECKED)
    found = session.execute(
        select(User, Organisation.id)
        .outerjoin(Membership, active)
        .outerjoin(Organisation, checked)
        .where(wants_digest(), or_(Organisation.id.is_not(None), keeps))
        .order_by(User.id)
    )
    return [(user, organisation_id) for user, organisation_id in found]


def wants_digest() -> Any:
    """Condition on `User`: verified, open, subscribed, reachable."""
    return and_(
        User.verified_at.is_not(None),
        User.closed_at.is_(None),
        User.digest.is_(True),
        User.mail_bounced.is_(False),
    )


def plan_week(
    session: Session, settings: Settings, week: str, only: int | None = None, finds: Finds | None = None
) -> list[Plan]:
    """What everybody (or user `only`) would get in that week, as things stand now.

    `finds` are what saved searches have newly found (`indexes.arrivals`); None when nobody could look.
    """
    now = clock.now()
    plans = []
    candidates: dict[int | None, list[Candidate]] = {None: []}
    for user, organisation_id in recipients(session):
        if only not in (None, user.id):
            continue
        if organisation_id not in candidates:
            actor = actor_of(session, user)
            candidates[organisation_id] = _candidates(session, actor, settings.digest_min_probability)
        found = () if finds is None else finds.get(user.id, ())
        items, new = _shared_out(session, user.id, week, candidates[organisation_id], found, settings, now)
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
    """The digest's places: matches first; of what searches found, one at least, `arrivals.MOST` at most."""
    most = settings.digest_max_items
    fresh = choose(candidates, _shown_to(session, user_id, week), most * LOOKED_AT, now)
    folds = _folds(session, fresh)[:most]
    known = arrivals.records_of(session, Match.id.in_([item.match_id for item in flat(folds)])) if found else ()
    finds = arrivals.choose(found, known, min(arrivals.MOST, max(most - len(folds), 1)))
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


def folded(found: Sequence[Entry]) -> list[Folded[Entry]]:
    """Entries as they are shown: twins under the first of them that may still be shown."""
    return fold(
        found,
        lambda entry: entry.match.need_id,
        lambda entry: text_print(entry.match.achievement.title, entry.match.achievement.abstract),
    )


def _explored(session: Session, user: User, week: str, least: float, now: datetime) -> tuple[Candidate, ...]:
    """One match that is not sure enough for a place, or none: answers to sure ones alone would teach nothing about it.

    Of the likeliest few that are new to the reader, the week and the reader's number choose one.
    """
    found = _candidates(session, actor_of(session, user), UNSURE * least, below=least)
    fresh = choose(found, _shown_to(session, user.id, week), EXPLORABLE, now)
    if not fresh:
        return ()
    picked = int(hashlib.sha256(f"{week}:{user.id}".encode()).hexdigest(), 16) % len(fresh)
    return (replace(fresh[picked], explored=True),)


def _candidates(session: Session, actor: Actor, least: float, below: float = 2.0) -> list[Candidate]:
    """The most probable open matches of the actor's organisation; only the columns that choosing needs.

    What its own refusals lower stands lower for it, and may lose its place. `below` leaves out what is surer.
    """
    own, other = aliased(Answer), aliased(Answer)
    says_yes = (
        exists(select(1))
        .where(other.match_id == Match.id, other.answer == AnswerKind.INTERESTED)
        .where(other.organisation_id != actor.org_id)
    )
    columns = (Match.id, Match.need_hash, Match.achievement_hash, Match.level, Match.probability, own.later_until)
    surely = [] if below > 1 else [Match.probability < below]
    left_out = [Level.NONE] if surely else [Level.NONE, Level.WEAK]
    found = session.execute(
        _open_matches(actor, own, *columns, says_yes)
        .where(Match.level.not_in(left_out), *surely)
        # negated, and `least` asked below, so that no index of everybody's probabilities is walked through for a few
        .order_by(-Match.probability, Match.id)
        .limit(POOL)
    ).all()
    lower = lowered(session, actor.org_id, [row[0] for row in found]) if actor.org_id is not None else {}
    candidates = [
        _as_it_stands(Candidate(number, print_of(need, achievement), level, probability, yes, later), lower.get(number))
        for number, need, achievement, level, probability, later, yes in found
    ]
    return [each for each in candidates if each.probability >= least]


def _as_it_stands(candidate: Candidate, lowering: Lowering | None) -> Candidate:
    """With the level and probability that its organisation's refusals leave it."""
    if lowering is None:
        return candidate
    level = lowering.level(candidate.probability).value
    return replace(candidate, level=level, probability=lowering.probability(candidate.probability))


def _open_matches(actor: Actor, own: type[Answer], *columns: Any) -> Any:
    """Columns of matches of the actor's organisation that they may read and have not answered for good."""
    return (
        select(*columns)
        .outerjoin_from(Match, own, and_(own.match_id == Match.id, own.organisation_id == actor.org_id))
        .where(
            rows(actor, "match.read", Match),
            MATCH_SIDE.where(actor, Match),
            Match.state == MatchState.OPEN,
            or_(own.id.is_(None), own.answer == AnswerKind.LATER),
        )
    )


def print_of(need_hash: str, achievement_hash: str) -> str:
    """Short mark of the two texts: it changes when either record's content does."""
    half = PRINT_LENGTH // 2
    return need_hash[:half] + achievement_hash[:half]


def _shown_to(session: Session, user_id: int, week: str) -> dict[int, Shown]:
    """What digests of other weeks have shown to this person, the newest showing of each match."""
    earlier = session.execute(
        select(Delivery.payload, Delivery.created_at)
        .where(
            Delivery.user_id == user_id,
            Delivery.kind == DeliveryKind.DIGEST,
            Delivery.key != week,
            Delivery.state.not_in(NOT_SHOWN),
        )
        .order_by(Delivery.created_at)
    )
    return {
        item["match"]: Shown(item["print"], row.created_at)
        for row in earlier
        for item in row.payload.get("items", ())
    }


def entries(session: Session, user: User, match_ids: Sequence[int]) -> list[Entry]:
    """Those of the matches that this person may see and still has to answer at this moment, in the given order."""
    actor = actor_of(session, user)
    if actor.org_id is None:
        return []
    wanted = match_ids[:POOL]
    query = (
        _open_matches(actor, aliased(Answer), Match)
        .where(Match.id.in_(wanted))
        .options(
            joinedload(Match.need).joinedload(Need.organisation),
            joinedload(Match.achievement).joinedload(Achievement.organisation),
            selectinload(Match.answers),
        )
    )
    found = {match.id: match for match in session.scalars(query).unique()}
    return [
        Entry(found[match_id], Side(side))
        for match_id in wanted
        if match_id in found and (side := side_of(actor, found[match_id]))
    ]


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
