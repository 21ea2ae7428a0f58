"""Ask about a pair: 为什么推荐给我, 为什么没有. The computing happens outside any transaction (see `indexes.questions`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict
from matcher.messages import msg
from matcher.models import Achievement, Need, Question
from matcher.permissions import find, require, side_of
from matcher.vocabulary import RecordState


@dataclass(frozen=True)
class Answered:
    """What was computed: the columns of `matcher.models.Computed`, the causes, and both sides as they were."""

    values: Mapping[str, Any]
    causes: Sequence[Mapping[str, Any]]
    inputs: bytes


def pair_to_ask(session: Session, actor: Actor, need_id: int, achievement_id: int) -> Question:
    """Both records as an unsaved question. `NotFound`, `NotAllowed`, or `Conflict` while one of them is not published."""
    need = find(session, actor, "record.read", Need, need_id)
    achievement = find(session, actor, "record.read", Achievement, achievement_id)
    pair = Question(need=need, achievement=achievement)
    if need.state != RecordState.PUBLISHED:
        raise Conflict(msg("这条需求现在没有发布，不参与匹配。发布以后再问。"))
    if achievement.state != RecordState.PUBLISHED:
        raise Conflict(msg("这项成果现在没有发布，不参与匹配。发布以后再问。"))
    require(actor, "question.ask", pair)
    return pair


@action("question.ask")
def keep_question(session: Session, actor: Actor, answered: Answered) -> int:
    """Store an answer; its number. The same inputs, versions and causes, asked by the same side, are one answer."""
    values = answered.values
    pair = pair_to_ask(session, actor, values["need_id"], values["achievement_id"])
    if (pair.need.version, pair.achievement.version) != (values["need_version"], values["achievement_version"]):
        raise Conflict(msg("其中一条记录刚刚改过，请再问一次。"))
    organisation_id = actor.org_id if side_of(actor, pair) else None
    named = fingerprint(answered, organisation_id)
    row = session.scalar(select(Question).where(Question.fingerprint == named))
    if row is None:
        row = Question(
            fingerprint=named,
            organisation_id=organisation_id,
            causes=[dict(cause) for cause in answered.causes],
            inputs=answered.inputs,
            created_at=clock.now(),
            **values,
        )
        session.add(row)
        session.flush()
    audit.record(session, actor, "question.ask", row, level=row.level)
    return row.id


def fingerprint(answered: Answered, organisation_id: int | None) -> str:
    """Names everything that an answer depends on, and who may read it."""
    named = ("need_id", "achievement_id", "need_version", "achievement_version", "ranking_version", "model", "snapshot_id")
    content = [
        organisation_id,
        [answered.values[name] for name in named],
        [dict(cause) for cause in answered.causes],
        hashlib.sha256(answered.inputs).hexdigest(),
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
