"""Why a pair is recommended or not: the facts that decided, as codes with their figures. Pages word them.

They are facts of one moment, unlike the score: whether a match is kept also depends on the other records.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matcher.actions.matching import KEEP
from matcher.models import Achievement, Match, Need, OutboxItem, Stage
from matcher.ranking import CURRENT, Scored
from matcher.vocabulary import Kind, Level, MatchState


class Cause(StrEnum):
    """What decided, the decisive first."""

    MATCHED = "matched"  # there is an open match, or a case
    SAME_ORGANISATION = "same_organisation"  # both records have one owner
    BELOW = "below"  # the level is 无相关
    CLOSED = "closed"  # there was a match
    WAITING = "waiting"  # a record is still on its way through index and matching
    PARKED = "parked"  # its matching failed too often
    NOT_PROPOSED = "not_proposed"  # the index does not propose it to this side
    PLACES = "places"  # this side has `KEEP` better ones
    NEXT_TIME = "next_time"  # nothing keeps it out: the next matching of either side lists it
    BY_WORDS = "by_words"  # a side has no vector


@dataclass(frozen=True)
class Found:
    """What the index and the scoring say of a pair: the score, and for either side whether the index proposes the other."""

    scored: Scored
    proposed: dict[Kind, bool]
    vectors: dict[Kind, bool]


def causes(session: Session, need: Need, achievement: Achievement, found: Found) -> list[dict[str, Any]]:
    """Every fact that decides about this pair now, as {code, …figures}."""
    match = session.scalar(
        select(Match).where(Match.need_id == need.id, Match.achievement_id == achievement.id)
    )
    if match is not None and match.state != MatchState.CLOSED:
        decided = [{"code": Cause.MATCHED.value, "match_id": match.id}]
    elif need.organisation_id == achievement.organisation_id:
        decided = [{"code": Cause.SAME_ORGANISATION.value}]
    elif found.scored.level is Level.NONE:
        decided = [
            {"code": Cause.BELOW.value, "probability": found.scored.probability, "least": CURRENT.weak}
        ]
    else:
        decided = _unlisted(session, need, achievement, match, found)
    return [*decided, *_by_words(found)]


def _unlisted(
    session: Session, need: Need, achievement: Achievement, match: Match | None, found: Found
) -> list[dict[str, Any]]:
    """The pair reaches 弱相关, and yet there is no open match."""
    stages = unfinished(session, need, achievement)
    if stages:
        return [{"code": (Cause.PARKED if stages == {Stage.DEAD} else Cause.WAITING).value}]
    if match is not None:
        return [{"code": Cause.CLOSED.value, "reason": match.closed_reason}]
    sides = [
        cause
        for kind, column, number in (
            (Kind.NEED, Match.need_id, need.id),
            (Kind.ACHIEVEMENT, Match.achievement_id, achievement.id),
        )
        if (cause := _kept_out(session, kind, column == number, found))
    ]
    # each side's own computing would have stored the match: one that had room for it will do so
    return sides if len(sides) == len(found.proposed) else [{"code": Cause.NEXT_TIME.value}]


def _kept_out(
    session: Session, kind: Kind, own: ColumnElement[bool], found: Found
) -> dict[str, Any] | None:
    """What keeps the pair out of the matches of its record of `kind`; None when nothing does."""
    if not found.proposed[kind]:
        return {"code": Cause.NOT_PROPOSED.value, "kind": kind.value}
    ahead = or_(
        Match.probability > found.scored.probability,
        and_(Match.probability == found.scored.probability, Match.score > found.scored.score),
    )
    better = session.scalar(
        select(func.count()).select_from(Match).where(own, Match.state == MatchState.OPEN, ahead)
    )
    if (better or 0) < KEEP:
        return None
    return {"code": Cause.PLACES.value, "kind": kind.value, "kept": KEEP, "better": better}


def unfinished(session: Session, need: Need, achievement: Achievement) -> set[str]:
    """Stages of the items of either record that are not done."""
    of_pair = or_(
        and_(OutboxItem.kind == Kind.NEED, OutboxItem.record_id == need.id),
        and_(OutboxItem.kind == Kind.ACHIEVEMENT, OutboxItem.record_id == achievement.id),
    )
    open_stages = [stage for stage in Stage if stage is not Stage.DONE]
    return set(session.scalars(select(OutboxItem.stage).where(OutboxItem.stage.in_(open_stages), of_pair)))


def _by_words(found: Found) -> list[dict[str, Any]]:
    """A side without a vector is compared by its words alone, which are capped."""
    missing = [kind.value for kind, has in found.vectors.items() if not has]
    return [{"code": Cause.BY_WORDS.value, "kinds": missing}] if missing else []
