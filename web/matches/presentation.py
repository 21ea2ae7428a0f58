"""A match as the bridge shows it: two banks, a row for each reason, what is missing, how it was computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import current_app
from flask_babel import gettext as _

from matcher.actor import Actor
from matcher.models import Achievement, Answer, Computed, Match, Need
from matcher.permissions import allowed, side_of
from matcher.vocabulary import AnswerKind, MatchState
from web import format as words
from web.cards import Chip, record_url, summary, title_of
from web.matches.path import Step, path_steps
from web.matches.reasons import Reason, reasons_of


@dataclass(frozen=True)
class Bank:
    """One side of the bridge. `lang` is the record's own language."""

    side: str
    title: str
    url: str
    lang: str
    owner: str
    text: str
    chips: Sequence[Chip]


@dataclass(frozen=True)
class Bridge:
    """What the `bridge` macro shows."""

    level_label: str
    probability: float | None
    need: Bank
    offer: Bank
    reasons: Sequence[Reason]
    path: Sequence[Step] = field(default=())


def bridge_of(actor: Actor, match: Computed, *, named: bool | None = None) -> Bridge:
    """The view of `match` for `actor`. `named` tells an anonymous need's owner all the same (a case both agreed to)."""
    return Bridge(
        level_label=words.label(match.level, "Level"),
        probability=match.probability,
        need=need_bank(actor, match.need, named=named),
        offer=offer_bank(match.achievement),
        reasons=reasons_of(match),
        path=path_steps(actor, match),
    )


def need_bank(actor: Actor, need: Need, *, named: bool | None = None) -> Bank:
    """The left bank. An anonymous need's organisation is named by kind and place."""
    chips = [
        Chip(words.label(need.chain, "Chain")),
        Chip(_("预算 %(amount)s", amount=words.budget(need))),
        Chip(words.left(need.deadline), "", words.exact(need.deadline)),
        Chip(words.labels(need.coop_modes, "CoopMode")),
    ]
    owner = owner_of(actor, need, named=named)
    return Bank(need_side(need), title_of(need), record_url("need", need.id), need.lang, owner, summary(need), _filled(chips))


def offer_bank(achievement: Achievement) -> Bank:
    """The right bank."""
    ip = Counter(str(item.get("type", "")) for item in achievement.ip)
    chips = [
        Chip(words.trl(achievement.trl)),
        *(Chip(_("%(kind)s %(count)s 项", kind=words.label(kind, "IpType"), count=count)) for kind, count in ip.items() if kind),
        Chip(words.labels(achievement.coop_modes, "CoopMode")),
        Chip(_("价格 %(amount)s", amount=words.price(achievement))),
    ]
    owner = _with_place(achievement.organisation.name, achievement.region)
    return Bank(offer_side(achievement), title_of(achievement), record_url("achievement", achievement.id), achievement.lang, owner,
                summary(achievement), _filled(chips))


def need_side(need: Need) -> str:
    """What stands above a need: that it is one, and what kind of organisation has it."""
    return str(_("需求 · %(kind)s", kind=words.label(need.organisation.kind, "OrgKind")))


def offer_side(achievement: Achievement) -> str:
    """What stands above an achievement."""
    return str(_("成果 · %(kind)s", kind=words.label(achievement.organisation.kind, "OrgKind")))


def owner_of(actor: Actor, need: Need, *, named: bool | None = None) -> str:
    """The organisation's name, or its kind where the need is anonymous to this reader; with the place."""
    known = allowed(actor, "record.owner", need) if named is None else named
    name = need.organisation.name if known else _("某%(kind)s", kind=words.label(need.organisation.kind, "OrgKind"))
    return _with_place(name, need.region)


def _with_place(name: str, region: str | None) -> str:
    return _("%(name)s（%(place)s）", name=name, place=words.region(region)) if region else name


def _filled(chips: Sequence[Chip]) -> list[Chip]:
    return [chip for chip in chips if chip.text]


def own_answer(actor: Actor, match: Match) -> Answer | None:
    """What the actor's side said."""
    side = side_of(actor, match)
    return next((answer for answer in match.answers if answer.side == side), None) if side else None


def has_said(actor: Actor, match: Match, answer: AnswerKind) -> bool:
    """Whether the reader's side has given this very answer: pressing twice is once. A refusal may change its reason."""
    own = own_answer(actor, match)
    return match.state == MatchState.OPEN and own is not None and own.answer == answer != AnswerKind.REFUSED


def other_says_yes(actor: Actor, match: Match) -> bool:
    """Whether the side that the actor is not on waits for them. Its later and no are not told."""
    side = side_of(actor, match)
    return any(a.answer == AnswerKind.INTERESTED and a.side != side for a in match.answers) if side else False


@dataclass(frozen=True)
class Stage:
    """A place on the match's own path, as the `path` macro wants it."""

    label: str
    state: str
    at: date | None = None


def stages_of(match: Match) -> list[Stage]:
    """推荐, 已读, 有意向, 双方同意: what M01 calls states before there is a case."""
    read = [moment for moment in (match.need_read_at, match.offer_read_at) if moment]
    yes = sorted(answer.created_at for answer in match.answers if answer.answer == AnswerKind.INTERESTED)
    moments = [match.created_at, min(read or yes, default=None), yes[0] if yes else None, yes[1] if len(yes) > 1 else None]
    labels = [_("推荐"), _("双方已读") if len(read) > 1 else _("已读"), _("有意向"), _("双方同意")]
    reached = max(number for number, moment in enumerate(moments) if moment is not None)
    zone = current_app.config["SETTINGS"].zone
    states = ["done" if n < reached else "now" if n == reached else "todo" for n in range(len(labels))]
    if match.state == MatchState.CLOSED:
        states[reached] = "stopped"
    return [
        Stage(label, state, moment.astimezone(zone).date() if moment else None)
        for label, state, moment in zip(labels, states, moments, strict=True)
    ]
