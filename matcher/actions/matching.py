"""Store what matching computed. The computing itself happens outside any transaction (see `workers.matching`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session, selectinload

from matcher import audit, clock
from matcher.actions.closing import close_matches
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.db import in_transaction
from matcher.errors import Conflict, NotAllowed
from matcher.messages import msg
from matcher.models import MODELS, PRIORITY_IMPORT, Achievement, Match, Need, OutboxItem, Record, Stage
from matcher.vocabulary import AnswerKind, Kind, MatchState, RecordState

MAX_ATTEMPTS = 5  # then the item is parked for an operator; a task that kills its process would run for ever
KEEP = 40  # most new matches of one record; more than anybody reads
UNFIT = "unfit"  # closed because it no longer reaches 弱相关; opens again when it does
BACKOFF_SECONDS = (5, 30, 120, 600)


@dataclass(frozen=True)
class Pair:
    """One scored pair with what it was computed from."""

    need_id: int
    achievement_id: int
    need_version: int
    achievement_version: int
    values: Mapping[
        str, Any
    ]  # the other columns of Match: score, probability, level, parts, reasons, hashes …

    def other(self, kind: str) -> tuple[int, int]:
        """Number and version of the record on the other bank."""
        if kind == Kind.NEED:
            return self.achievement_id, self.achievement_version
        return self.need_id, self.need_version


def claim(item_id: int, attempt: int | None, seconds: int) -> OutboxItem | None:
    """Take an item at stage `match` for so many seconds; None when it is done, parked or somebody else's.

    `attempt` is the number of attempts its sender saw: two messages for one item give it to one of them. None takes
    it regardless, for a message that comes back because its process died.
    """

    def work(session: Session) -> OutboxItem | None:
        condition = [OutboxItem.id == item_id, OutboxItem.stage == Stage.MATCH]
        if attempt is not None:
            condition.append(OutboxItem.attempts == attempt)
        done = session.execute(
            update(OutboxItem)
            .where(*condition)
            .values(attempts=OutboxItem.attempts + 1, claimed_until=clock.now() + timedelta(seconds=seconds))
        )
        assert isinstance(done, CursorResult)
        item = session.get(OutboxItem, item_id, populate_existing=True) if done.rowcount else None
        if item is not None and item.attempts > MAX_ATTEMPTS:
            _park(item, item.last_error or "ended its process each time")
            return None
        return item

    return in_transaction(work)


def _park(item: OutboxItem, reason: str) -> None:
    item.stage, item.claimed_until, item.last_error = Stage.DEAD, None, reason[:500]


def postpone(item_id: int, reason: str) -> None:
    """An attempt failed: try again later, or park the item after `MAX_ATTEMPTS`."""

    def work(session: Session) -> None:
        item = session.get(OutboxItem, item_id, with_for_update=True)
        if item is None or item.stage != Stage.MATCH:
            return
        if item.attempts >= MAX_ATTEMPTS:
            _park(item, reason)
            return
        wait = BACKOFF_SECONDS[min(max(item.attempts, 1), len(BACKOFF_SECONDS)) - 1]
        item.available_at, item.claimed_until = clock.now() + timedelta(seconds=wait), None
        item.last_error = reason[:500]

    in_transaction(work)


def settle(item_id: int) -> None:
    """The item has nothing (more) to compute: an expert, a draft without matches, or an overtaken version."""

    def work(session: Session) -> None:
        item = session.get(OutboxItem, item_id, with_for_update=True)
        if item is not None and item.stage == Stage.MATCH:
            _finish(item)

    in_transaction(work)


def _finish(item: OutboxItem) -> None:
    item.stage, item.done_at, item.claimed_until, item.last_error = Stage.DONE, clock.now(), None, ""


def match_needs_again(session: Session) -> int:
    """Put every published need to the stage of matching, after all other work; its version stays. How many."""
    moment = clock.now()
    rows = session.execute(select(Need.id, Need.version).where(Need.state == RecordState.PUBLISHED)).all()
    session.add_all(
        OutboxItem(
            kind=Kind.NEED.value,
            record_id=row.id,
            version=row.version,
            priority=PRIORITY_IMPORT,
            stage=Stage.MATCH,
            available_at=moment,
            created_at=moment,
        )
        for row in rows
    )
    return len(rows)


def open_partners(session: Session, kind: str, record_id: int) -> list[int]:
    """Numbers of the records that this one has open matches with."""
    mine, other = _columns(kind)
    return list(session.scalars(select(other).where(mine == record_id, Match.state == MatchState.OPEN)))


def _columns(kind: str) -> tuple[Any, Any]:
    if kind == Kind.NEED:
        return Match.need_id, Match.achievement_id
    return Match.achievement_id, Match.need_id


@action("match.refresh")
def refresh_matches(
    session: Session, actor: Actor, item_id: int, version: int, pairs: Sequence[Pair], *, more: bool = False
) -> None:
    """Bring the matches of an item's record in line with `pairs` (best first) and finish the item, unless `more` follows.

    Pairs with a record that changed meanwhile are left to that record's own item. Raises `Conflict` when the item
    is finished or the record is not at `version` any more.
    """
    if not actor.system:
        raise NotAllowed
    item = session.get(OutboxItem, item_id, with_for_update=True)
    record = cast("Record | None", session.get(MODELS[item.kind], item.record_id)) if item else None
    if item is None or record is None or item.stage != Stage.MATCH or record.version != version:
        raise Conflict(msg("记录已有更新的版本。"))
    counts = (
        _bring_in_line(session, record, pairs)
        if record.state == RecordState.PUBLISHED
        else _close_all(session, record)
    )
    if not more:
        _finish(item)
    audit.record(session, actor, "match.refresh", record, **counts)


def _close_all(session: Session, record: Record) -> dict[str, int]:
    closed = len(open_partners(session, record.kind, record.id))
    close_matches(session, record, str(record.state))
    return {"closed": closed}


def _bring_in_line(session: Session, record: Record, pairs: Sequence[Pair]) -> dict[str, int]:
    moment = clock.now()
    known = _known(session, record)
    current = _current(session, record, pairs)
    added = changed = 0
    for pair in pairs:
        other_id, other_version = pair.other(record.kind)
        row = known.pop(other_id, None)
        if current.get(other_id) != other_version:
            continue
        if row is None:
            if added < KEEP:
                session.add(_new(pair, moment))
                added += 1
        elif row.state != MatchState.CASED:
            changed += _renew(session, row, pair, moment)
    closed = sum(_close(row, moment) for row in known.values())
    return {"added": added, "changed": changed, "closed": closed}


def _known(session: Session, record: Record) -> dict[int, Match]:
    mine, other = _columns(record.kind)
    found = session.scalars(
        select(Match).where(mine == record.id).options(selectinload(Match.answers)).with_for_update(of=Match)
    )
    return {getattr(row, other.key): row for row in found}


def _current(session: Session, record: Record, pairs: Sequence[Pair]) -> dict[int, int]:
    """Versions of the published records on the other bank."""
    model = Achievement if record.kind is Kind.NEED else Need
    ids = [pair.other(record.kind)[0] for pair in pairs]
    found = session.execute(
        select(model.id, model.version).where(model.id.in_(ids), model.state == RecordState.PUBLISHED)
    )
    return {row.id: row.version for row in found}


def _new(pair: Pair, moment: datetime) -> Match:
    return Match(
        need_id=pair.need_id,
        achievement_id=pair.achievement_id,
        need_version=pair.need_version,
        achievement_version=pair.achievement_version,
        created_at=moment,
        updated_at=moment,
        **pair.values,
    )


def _renew(session: Session, row: Match, pair: Pair, moment: datetime) -> bool:
    """Whether anything but the versions changed."""
    row.state, row.closed_reason = MatchState.OPEN, ""
    for name, value in pair.values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    different = session.is_modified(row)
    row.need_version, row.achievement_version = pair.need_version, pair.achievement_version
    if different:
        row.updated_at = moment
    return different


def _close(row: Match, moment: datetime) -> bool:
    """Close what does not fit any more, unless somebody said yes and waits for the other side."""
    waits = any(answer.answer == AnswerKind.INTERESTED for answer in row.answers)
    if row.state != MatchState.OPEN or waits:
        return False
    row.state, row.closed_reason, row.updated_at = MatchState.CLOSED, UNFIT, moment
    return True
