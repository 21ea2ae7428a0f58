"""Mails that the calendar causes: 仍有效?, the duties of 限时转化, and overdue achievements offered to enterprises."""

from __future__ import annotations

from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.freshness.terms import ExpiryReason, FreshnessStage, round_of
from matcher.links import FreshnessAct, FreshnessLink
from matcher.models import MODELS, Expert
from matcher.permissions import allowed
from matcher.vocabulary import Kind, RecordState
from workers.desk import DONE, HIDDEN, Desk, Skip


def asked_after(desk: Desk) -> dict[str, Any] | Skip:
    """仍有效?, its reminder, or that the record is archived; not written once somebody has answered."""
    kind, stage = Kind(desk.payload["record_kind"]), FreshnessStage(desk.payload["stage"])
    record: Any = desk.session.get(MODELS[kind], desk.payload["record_id"])
    if record is None or not allowed(actor_of(desk.session, desk.user), "record.confirm", record):
        return Skip(HIDDEN)
    archived = record.state == RecordState.EXPIRED and record.expiry_reason == ExpiryReason.SILENT
    still_open = archived if stage is FreshnessStage.ARCHIVE else record.state == RecordState.PUBLISHED
    if not still_open or round_of(record) != desk.payload["round"]:
        return Skip(DONE)
    return {
        "stage": stage.value,
        "kind": kind,
        "kind_label": desk.wording.say(kind.label),
        "title": record.name if isinstance(record, Expert) else record.title,
        "confirmed": desk.wording.day(record.last_confirmed),
        "sinks_after": desk.settings.freshness_reminder_days,
        "archived_after": desk.settings.freshness_archive_days,
        "valid": _link(desk, record, FreshnessAct.VALID),
        "withdraw": _link(desk, record, FreshnessAct.WITHDRAW),
        "update": links.page(desk.settings, "publish", kind.value, record.id, "edit"),
    }


def _link(desk: Desk, record: Any, act: FreshnessAct) -> str:
    """Signed for this person, this record and this question alone."""
    answer = FreshnessLink(desk.user.id, Kind(record.kind), record.id, act, round_of(record))
    return links.freshness(desk.settings, answer)
