"""What mails about an account, its organisation and its listings say."""

from __future__ import annotations

from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.models import MODELS, Expert, Organisation
from matcher.permissions import allowed
from matcher.vocabulary import Kind, OrgVerdict, RecordState
from workers.desk import DONE, HIDDEN, Desk, Skip


def verify_letter(desk: Desk) -> dict[str, Any] | Skip:
    if desk.user.verified_at is not None:
        return Skip(DONE)
    return {"link": links.verify(desk.settings, desk.user)}


def reset_letter(desk: Desk) -> dict[str, Any]:
    return {"link": links.reset(desk.settings, desk.user)}


def known_address_letter(desk: Desk) -> dict[str, Any]:
    return {"link": links.page(desk.settings, "login"), "forgot": links.page(desk.settings, "forgot")}


def review_letter(desk: Desk) -> dict[str, Any] | Skip:
    kind = Kind(desk.payload["record_kind"])
    record: Any = desk.session.get(MODELS[kind], desk.payload["record_id"])
    if record is None or not allowed(actor_of(desk.session, desk.user), "record.read", record):
        return Skip(HIDDEN)
    return {
        "record": record,
        "kind": kind,
        "title": record.name if isinstance(record, Expert) else record.title,
        "kind_label": desk.wording.say(kind.label),
        "published": desk.payload["state"] == RecordState.PUBLISHED,
        "remark": record.review_remark,
        "link": links.page(desk.settings, f"{kind.value}s", record.id),
    }


def membership_letter(desk: Desk) -> dict[str, Any] | Skip:
    organisation = desk.session.get(Organisation, desk.payload["organisation_id"])
    if organisation is None:
        return Skip(HIDDEN)
    return {
        "organisation": organisation,
        "accepted": bool(desk.payload.get("accepted")),
        "link": links.page(desk.settings),
    }


def organisation_letter(desk: Desk) -> dict[str, Any] | Skip:
    organisation = desk.session.get(Organisation, desk.payload["organisation_id"])
    if organisation is None or actor_of(desk.session, desk.user).member_of != organisation.id:
        return Skip(HIDDEN)
    verdict = OrgVerdict(desk.payload["verdict"])
    return {
        "organisation": organisation,
        "verdict": verdict,
        "headline": desk.wording.say(verdict.label),
        "remark": desk.payload.get("remark", ""),
        "link": links.page(desk.settings, "account", "organisation"),
    }
