"""The answer about one pair, from what the index stores of both sides, exactly as matching computes it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexes import evidence, statistics
from indexes.engine import Engine, document_id
from indexes.pairs import Side, banks, candidates, computed, sides, versions
from matcher import learned, pairing
from matcher.actions.questions import Answered
from matcher.causes import Found, causes
from matcher.corpus import Statistics
from matcher.embedding import Encoder
from matcher.errors import Conflict
from matcher.learning.correction import best_first
from matcher.messages import msg
from matcher.models import Achievement, Match, Need, Question
from matcher.pinned import pin
from matcher.ranking import Scored
from matcher.vocabulary import Kind, Level, MatchState

MISSES = 5
NEAR = 0.03  # a fifth of what 弱相关 begins at; below, nothing is near


def answer(session: Session, engine: Engine, encoder: Encoder | None, pair: Question) -> Answered:
    """Score, reasons and causes of `pair` under the newest snapshot.

    `Conflict` while a record is not indexed as it is now, or before the first snapshot; `EngineUnavailableError`.
    """
    need, achievement = _side(session, engine, pair.need), _side(session, engine, pair.achievement)
    snapshot_id, corpus = statistics.latest(session)
    if snapshot_id is None:
        raise Conflict(msg("平台还没有算过匹配，请过几分钟再问。"))
    correction = learned.in_use(session)
    judged = pairing.judge(need, achievement, corpus, correction)
    scored = judged[0]
    under = versions(engine, snapshot_id, correction)
    told, asked = pairing.told_by_words(need, achievement, corpus, *judged)
    found, _ = evidence.near(session, encoder, under["model"], {"": asked} if asked else {})
    near = found.get("")
    proposed = _proposed(engine, encoder, need, achievement, corpus) if scored.level is not Level.NONE else {}
    vectors = {Kind.NEED: need.text.vector is not None, Kind.ACHIEVEMENT: achievement.text.vector is not None}
    return Answered(
        computed(need, achievement, corpus, (scored, told), under, near),
        causes(session, pair.need, pair.achievement, Found(scored, proposed, vectors)),
        pin(need, achievement, near),
    )


def _side(session: Session, engine: Engine, record: Need | Achievement) -> Side:
    name = document_id(record.kind, record.id)
    found = sides(session, record.kind, engine.stored([name])).get(name)
    if found is None:
        raise Conflict(msg("其中一条记录刚改过，正在编入索引，请过几秒再问。"))
    return found


def _proposed(
    engine: Engine, encoder: Encoder | None, need: Side, achievement: Side, corpus: Statistics
) -> dict[Kind, bool]:
    """For either side, whether the index proposes the other as a candidate."""
    return {
        Kind.NEED: achievement.text.id in candidates(engine, encoder, need, corpus),
        Kind.ACHIEVEMENT: need.text.id in candidates(engine, encoder, achievement, corpus),
    }


def near_misses(
    session: Session, engine: Engine, encoder: Encoder | None, record: Need | Achievement
) -> list[tuple[Need | Achievement, Scored]]:
    """What comes nearest to a published record of all that is not matched with it, nearest first, at most `MISSES`.

    Raises as `answer` does.
    """
    own = _side(session, engine, record)
    _, corpus = statistics.latest(session)
    correction = learned.in_use(session)
    names = candidates(engine, encoder, own, corpus)
    other = Kind.ACHIEVEMENT if record.kind is Kind.NEED else Kind.NEED
    matched = _matched(session, record)
    found = [
        (side.record, pairing.judge(*banks(own, side), corpus, correction)[0])
        for side in sides(session, other.value, engine.stored(list(names))).values()
        if side.record.organisation_id != record.organisation_id and side.record.id not in matched
    ]
    near = [each for each in found if each[1].probability >= NEAR]
    return sorted(near, key=lambda each: (*best_first(each[1])[:2], each[0].id))[:MISSES]


def _matched(session: Session, record: Need | Achievement) -> set[int]:
    """Numbers of the records that it has an open match or a case with."""
    own, other = (
        (Match.need_id, Match.achievement_id)
        if record.kind is Kind.NEED
        else (Match.achievement_id, Match.need_id)
    )
    return set(session.scalars(select(other).where(own == record.id, Match.state != MatchState.CLOSED)))
