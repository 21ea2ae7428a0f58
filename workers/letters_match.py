"""What the weekly digest and the mail about the other side's yes say."""

from __future__ import annotations

from typing import Any

from matcher import digest, links
from matcher.actor import actor_of
from matcher.links import AnswerLink
from matcher.messages import msg
from matcher.models import Match
from matcher.permissions import allowed, side_of
from matcher.vocabulary import AnswerKind, Kind, Level, Side
from workers.desk import HIDDEN, Desk, Skip
from workers.reasons import best_reason

EMPTY = "empty"


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
        "item": _item(desk, digest.Entry(match, side)),
        "link": links.page(desk.settings, "matches", match.id),
    }


def digest_letter(desk: Desk) -> dict[str, Any] | Skip:
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


def _item(desk: Desk, entry: digest.Entry) -> dict[str, Any]:
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
