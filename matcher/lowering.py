"""What an organisation's own refusals lower in its own list: read from its answers, less what it has taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.learning.personal import LAPSED, RULES, Item, Lowering, Telling, lowering, strength
from matcher.models import Achievement, Answer, LoweringReset, Match, Need
from matcher.permissions import side_of
from matcher.vocabulary import AnswerKind, MatchState, Side

REACH = timedelta(days=730)  # older refusals have faded whatever their reason
MOST = 500  # newest refusals that are looked at
_COLUMNS = (
    Match.id,
    Match.need_id,
    Match.achievement_id,
    Need.organisation_id.label("need_owner"),
    Need.min_trl,
    Need.budget_max,
    Need.tech_field.label("need_field"),
    Achievement.trl,
    Achievement.price_min,
    Achievement.tech_field.label("offer_field"),
)


@dataclass(frozen=True)
class Standing:
    """One reason that lowers something now: how often it was given and when last."""

    side: str
    reason: str
    count: int
    last: datetime


def tellings(session: Session, organisation_id: int) -> list[Telling]:
    """The organisation's refusals that may lower something, newest first; two queries."""
    since = clock.now() - REACH
    query = (
        select(Answer.side, Answer.reason, Answer.created_at, *_COLUMNS)
        .join_from(Answer, Match, Match.id == Answer.match_id)
        .join(Need, Need.id == Match.need_id)
        .join(Achievement, Achievement.id == Match.achievement_id)
        .where(Answer.organisation_id == organisation_id, Answer.answer == AnswerKind.REFUSED)
        .where(Answer.reason.in_(list(RULES)), Answer.created_at > since)
        .order_by(Answer.created_at.desc())
        .limit(MOST)
    )
    taken_back = _resets(session, organisation_id)
    return [
        Telling(row.reason, row.created_at, _item(row, row.side))
        for row in session.execute(query)
        if row.created_at > taken_back.get((row.side, row.reason), since)
    ]


def _resets(session: Session, organisation_id: int) -> dict[tuple[str, str], datetime]:
    query = select(LoweringReset).where(LoweringReset.organisation_id == organisation_id)
    return {(row.side, row.reason): row.at for row in session.scalars(query)}


def _item(row: Any, side: str) -> Item:
    if side == Side.NEED:
        return Item(side, row.need_id, row.trl, row.price_min, row.offer_field)
    return Item(side, row.achievement_id, row.min_trl, row.budget_max, row.need_field)


def lowered(
    session: Session, organisation_id: int, match_ids: Sequence[int], told: Sequence[Telling] | None = None
) -> dict[int, Lowering]:
    """Those of the organisation's matches that stand lower for it, by number; one query more when it has refused any."""
    told = tellings(session, organisation_id) if told is None else told
    if not told or not match_ids:
        return {}
    query = (
        select(*_COLUMNS)
        .join_from(Match, Need, Need.id == Match.need_id)
        .join(Achievement, Achievement.id == Match.achievement_id)
        .where(Match.id.in_(match_ids))
    )
    now, found = clock.now(), {}
    for row in session.execute(query):
        side = Side.NEED if row.need_owner == organisation_id else Side.OFFER
        if (each := lowering(_item(row, side), told, now)) is not None:
            found[row.id] = each
    return found


def lowered_for(
    session: Session, actor: Actor, matches: Sequence[Match], told: Sequence[Telling] | None = None
) -> dict[int, Lowering]:
    """Those of the matches that stand lower for the actor's organisation, by number, while it has still to answer them."""
    waiting = [match.id for match in matches if _to_answer(actor, match)]
    return lowered(session, actor.org_id, waiting, told) if actor.org_id is not None and waiting else {}


def _to_answer(actor: Actor, match: Match) -> bool:
    """Open, with the actor's organisation on one side, which has said nothing yet or 稍后再看."""
    said = [answer.answer for answer in match.answers if answer.organisation_id == actor.org_id]
    return match.state == MatchState.OPEN and side_of(actor, match) is not None and set(said) <= {AnswerKind.LATER}


def standings(told: Sequence[Telling]) -> list[Standing]:
    """Reasons that still lower something, the newest first."""
    now, given = clock.now(), _by_reason(told)
    found = [
        Standing(side, reason, len(moments), max(moments))
        for (side, reason), moments in given.items()
        if strength(reason, moments, now) >= LAPSED
    ]
    return sorted(found, key=lambda each: each.last, reverse=True)


def _by_reason(told: Sequence[Telling]) -> Mapping[tuple[str, str], list[datetime]]:
    found: dict[tuple[str, str], list[datetime]] = {}
    for each in told:
        found.setdefault((each.about.side, each.reason), []).append(each.at)
    return found
