"""仍有效? asked of many records at once by the calendar; silent ones sink, then leave, and come back by one click (N5)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.closing import close_matches
from matcher.actions.mailing import Planned, plan_once, speakers
from matcher.actions.records import check_complete, find_record, mark_published
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, NotAllowed
from matcher.freshness.terms import ExpiryReason, FreshnessStage, due, round_of
from matcher.integrity.blocks import require_publishable
from matcher.messages import msg
from matcher.models import MODELS, PRIORITY_IMPORT, DeliveryKind, Record
from matcher.outbox import enqueue
from matcher.vocabulary import RecordState


@action("freshness.ask")
def ask_after(session: Session, actor: Actor, kind: str, record_ids: Sequence[int]) -> int:
    """Ask the authors of these records, as far as they are due, whether they are still valid; how many records."""
    records = _due(session, actor, FreshnessStage.ASK, kind, record_ids)
    for record in records:
        record.asked_at = clock.now()
    _tell(session, FreshnessStage.ASK, records)
    audit.record(session, actor, "freshness.ask", (MODELS[kind].__tablename__, None), ids=_ids(records))
    return len(records)


@action("freshness.remind")
def remind_of(session: Session, actor: Actor, kind: str, record_ids: Sequence[int]) -> int:
    """Remind the authors of those that stayed unanswered; the records sink in lists and search; how many."""
    records = _due(session, actor, FreshnessStage.REMIND, kind, record_ids)
    for record in records:
        record.silent_since = clock.now()
        enqueue(session, record, PRIORITY_IMPORT)
    _tell(session, FreshnessStage.REMIND, records)
    audit.record(session, actor, "freshness.remind", (MODELS[kind].__tablename__, None), ids=_ids(records))
    return len(records)


@action("record.archive")
def archive_record(session: Session, actor: Actor, kind: str, record_id: int) -> None:
    """Take a record that nobody confirmed off the platform (run by the calendar) and tell its people."""
    records = _due(session, actor, FreshnessStage.ARCHIVE, kind, [record_id])
    record = records[0]
    record.state, record.expiry_reason = RecordState.EXPIRED, ExpiryReason.SILENT
    close_matches(session, record, "expired")
    enqueue(session, record, PRIORITY_IMPORT)
    _tell(session, FreshnessStage.ARCHIVE, records)
    audit.record(session, actor, "record.archive", record, reason=ExpiryReason.SILENT)


@action("record.revive")
def revive_record(session: Session, actor: Actor, kind: str, record_id: int) -> None:
    """Put a record that was archived for silence, and not changed since, back on the platform without a review."""
    record = find_record(session, actor, "record.revive", kind, record_id)
    if record.state != RecordState.EXPIRED or record.expiry_reason != ExpiryReason.SILENT:
        raise Conflict(msg("这条记录不能直接恢复，请修改后重新提交。"))
    require_publishable(session, actor, record)
    check_complete(record)
    mark_published(record)
    enqueue(session, record)
    audit.record(session, actor, "record.revive", record)


def _due(
    session: Session, actor: Actor, stage: FreshnessStage, kind: str, record_ids: Sequence[int]
) -> list[Record]:
    """The locked rows among `record_ids` that have come to `stage`; `Conflict` when none has any more."""
    if not actor.system:
        raise NotAllowed
    model = MODELS[kind]
    query = select(model).where(model.id.in_(record_ids), due(stage, model, get_settings())).order_by(model.id)
    records: list[Record] = list(session.scalars(query.with_for_update(of=model)))
    if not records:
        raise Conflict(msg("这条记录不再需要询问。"))
    return records


def _tell(session: Session, stage: FreshnessStage, records: Sequence[Record]) -> None:
    """One mail a record, person, stage and question, however often the calendar or its clock jumps."""
    people = speakers(session, records)
    mails = [
        Planned(
            user_id,
            f"{stage}-{record.kind.value}-{record.id}-{round_of(record)}",
            {
                "stage": stage.value,
                "record_kind": record.kind.value,
                "record_id": record.id,
                "round": round_of(record),
            },
        )
        for record in records
        for user_id in people[record.id]
    ]
    plan_once(session, DeliveryKind.FRESHNESS, mails)


def _ids(records: Sequence[Record]) -> list[int]:
    return [record.id for record in records]
