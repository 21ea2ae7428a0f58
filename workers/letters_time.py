"""Mails that the calendar causes: 仍有效?, the duties of 限时转化, and overdue achievements offered to enterprises."""

from __future__ import annotations

from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.conversion.status import clocks
from matcher.conversion.terms import MONTHS, Duty
from matcher.freshness.terms import ExpiryReason, FreshnessStage, round_of
from matcher.links import AnswerLink, FreshnessAct, FreshnessLink
from matcher.models import MODELS, Achievement, Expert, Match
from matcher.permissions import allowed
from matcher.vocabulary import AnswerKind, Kind, Level, MatchState, RecordState
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


def duty_due(desk: Desk) -> dict[str, Any] | Skip:
    """A duty of 限时转化 that is due soon or overdue; not written once it is fulfilled."""
    achievement = desk.session.get(Achievement, desk.payload["achievement_id"])
    if achievement is None or not allowed(actor_of(desk.session, desk.user), "conversion.report", achievement):
        return Skip(HIDDEN)
    found = clocks(desk.session, [achievement]).get(achievement.id)
    duty = Duty(desk.payload["duty"])
    step = next((each for each in found.steps if each.duty is duty and each.is_open), None) if found else None
    if step is None or achievement.state != RecordState.PUBLISHED:
        return Skip(DONE)
    return {
        "stage": desk.payload["stage"],
        "duty": duty.value,
        "duty_label": desk.wording.say(duty.label),
        "months": MONTHS[duty],
        "title": achievement.title,
        "due": desk.wording.day(step.due),
        "link": links.page(desk.settings, "conversion", "mine"),
    }


def offered(desk: Desk) -> dict[str, Any] | Skip:
    """An achievement whose conversion is overdue, for an enterprise whose need it matches."""
    match = desk.session.get(Match, desk.payload["match_id"])
    if match is None or not allowed(actor_of(desk.session, desk.user), "match.read", match):
        return Skip(HIDDEN)
    if match.state != MatchState.OPEN:
        return Skip(DONE)
    interested = AnswerLink(desk.user.id, match.id, AnswerKind.INTERESTED)
    return {
        "title": match.achievement.title,
        "lang": match.achievement.lang,
        "owner": match.achievement.organisation.name,
        "need": match.need.title,
        "level": desk.wording.say(Level(match.level).label),
        "interested": links.answer(desk.settings, interested),
        "link": links.page(desk.settings, "matches", match.id),
        "list": links.page(desk.settings, "conversion"),
    }
