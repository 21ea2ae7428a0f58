"""What mails about a case, its steps and its messages say."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher import bridge, links
from matcher.actor import actor_of
from matcher.messages import msg
from matcher.models import Case, CaseEvent
from matcher.permissions import allowed
from matcher.vocabulary import CaseState, EndReason, PauseReason
from workers.desk import HIDDEN, Desk, Skip
from workers.wording import Wording


def case_letter(desk: Desk) -> dict[str, Any] | Skip:
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


def step_letter(desk: Desk) -> dict[str, Any] | Skip:
    """One step of a case: what happened, and what comes next."""
    found = case_letter(desk)
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
    if event.kind == "contract_changed":
        return wording.say(msg("签约后修改了合同"))
    if event.kind == "continued":
        return wording.say(msg("工单继续办理"))
    if event.kind == "resumed":
        return wording.say(msg("工单恢复到“%(state)s”", state=state))
    return wording.say(msg("工单进入“%(state)s”", state=state))


def message_letter(desk: Desk) -> dict[str, Any] | Skip:
    """The mail says that there is a message and from whom, not what it says: mail is read by more than its reader."""
    found = case_letter(desk)
    if isinstance(found, Skip):
        return found
    event = desk.session.get(CaseEvent, desk.payload["event_id"]) if "event_id" in desk.payload else None
    # names are contact data: they are shown once both sides have agreed
    return {**found, "author": event.actor.name if found["agreed"] and event and event.actor else ""}
