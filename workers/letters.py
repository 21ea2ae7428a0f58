"""What each kind of mail says, gathered at the moment of sending under the permissions of that moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import bridge, digest, links
from matcher.actor import actor_of
from matcher.links import AnswerLink
from matcher.messages import msg
from matcher.models import (
    MODELS,
    Case,
    CaseEvent,
    Delivery,
    DeliveryKind,
    Expert,
    Match,
    Organisation,
    User,
)
from matcher.permissions import allowed, side_of
from matcher.vocabulary import (
    AnswerKind,
    CaseState,
    EndReason,
    Kind,
    Level,
    OrgVerdict,
    PauseReason,
    RecordState,
    Side,
)
from workers import price_letters, task_letters
from workers.desk import DONE, HIDDEN, Skip
from workers.desk import Desk as _Desk
from workers.letters_contracts import registration_letter, report_letter
from workers.letters_counter import received_letter
from workers.letters_meeting import meeting_letter
from workers.letters_money import claim_letter, statement_letter, voucher_letter
from workers.letters_time import asked_after, duty_due, offered
from workers.letters_trace import exception_decided, integrity_news
from workers.reasons import best_reason
from workers.wording import Wording

# These answer somebody's own request and are what repairs an account, so they also go to an address that bounced.
PERSONAL = frozenset({DeliveryKind.VERIFY, DeliveryKind.RESET, DeliveryKind.KNOWN_ADDRESS, DeliveryKind.RECEIVED})
CLOSED, UNVERIFIED, BOUNCED, UNSUBSCRIBED, EMPTY = (
    "closed",
    "unverified",
    "bounced",
    "unsubscribed",
    "empty",
)


@dataclass(frozen=True)
class Letter:
    """The values that a mail's templates are filled with."""

    kind: DeliveryKind
    user: User
    wording: Wording
    values: Mapping[str, Any]
    unsubscribe: str = ""


def compose(session: Session, settings: Settings, delivery: Delivery) -> Letter | Skip:
    """The letter as it may go out now, or why none may."""
    user = session.get_one(User, delivery.user_id)
    kind = DeliveryKind(delivery.kind)
    reason = refusal(user, kind)
    if reason:
        return Skip(reason)
    wording = Wording(user.locale if user.locale in {"zh", "en"} else settings.default_locale, settings.zone)
    found = WRITERS[kind](_Desk(session, settings, user, wording, delivery.payload))
    if isinstance(found, Skip):
        return found
    unsubscribe = links.unsubscribe(settings, user) if kind is DeliveryKind.DIGEST else ""
    return Letter(kind, user, wording, found, unsubscribe)


def refusal(user: User, kind: DeliveryKind) -> str:
    """Why this person gets no mail of that kind now; empty when they do."""
    if user.closed_at is not None:
        return CLOSED
    if user.verified_at is None and kind not in PERSONAL:
        return UNVERIFIED
    if user.mail_bounced and kind not in PERSONAL:
        return BOUNCED
    if kind is DeliveryKind.DIGEST and not user.digest:
        return UNSUBSCRIBED
    return ""


def _verify(desk: _Desk) -> dict[str, Any] | Skip:
    if desk.user.verified_at is not None:
        return Skip(DONE)
    return {"link": links.verify(desk.settings, desk.user)}


def _reset(desk: _Desk) -> dict[str, Any]:
    return {"link": links.reset(desk.settings, desk.user)}


def _known_address(desk: _Desk) -> dict[str, Any]:
    return {"link": links.page(desk.settings, "login"), "forgot": links.page(desk.settings, "forgot")}


def _review_result(desk: _Desk) -> dict[str, Any] | Skip:
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


def _match(desk: _Desk) -> tuple[Match, Side] | None:
    """The match of the payload with the reader's side, if they may see it now."""
    match = desk.session.get(Match, desk.payload["match_id"])
    actor = actor_of(desk.session, desk.user)
    if match is None or not allowed(actor, "match.read", match):
        return None
    side = side_of(actor, match)
    return (match, Side(side)) if side else None


def _other_side_yes(desk: _Desk) -> dict[str, Any] | Skip:
    found = _match(desk)
    if found is None:
        return Skip(HIDDEN)
    match, side = found
    return {
        "item": _item(desk, digest.Entry(match, side)),
        "link": links.page(desk.settings, "matches", match.id),
    }


def _case(desk: _Desk) -> dict[str, Any] | Skip:
    case = desk.session.get(Case, desk.payload["case_id"])
    actor = actor_of(desk.session, desk.user)
    if case is None or not allowed(actor, "case.read", case):
        return Skip(HIDDEN)
    return {
        "case": case,
        "next_step": desk.wording.say(case.next_step),
        "due": desk.wording.day(case.due_at),
        "agreed": case.need_agreed_at is not None and case.offer_agreed_at is not None,
        "link": links.page(desk.settings, "cases", case.id),
    }


def _case_moved(desk: _Desk) -> dict[str, Any] | Skip:
    """One step of a case: what happened, and what comes next."""
    found = _case(desk)
    event = desk.session.get(CaseEvent, desk.payload["event_id"])
    if isinstance(found, Skip) or event is None:
        return Skip(HIDDEN)
    return {**found, "happened": _happened(desk.wording, event), "closed": found["case"].state in bridge.CLOSED}


def _happened(wording: Wording, event: CaseEvent) -> str:
    data = event.data
    state = wording.say(CaseState(data["state"]).label) if "state" in data else ""
    if event.kind == "ended":
        return wording.say(msg("工单已终止：%(reason)s", reason=wording.say(EndReason(data["reason"]).label)))
    if event.kind == "paused":
        reason, day = wording.say(PauseReason(data["reason"]).label), wording.day(date.fromisoformat(data["until"]))
        return wording.say(msg("工单暂停到 %(day)s：%(reason)s", day=day, reason=reason))
    if event.kind == "continued":
        return wording.say(msg("工单继续办理"))
    if event.kind == "resumed":
        return wording.say(msg("工单恢复到“%(state)s”", state=state))
    return wording.say(msg("工单进入“%(state)s”", state=state))


def _case_message(desk: _Desk) -> dict[str, Any] | Skip:
    """The mail says that there is a message and from whom, not what it says: mail is read by more than its reader."""
    found = _case(desk)
    if isinstance(found, Skip):
        return found
    event = desk.session.get(CaseEvent, desk.payload["event_id"]) if "event_id" in desk.payload else None
    # names are contact data: they are shown once both sides have agreed
    return {**found, "author": event.actor.name if found["agreed"] and event and event.actor else ""}


def _meeting(desk: _Desk) -> dict[str, Any] | Skip:
    return meeting_letter(desk) or Skip(HIDDEN)


def _membership(desk: _Desk) -> dict[str, Any] | Skip:
    organisation = desk.session.get(Organisation, desk.payload["organisation_id"])
    if organisation is None:
        return Skip(HIDDEN)
    return {
        "organisation": organisation,
        "accepted": bool(desk.payload.get("accepted")),
        "link": links.page(desk.settings),
    }


def _organisation(desk: _Desk) -> dict[str, Any] | Skip:
    organisation = desk.session.get(Organisation, desk.payload["organisation_id"])
    if organisation is None:
        return Skip(HIDDEN)
    verdict = OrgVerdict(desk.payload["verdict"])
    return {
        "organisation": organisation,
        "verdict": verdict,
        "headline": desk.wording.say(verdict.label),
        "remark": desk.payload.get("remark", ""),
        "link": links.page(desk.settings, "account", "organisation"),
    }


def _digest(desk: _Desk) -> dict[str, Any] | Skip:
    wanted = [int(item["match"]) for item in desk.payload.get("items", ())]
    found = digest.entries(desk.session, desk.user, wanted)
    if not found:
        return Skip(EMPTY)
    monday = digest.monday_of(desk.payload["week"])
    return {
        "items": [_item(desk, entry) for entry in found],
        "week": desk.payload["week"],
        "monday": desk.wording.day(monday),
        "all_matches": links.page(desk.settings, "matches"),
        "settings_link": links.page(desk.settings, "account"),
    }


def _item(desk: _Desk, entry: digest.Entry) -> dict[str, Any]:
    """Three lines and three answers: the other side's record, the best reason, the facts."""
    shown, match = entry.shown, entry.match
    answers = [
        (desk.wording.say(kind.label), links.answer(desk.settings, AnswerLink(desk.user.id, match.id, kind)))
        for kind in AnswerKind
    ]
    return {
        "side": "need" if entry.side is Side.OFFER else "offer",
        "side_label": desk.wording.say(shown.kind.label),
        "title": shown.title,
        "lang": shown.lang,
        "own_title": entry.own.title,
        "level": desk.wording.say(Level(match.level).label),
        "reason": best_reason(match.reasons, desk.wording),
        "facts": _facts(desk, shown),
        "other_says_yes": any(
            a.answer == AnswerKind.INTERESTED and a.side != entry.side for a in match.answers
        ),
        "answers": answers,
        "link": links.page(desk.settings, "matches", match.id),
    }


def _facts(desk: _Desk, record: Any) -> list[str]:
    named = allowed(actor_of(desk.session, desk.user), "record.owner", record)
    is_need = record.kind is Kind.NEED
    facts = [
        record.organisation.name if named else desk.wording.say(msg("匿名企业")),
        desk.wording.region(record.region),
        "" if is_need else desk.wording.trl(record.trl),
        desk.wording.means(record),
        desk.wording.say(msg("截止 %(day)s", day=desk.wording.day(record.deadline)))
        if is_need and record.deadline
        else "",
    ]
    return [fact for fact in facts if fact]


def _task(desk: _Desk) -> dict[str, Any] | Skip:
    found = task_letters.values_of(desk.session, desk.settings, desk.user, desk.wording, desk.payload)
    return found or Skip(DONE)
def _price(desk: _Desk) -> dict[str, Any] | Skip:
    found = price_letters.values_of(desk.session, desk.settings, desk.user, desk.wording, desk.payload)
    return found or Skip(HIDDEN)


Writer = Callable[[_Desk], "dict[str, Any] | Skip"]
WRITERS: dict[DeliveryKind, Writer] = {
    DeliveryKind.DIGEST: _digest,
    DeliveryKind.VERIFY: _verify,
    DeliveryKind.RESET: _reset,
    DeliveryKind.KNOWN_ADDRESS: _known_address,
    DeliveryKind.REVIEW_RESULT: _review_result,
    DeliveryKind.OTHER_SIDE_YES: _other_side_yes,
    DeliveryKind.RECEIVED: lambda desk: received_letter(desk) or Skip(HIDDEN),
    DeliveryKind.CASE_OPENED: _case,
    DeliveryKind.CASE_MOVED: _case_moved,
    DeliveryKind.CASE_MESSAGE: _case_message,
    DeliveryKind.MEETING: _meeting,
    DeliveryKind.MEMBERSHIP: _membership,
    DeliveryKind.TASK_ASSIGNED: _task,
    DeliveryKind.REMINDER: _task,
    DeliveryKind.OVERDUE: _task,
    DeliveryKind.ESCALATED: _task,
    DeliveryKind.PRICE_AGREED: _price,
    DeliveryKind.NOTICE_STARTED: _price,
    DeliveryKind.OBJECTION_FILED: _price,
    DeliveryKind.NOTICE_ENDED: _price,
    DeliveryKind.SALE_TAKEN: _price,
    DeliveryKind.OUTBID: _price,
    DeliveryKind.SALE_ENDED: _price,
    DeliveryKind.ORGANISATION: _organisation,
    DeliveryKind.CONTRACT_RETURNED: lambda desk: registration_letter(desk) or Skip(HIDDEN),
    DeliveryKind.CONTRACT_DECIDED: lambda desk: registration_letter(desk) or Skip(HIDDEN),
    DeliveryKind.REPORT_DUE: lambda desk: report_letter(desk) or Skip(HIDDEN),
    DeliveryKind.VOUCHER: lambda desk: voucher_letter(desk) or Skip(HIDDEN),
    DeliveryKind.CLAIM: lambda desk: claim_letter(desk) or Skip(HIDDEN),
    DeliveryKind.STATEMENT: lambda desk: statement_letter(desk) or Skip(HIDDEN),
    DeliveryKind.FRESHNESS: asked_after,
    DeliveryKind.CONVERSION_DUTY: duty_due,
    DeliveryKind.CONVERSION_OFFER: offered,
    DeliveryKind.INTEGRITY: integrity_news,
    DeliveryKind.EXCEPTION: exception_decided,
}
