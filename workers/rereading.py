"""The second reading of a record's best pairs, and what operators learn of it: whether it answers, and else why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy.orm import Session

from indexes.pairs import Side, banks
from matcher import ranking
from matcher.clock import now
from matcher.db import in_transaction
from matcher.learning.correction import best_first
from matcher.models import NamedValue
from matcher.reasons import Explanation
from matcher.reranking import DEPTH, STATE, Reranker, RerankerUnavailable, Texts, reread
from matcher.text import joined

Found = tuple[str, ranking.Scored, Explanation | None]
log = structlog.get_logger()
_told: dict[str, str] = {}  # what this process said last of each model
_logged: set[str] = set()


def again(
    reranker: Reranker | None, own: Side, others: Mapping[str, Side], found: Sequence[Found]
) -> tuple[Sequence[Found], str]:
    """The pairs read again, best first, and what this adds to the version that they name; else as they were, and ""."""
    if reranker is None or not found:
        return found, ""
    best = found[:DEPTH]
    try:
        agreements = reranker.agreements([_texts(*banks(own, others[name])) for name, _, _ in best])
    except RerankerUnavailable as error:
        _tell(reranker.name, str(error))
        return found, ""
    _tell(reranker.name, "")
    moved = [(name, reread(scored, each), told) for (name, scored, told), each in zip(best, agreements, strict=True)]
    return sorted([*moved, *found[DEPTH:]], key=lambda each: (*best_first(each[1])[:2], each[0])), f"+{reranker.label}"


def _texts(need: Side, achievement: Side) -> Texts:
    return joined(need.facts.title, need.facts.body), joined(achievement.facts.title, achievement.facts.body)


def _tell(model: str, reason: str) -> None:
    """Let operators know when the state changes; the log hears of each reason once."""
    if _told.get(model) == reason:
        return
    if reason and reason not in _logged:
        log.warning("matching: no second reading, the order stands without it", model=model, reason=reason)
    _logged.add(reason)

    def work(session: Session) -> None:
        session.merge(NamedValue(name=STATE, value={"model": model, "reason": reason}, updated_at=now()))

    in_transaction(work)
    _told[model] = reason
