"""Addresses that mails point to. The host is the configured public one, never what a request claimed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.settings import Settings
from matcher.models import User
from matcher.signing import BadLinkError, sign, unsign, user_state
from matcher.vocabulary import AnswerKind, Kind, Term

# /verify/…, /reset/…, /invitation/…, /a/…, /f/…, /m/…, /s/… and /unsubscribe/… carry a signed token: whoever has it can act for the recipient
KEY = re.compile(r"(/(?:verify|reset|invitation|unsubscribe|a|f|m|s)/)[A-Za-z0-9_.\-]{16,}")
MASK = "••••••"


@dataclass(frozen=True)
class AnswerLink:
    """What an answer link says: who, to which match, what."""

    user_id: int
    match_id: int
    answer: AnswerKind


class FreshnessAct(Term):
    """What a freshness link does after its confirming click."""

    VALID = "valid", "仍然有效"
    WITHDRAW = "withdraw", "撤下"


@dataclass(frozen=True)
class FreshnessLink:
    """What a freshness link says: who, about which record, what, in answer to which question (`freshness.round_of`)."""

    user_id: int
    kind: Kind
    record_id: int
    act: FreshnessAct
    round: int


@dataclass(frozen=True)
class SearchLink:
    """What the link under a record that a saved search brought says: whose search it pauses, and which."""

    user_id: int
    search_id: int


def page(settings: Settings, *parts: object) -> str:
    """Address of a page, such as `page(settings, "cases", 7)`."""
    return "/".join([settings.public_url.rstrip("/"), *map(str, parts)])


def verify(settings: Settings, user: User) -> str:
    """Proves the address; works once, for 72 hours."""
    return page(
        settings, "verify", sign(settings, "verify", {"user": user.id, "state": user_state(user)})
    )


def reset(settings: Settings, user: User) -> str:
    """Sets a new password; works once, for two hours."""
    return page(settings, "reset", sign(settings, "reset", {"user": user.id, "state": user_state(user)}))


def invitation(settings: Settings, user: User) -> str:
    """Sets the first password of an account that was made at a counter; works once, for 30 days."""
    token = sign(settings, "invitation", {"user": user.id, "state": user_state(user)})
    return page(settings, "invitation", token)


def unsubscribe(settings: Settings, user: User) -> str:
    """Stops the digest without logging in."""
    return page(settings, "unsubscribe", sign(settings, "unsubscribe", {"user": user.id}))


def answer(settings: Settings, link: AnswerLink) -> str:
    """Answers one match for one person's side without logging in, after a confirming click."""
    data = {"user": link.user_id, "match": link.match_id, "answer": link.answer.value}
    return page(settings, "a", sign(settings, "answer", data))


def read_answer(settings: Settings, token: str) -> AnswerLink:
    """What an answer link's token says; raises `BadLinkError`."""
    data = unsign(settings, "answer", token)
    try:
        return AnswerLink(int(data["user"]), int(data["match"]), AnswerKind(data["answer"]))
    except (KeyError, TypeError, ValueError):
        raise BadLinkError from None


def masked(text: str) -> str:
    """The text without the parts of links that open something."""
    return KEY.sub(rf"\1{MASK}", text)


def freshness(settings: Settings, link: FreshnessLink) -> str:
    """Confirms or withdraws one record for one person without logging in, after a confirming click."""
    data = {
        "user": link.user_id,
        "kind": link.kind.value,
        "record": link.record_id,
        "act": link.act.value,
        "round": link.round,
    }
    return page(settings, "f", sign(settings, "freshness", data))


def read_freshness(settings: Settings, token: str) -> FreshnessLink:
    """What a freshness link's token says; raises `BadLinkError`."""
    data = unsign(settings, "freshness", token)
    try:
        return FreshnessLink(
            int(data["user"]),
            Kind(data["kind"]),
            int(data["record"]),
            FreshnessAct(data["act"]),
            int(data["round"]),
        )
    except (KeyError, TypeError, ValueError):
        raise BadLinkError from None


def pause_search(settings: Settings, link: SearchLink) -> str:
    """Pauses one saved search for its owner without logging in, after a confirming click."""
    data = {"user": link.user_id, "search": link.search_id}
    return page(settings, "s", sign(settings, "search", data))


def read_search(settings: Settings, token: str) -> SearchLink:
    """What such a link's token says; raises `BadLinkError`."""
    data = unsign(settings, "search", token)
    try:
        return SearchLink(int(data["user"]), int(data["search"]))
    except (KeyError, TypeError, ValueError):
        raise BadLinkError from None
