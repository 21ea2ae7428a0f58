"""The audit trail with search: who did what to which object, when. It cannot be changed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import ColumnElement, func, select

from matcher.actions.registry import ACTIONS
from matcher.audit import REFUSED
from matcher.models import AuditEvent, User
from matcher.permissions import require
from web.console.shell import blueprint, console_page
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 50
FIELDS = ("who", "action", "object", "since", "until")


@blueprint.get("/audit")
def audit() -> str:
    """Newest first."""
    require(current_actor(), "audit.read")
    asked = {name: request.args.get(name, "").strip()[:254] for name in FIELDS}
    conditions = _conditions(asked)
    session = reading()
    total = session.scalar(select(func.count()).select_from(AuditEvent).where(*conditions)) or 0
    page = page_of(total, PAGE, page_number())
    query = select(AuditEvent).where(*conditions).order_by(AuditEvent.id.desc())
    events = list(session.scalars(query.offset(page.offset).limit(PAGE)))
    ids = {event.actor_id for event in events if event.actor_id is not None}
    names = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}
    return console_page(
        "audit",
        "console.audit",
        events=[(event, names.get(event.actor_id or 0), _words(event)) for event in events],
        actions=sorted([*ACTIONS, REFUSED]),
        asked=asked,
        total=total,
        page=page,
        url=lambda number: url_for("console.audit", **{"page": number, **{k: v for k, v in asked.items() if v}}),
    )


def _conditions(asked: dict[str, str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked["who"]:
        who = asked["who"].lower()
        people = select(User.id).where(User.email.contains(who, autoescape=True) | User.name.contains(asked["who"], autoescape=True))
        found.append(AuditEvent.actor_id.in_(people))
    if asked["action"]:
        found.append(AuditEvent.action == asked["action"])
    if asked["object"]:
        kind, _space, number = asked["object"].replace("-", " ").replace("/", " ").partition(" ")
        found.append(AuditEvent.object_kind == kind.lower())
        if number.isascii() and number.isdigit() and len(number) < 10:
            found.append(AuditEvent.object_id == int(number))
    for name, days in (("since", 0), ("until", 1)):
        moment = _midnight(asked[name], days)
        if moment is not None:
            found.append(AuditEvent.at < moment if days else AuditEvent.at >= moment)
    return found


def _midnight(text: str, days: int) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=days), time(), current_app.config["SETTINGS"].zone)
    except (ValueError, OverflowError):
        return None


def _words(event: AuditEvent) -> str:
    """The changes as `key value` pairs; they hold codes and names of fields, never contents."""
    def plain(value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    return " · ".join(f"{key}: {plain(value)}" for key, value in event.changes.items())[:300]
