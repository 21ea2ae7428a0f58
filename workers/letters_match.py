"""What the weekly digest and the mail about the other side's yes say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matcher import links
from matcher.actor import actor_of
from matcher.arrivals.showing import Arrival, arrivals
from matcher.digest.entries import Entry, entries, folded
from matcher.digest.plans import explored_of
from matcher.digest.weeks import monday_of
from matcher.links import AnswerLink, SearchLink
from matcher.messages import msg
from matcher.models import Expert, Match
from matcher.permissions import allowed, side_of
from matcher.vocabulary import AnswerKind, ExpertTitle, Kind, Level, Side
from workers.desk import HIDDEN, Desk, Skip
from workers.reasons import best_reason

EMPTY = "empty"
FOLDERS = {Kind.NEED: "needs", Kind.ACHIEVEMENT: "achievements", Kind.EXPERT: "experts"}


def _match(desk: Desk) -> tuple[Match, Side] | None:
    """The match of the payload with the reader's side, if they may see it now."""
    match = desk.session.get(Match, desk.payload["match_id"])
    actor = actor_of(desk.session, desk.user)
    if match is None or not allowed(actor, "match.read", match):
        return None
    side = side_of(actor, match)
    return (match, Side(side)) if side else None


def other_side_letter(desk: Desk) -> dict[str, Any] | Skip:
    found = _match(desk)
    if found is None:
        return Skip(HIDDEN)
    match, side = found
    return {
        "item": _item(desk, Entry(match, side)),
        "link": links.page(desk.settings, "matches", match.id),
    }


def digest_letter(desk: Desk) -> dict[str, Any] | Skip:
    wanted = [int(item["match"]) for item in desk.payload.get("items", ())]
    found = entries(desk.session, desk.user, wanted)
    new = arrivals(desk.session, desk.user, desk.payload.get("finds", ()))
    if not found and not new:
        return Skip(EMPTY)
    explored = explored_of(desk.payload)
    monday = monday_of(desk.payload["week"])
    return {
        "items": [
            _item(desk, each.lead, each.twins, explored=each.lead.match.id in explored)
            for each in folded(found)
        ],
        "finds": [_find(desk, arrival) for arrival in new],
        "searches": links.page(desk.settings, "searches"),
        "week": desk.payload["week"],
        "monday": desk.wording.day(monday),
        "all_matches": links.page(desk.settings, "matches"),
        "settings_link": links.page(desk.settings, "account"),
    }


def _item(
    desk: Desk, entry: Entry, twins: Sequence[Entry] = (), *, explored: bool = False
) -> dict[str, Any]:
    """Three lines and three answers: the other side's record, the best reason, the facts; below, what is like it."""
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
        "explored": explored,
        "other_says_yes": any(
            a.answer == AnswerKind.INTERESTED and a.side != entry.side for a in match.answers
        ),
        "answers": answers,
        "twins": [
            {
                "title": twin.match.achievement.title,
                "lang": twin.match.achievement.lang,
                "link": links.page(desk.settings, "matches", twin.match.id),
            }
            for twin in twins
        ],
        "link": links.page(desk.settings, "matches", match.id),
    }


def _find(desk: Desk, arrival: Arrival) -> dict[str, Any]:
    """A new record, the search that brought it, and the way to hear no more of that search."""
    search, record = arrival.search, arrival.record
    return {
        "side": "need" if record.kind is Kind.NEED else "offer",
        "side_label": desk.wording.say(record.kind.label),
        "title": record.name if isinstance(record, Expert) else record.title,
        "lang": record.lang,
        "facts": _expert_facts(desk, record) if isinstance(record, Expert) else _facts(desk, record),
        "search": search.name,
        "link": links.page(desk.settings, FOLDERS[record.kind], record.id),
        "pause": links.pause_search(desk.settings, SearchLink(desk.user.id, search.id)),
    }


def _expert_facts(desk: Desk, expert: Expert) -> list[str]:
    facts = [
        expert.organisation.name,
        desk.wording.region(expert.region),
        desk.wording.say(ExpertTitle(expert.title).label),
    ]
    return [fact for fact in facts if fact]


def _facts(desk: Desk, record: Any) -> list[str]:
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
