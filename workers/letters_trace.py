"""Mails about integrity records and about exceptions of a case."""

from __future__ import annotations

from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.integrity.terms import IntegrityNews, IntegrityScope
from matcher.models import CaseException, IntegrityRecord
from matcher.permissions import allowed
from matcher.rules import INTEGRITY_SUBJECT
from matcher.waivers import Waivable
from workers.desk import HIDDEN, Desk, Skip


def integrity_news(desk: Desk) -> dict[str, Any] | Skip:
    """A record was entered or lifted, or an appeal decided: to those whom it bars."""
    record = desk.session.get(IntegrityRecord, desk.payload["integrity_id"])
    if record is None or not INTEGRITY_SUBJECT.holds(actor_of(desk.session, desk.user), record):
        return Skip(HIDDEN)
    news = IntegrityNews(desk.payload["news"])
    return {
        "news": news.value,
        "subject_name": record.organisation.name if record.organisation else desk.user.name,
        "scope": desk.wording.say(IntegrityScope(record.scope).label),
        "until": desk.wording.day(record.ends_on),
        "reason": record.reason,
        "answer": record.lift_reason if news is IntegrityNews.LIFTED else record.appeal_answer,
        "link": links.page(desk.settings, "account", "integrity"),
    }


def exception_decided(desk: Desk) -> dict[str, Any] | Skip:
    """An exception of a case was approved or refused: to those who may read the case."""
    row = desk.session.get(CaseException, desk.payload["exception_id"])
    if row is None or not allowed(actor_of(desk.session, desk.user), "case.read", row.case):
        return Skip(HIDDEN)
    return {
        "case": row.case,
        "rule": desk.wording.say(Waivable(row.waives).label),
        "approved": row.state == "approved",
        "decision": row.decision,
        "link": links.page(desk.settings, "cases", row.case_id, "exceptions"),
    }
