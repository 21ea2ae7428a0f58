"""The timeline of a case: everything that happened, by whom, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from matcher.models import Case, CaseEvent, User
from matcher.vocabulary import AnswerKind, CaseParty
from web import format as words
from web.cases.titles import TITLES, fits, held_by
from web.locale import translated


@dataclass(frozen=True)
class Line:
    """One line of the timeline. `side` is the party that did it; `file` is the number of the file it speaks of."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    note: str = ""
    side: str = ""
    file: int | None = None


BUSINESS = frozenset(
    ["price_proposed", "price_confirmed", "price_agreed", "price_withdrawn", "range_entered", "range_lost", "ranges_compared", "sale_opened", "sale_sold", "sale_unsold", "sale_withdrawn", "listing_over", "shared", "claimed", "finance"]
)  # what these say is for the sides, their broker and the operators; a notice is public


def told_to(case: Case, *, business: bool) -> list[CaseEvent]:
    """The events of the case that a reader may know of who sees its business or does not."""
    return [event for event in case.events if business or event.kind not in BUSINESS]


def lines_of(case: Case, events: Iterable[CaseEvent], brokers: dict[int, User], files: Collection[int]) -> list[Line]:
    """What happened in `events`, newest first, the match's own history included; of files only those in `files`."""
    told = [event for event in events if event.kind != "file" or event.data.get("file_id") in files]
    lines = [*_match_lines(case), *(_line(case, event, brokers) for event in told)]
    # what happened in the same moment stays in the order of its numbers
    return [line for _at, _number, line in sorted(((line.at, number, line) for number, line in enumerate(lines)), reverse=True)]


def _match_lines(case: Case) -> list[Line]:
    if case.match is None:
        return []
    level = words.label(case.match.level, "Level")
    lines = [Line(case.match.created_at, "match", _("推荐"), "", _("%(level)s，可信度 %(p)s", level=level, p=f"{min(case.match.probability, 0.99):.2f}"))]
    return lines + [
        Line(answer.created_at, "answer", _("%(side)s有意向", side=words.label(answer.side, "Side")))
        for answer in case.match.answers
        if answer.answer == AnswerKind.INTERESTED
    ]


def _line(case: Case, event: CaseEvent, brokers: dict[int, User]) -> Line:
    by = who(case, event)
    worded = TITLES.get(event.kind)
    title = by if event.kind == "message" else worded(event, brokers) if worded else event.kind
    note = "" if event.kind == "message" else by
    return Line(event.created_at, event.kind, title, _text(event), note, event.party or "", event.data.get("file_id"))


def _text(event: CaseEvent) -> str:
    if event.kind == "assigned":
        return fits(event.data.get("why", ()))
    if event.kind == "task_escalated":
        return translated(event.body)  # a step's words may be ours
    if event.kind != "planned":
        return event.body
    due = event.data.get("due_at")
    day = words.exact(datetime.fromisoformat(str(due)).astimezone(current_app.config["SETTINGS"].zone).date()) if due else ""
    return str(_("%(step)s（%(day)s 前）", step=event.body, day=day)) if day else event.body


def who(case: Case, event: CaseEvent) -> str:
    """Who did it: the party, with the person's name once both sides know each other."""
    if event.actor is not None and event.data.get("held"):
        return f"{held_by(event)} · {event.actor.name}"
    if event.actor is not None and event.party is None and case.station is not None:
        return case.station.name  # whoever received the client takes no part in the case afterwards
    if event.actor is None or event.party is None:
        return str(_("平台"))
    party = words.label(event.party, "CaseParty")
    if event.party in (CaseParty.NEED, CaseParty.OFFER) and not agreed(case):
        return party
    return f"{party} · {event.actor.name}" if event.actor.name else party


def agreed(case: Case) -> bool:
    """Whether both sides said yes."""
    return case.need_agreed_at is not None and case.offer_agreed_at is not None
