"""Keep what answers teach: rows, the versions that earned their place, and which of them is in use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matcher import audit, clock, learned
from matcher.actions.matching import match_needs_again
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, NotAllowed, NotFound
from matcher.learning.contest import Decision
from matcher.learning.evidence import ANSWERED
from matcher.learning.features import described
from matcher.messages import msg
from matcher.models import Answer, LearningChoice, LearningRow, LearningVersion, Match, NamedValue
from matcher.permissions import require


def keep_answer(session: Session, match: Match, answer: Answer) -> None:
    """Part of an answer's transaction: the row that it teaches, with the match as the person saw it.

    稍后再看 teaches nothing, and takes back what was said before.
    """
    forget_answer(session, match.id, answer.side)
    if answer.answer in ANSWERED:
        session.add(row_of(match, answer.side, answer.answer, answer.organisation_id, answer.created_at, answer))


def row_of(
    match: Match, side: str, outcome: str, organisation_id: int, at: datetime, answer: Answer | None = None
) -> LearningRow:
    """A row of a match as it is stored now; its probability is the ranking's, before any correction."""
    return LearningRow(
        match_id=match.id,
        side=side,
        need_id=match.need_id,
        organisation_id=organisation_id,
        user_id=answer.user_id if answer else None,
        outcome=outcome,
        reason=(answer.reason or "") if answer else "",
        probability=float(match.parts.get("before", match.probability)),
        level=match.level,
        features=described(match.parts, match.reasons),
        ranking_version=match.ranking_version,
        at=at,
    )


def forget_answer(session: Session, match_id: int, side: str) -> None:
    """Part of a retraction's transaction: what was taken back teaches nothing."""
    session.execute(delete(LearningRow).where(LearningRow.match_id == match_id, LearningRow.side == side))


@action("learning.adopt")
def adopt(session: Session, actor: Actor, decision: Decision, champion: int) -> int:
    """Store the weights of a night that earned their place and put them into use; the version's number.

    Raises `Conflict` when another version than `champion` (0: none) is in use by now, or a person holds it.
    """
    correction, chosen = decision.correction, learned.newest_choice(session)
    if not actor.system or correction is None or not decision.adopt:
        raise NotAllowed
    if chosen is not None and (chosen.hold or (chosen.version_id or 0) != champion):
        raise Conflict(msg("启用的版本刚刚变了，请刷新后再看。"))
    version = LearningVersion(
        base=correction.base,
        features=correction.table,
        parent_id=champion or None,
        weights=dict(correction.weights),
        means=dict(correction.means),
        counts=decision.counts,
        metrics=decision.data(),
        created_at=clock.now(),
    )
    session.add(version)
    session.flush()
    _choose(session, actor, version.id, hold=False)
    audit.record(session, actor, "learning.adopt", version, before=champion or None)
    return version.id


@action("learning.choose")
def choose(session: Session, actor: Actor, version_id: int | None) -> None:
    """Put a version (None: no correction) into use by a person's word, and hold it until `release`; all needs match anew."""
    require(actor, "learning.choose")
    if version_id is not None and session.get(LearningVersion, version_id) is None:
        raise NotFound
    chosen = learned.newest_choice(session)
    if chosen is not None and chosen.hold and chosen.version_id == version_id:
        raise Conflict(msg("这个版本已在使用。"))
    _choose(session, actor, version_id, hold=True)
    before = chosen.version_id if chosen else None
    audit.record(session, actor, "learning.choose", ("learning_versions", version_id), before=before)


@action("learning.release")
def release(session: Session, actor: Actor) -> None:
    """Let the nights choose again; what is in use stays until one finds better."""
    require(actor, "learning.choose")
    chosen = learned.newest_choice(session)
    if chosen is None or not chosen.hold:
        raise Conflict(msg("现在没有人为固定的版本。"))
    session.add(_choice(actor, chosen.version_id, hold=False))
    audit.record(session, actor, "learning.release", ("learning_versions", chosen.version_id))


def _choose(session: Session, actor: Actor, version_id: int | None, *, hold: bool) -> None:
    session.add(_choice(actor, version_id, hold=hold))
    match_needs_again(session)


def _choice(actor: Actor, version_id: int | None, *, hold: bool) -> LearningChoice:
    return LearningChoice(version_id=version_id, user_id=actor.user_id, hold=hold, at=clock.now())


def note_night(session: Session, decision: Decision, said: str) -> None:
    """Keep what the newest night came to, for the console; `said` is its reason, or why it could not act on it."""
    value = {"reason": said, "counts": decision.counts, "metrics": decision.data()}
    session.merge(NamedValue(name=learned.LAST_NIGHT, value=value, updated_at=clock.now()))


def stored(session: Session, match_ids: list[int]) -> set[tuple[int, str]]:
    """Match and side of those that have a row."""
    found = session.execute(
        select(LearningRow.match_id, LearningRow.side).where(LearningRow.match_id.in_(match_ids))
    )
    return {(row.match_id, row.side) for row in found}
