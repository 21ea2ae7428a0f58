"""Which enterprises could want an achievement, from what they need now and what they needed before; pure but for queries.

An enterprise that had a need once may have it still, or knows the subject. What it took back itself (withdrew) or
published without its name is never used; a need that ran out by its date or by silence was public under its name, and
is told to those who may act on it (`need.near` of the permission table). Vectors of such needs stay in the table of
embeddings, texts in the record: nothing is kept for this page alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from matcher import clock
from matcher.actor import Actor
from matcher.corpus import Statistics
from matcher.explanation import agreeing
from matcher.models import Achievement, Match, Need, Organisation
from matcher.permissions import rows
from matcher.ranking import Scored
from matcher.vocabulary import Level, MatchState, OrgKind, RecordState

MOST = 5  # enterprises
TERMS = 5
LAPSED = 400  # needs that have run out which are looked at: the newest of the achievement's chain or field
BACK = timedelta(days=3 * 365)  # an older need says little about today
NEAR = (Level.STRONG, Level.FAIR)


@dataclass(frozen=True)
class Wanting:
    """An enterprise with its nearest need. `more` are its other near ones; `match` is the open match, if there is one."""

    organisation: Organisation
    need: Need
    level: Level
    probability: float
    terms: tuple[str, ...]
    same_chain: bool
    place: str  # city, province or nothing
    more: int = 0
    match: Match | None = None

    @property
    def is_past(self) -> bool:
        """Whether the need has run out."""
        return bool(self.need.state != RecordState.PUBLISHED)


def nearest(
    achievement: Achievement,
    needs: Iterable[Need],
    scores: Mapping[int, Scored],
    matches: Mapping[int, Match],
    statistics: Statistics,
) -> list[Wanting]:
    """The enterprises whose needs come nearest, at least 较强相关, each once with the best of its needs, ties by id."""
    found: dict[int, list[Need]] = {}
    for need in sorted(needs, key=lambda each: (-scores[each.id].score, each.id)):
        foreign = need.organisation_id != achievement.organisation_id
        if foreign and need.organisation.kind == OrgKind.ENTERPRISE and scores[need.id].level in NEAR:
            found.setdefault(need.organisation_id, []).append(need)
    return [
        _wanting(achievement, own, scores[own[0].id], matches.get(own[0].id), statistics)
        for own in list(found.values())[:MOST]
    ]


def _wanting(
    achievement: Achievement, own: Sequence[Need], scored: Scored, match: Match | None, statistics: Statistics
) -> Wanting:
    need = own[0]
    return Wanting(
        organisation=need.organisation,
        need=need,
        level=scored.level,
        probability=scored.probability,
        terms=_terms(need, achievement, statistics),
        same_chain=bool(need.chain) and need.chain == achievement.chain,
        place=_place(need.region, achievement.region),
        more=len(own) - 1,
        match=match,
    )


def _terms(need: Need, achievement: Achievement, statistics: Statistics) -> tuple[str, ...]:
    """Rare words of both texts, the weightiest first."""
    asks = "。".join([need.title, need.problem, " ".join(need.keywords)])
    offers = "。".join([achievement.title, achievement.abstract, achievement.problem, " ".join(achievement.keywords)])
    rare = statistics.weight("") / 2
    found = agreeing(asks, offers, statistics)
    return tuple(term for term in found if statistics.weight(term) > rare)[:TERMS]


def _place(one: str | None, other: str | None) -> str:
    if not one or not other or one == "900000":
        return ""
    return "city" if one == other else "province" if one[:2] == other[:2] else ""


def lapsed(session: Session, actor: Actor, achievement: Achievement) -> Sequence[Need]:
    """Needs that have run out and of which `actor` may know, of the same chain or field, the newest first; one query."""
    near = [
        column == value
        for column, value in ((Need.chain, achievement.chain), (Need.tech_field, achievement.tech_field))
        if value
    ]
    if not near:
        return []
    query = select(Need).where(
        or_(*near),
        Need.state == RecordState.EXPIRED,
        Need.published_at > clock.now() - BACK,
        rows(actor, "need.near", Need),
    )
    query = query.options(joinedload(Need.organisation))
    return session.scalars(query.order_by(Need.published_at.desc(), Need.id.desc()).limit(LAPSED)).all()


def readable(session: Session, actor: Actor, ids: Iterable[int]) -> Sequence[Need]:
    """Those of `ids` of which `actor` may know here, with their organisations; one query. The database decides."""
    recent = or_(Need.state == RecordState.PUBLISHED, Need.published_at > clock.now() - BACK)
    query = select(Need).where(Need.id.in_(list(ids)), recent, rows(actor, "need.near", Need))
    return session.scalars(query.options(joinedload(Need.organisation))).all()


def open_matches(session: Session, actor: Actor, achievement: Achievement, ids: Iterable[int]) -> dict[int, Match]:
    """By need, the achievement's matches that `actor` may open; one query."""
    query = select(Match).where(
        Match.achievement_id == achievement.id,
        Match.need_id.in_(list(ids)),
        Match.state != MatchState.CLOSED,
        rows(actor, "match.read", Match),
    )
    return {match.need_id: match for match in session.scalars(query)}
