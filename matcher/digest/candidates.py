"""Which matches could be in somebody's digest, as they stand for their organisation, and which have been."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from matcher.actor import Actor
from matcher.arrivals.watching import NOT_SHOWN
from matcher.digest.choosing import Shown
from matcher.digest.plans import Candidate, print_of
from matcher.learning.personal import Lowering
from matcher.lowering import lowered
from matcher.models import Answer, Delivery, DeliveryKind, Match
from matcher.permissions import rows
from matcher.rules import MATCH_SIDE
from matcher.vocabulary import AnswerKind, Level, MatchState

POOL = 200  # open matches of one organisation that are looked at; the best come first


def candidates(session: Session, actor: Actor, least: float, below: float = 2.0) -> list[Candidate]:
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
        open_matches(actor, own, *columns, says_yes)
        .where(Match.level.not_in(left_out), *surely)
        # negated, and `least` asked below, so that no index of everybody's probabilities is walked through for a few
        .order_by(-Match.probability, Match.id)
        .limit(POOL)
    ).all()
    lower = lowered(session, actor.org_id, [row[0] for row in found]) if actor.org_id is not None else {}
    standing = [
        _as_it_stands(Candidate(number, print_of(need, achievement), level, probability, yes, later), lower.get(number))
        for number, need, achievement, level, probability, later, yes in found
    ]
    return [each for each in standing if each.probability >= least]


def _as_it_stands(candidate: Candidate, lowering: Lowering | None) -> Candidate:
    """With the level and probability that its organisation's refusals leave it."""
    if lowering is None:
        return candidate
    level = lowering.level(candidate.probability).value
    return replace(candidate, level=level, probability=lowering.probability(candidate.probability))


def open_matches(actor: Actor, own: type[Answer], *columns: Any) -> Any:
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


def shown_to(session: Session, user_id: int, week: str) -> dict[int, Shown]:
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
