"""A case as its page and lists show it: where it stands, whose move it is, what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from flask_babel import gettext as _

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import CLOSED, PATH, missing_for, moves_of, party_of
from matcher.desk import is_overdue
from matcher.models import Case
from matcher.permissions import allowed
from matcher.timeline import STEPS, day_of
from matcher.vocabulary import AnswerKind, CaseParty, CaseState
from matcher.workdays import workdays_between
from web import format as words
from web.cards import title_of
from web.cases.timeline import agreed
from web.locale import translated
from web.session import reading

FAR = 366  # days, beyond which working days tell nobody anything


@dataclass(frozen=True)
class PathStep:
    """One place on the path; `state` is done, now, todo or stopped."""

    label: str
    state: str
    at: date | None = None


def path_of(case: Case) -> list[PathStep]:
    """The match's states that came before, the case's own, and what lies ahead. Steps that were jumped over are left out."""
    reached = {event.data.get("state"): day_of(event) for event in case.events if event.kind in STEPS}
    current = CaseState(case.state_before_end or case.state) if case.state == CaseState.ENDED else CaseState(case.state)
    place = PATH.index(current)
    steps = _before(case)
    for number, state in enumerate(PATH):
        if number < place and state in reached:
            steps.append(PathStep(words.label(state, "CaseState"), "done", reached[state]))
        elif number == place:
            over = case.state in CLOSED
            steps.append(PathStep(words.label(state, "CaseState"), "done" if over else "now", reached.get(state)))
        elif number > place and case.state != CaseState.ENDED:
            steps.append(PathStep(words.label(state, "CaseState"), "todo"))
    if case.state == CaseState.ENDED:
        steps.append(PathStep(words.label(CaseState.ENDED, "CaseState"), "stopped", _day(case.updated_at)))
    return steps


def _day(moment: datetime) -> date:
    return moment.astimezone(current_app.config["SETTINGS"].zone).date()


def _before(case: Case) -> list[PathStep]:
    if case.match is None:
        return []
    yes = [answer.created_at for answer in case.match.answers if answer.answer == AnswerKind.INTERESTED]
    steps = [PathStep(_("推荐"), "done", _day(case.match.created_at))]
    return [*steps, PathStep(_("有意向"), "done", _day(min(yes)))] if yes else steps


@dataclass(frozen=True)
class Turn:
    """Whose move it is. `tone` is a class of the `move` macro."""

    who: str
    what: str
    due: datetime | None
    left: str
    tone: str


def turn_of(case: Case, own: str | None) -> Turn:
    """The sentence on top of the page; `own` is the reader's party."""
    if case.state in CLOSED:
        reason = words.label(case.end_reason, "EndReason")
        return Turn(_("已终止") if case.state == CaseState.ENDED else _("已转化成功"), reason, None, "", "calm")
    if case.paused_at is not None:
        why = words.label(case.pause_reason, "PauseReason")
        return Turn(_("已暂停：%(reason)s", reason=why), translated(case.next_step), case.due_at, str(_("到期自动继续")), "calm")
    party = words.label(case.next_party, "CaseParty")
    who = _("轮到您（%(party)s）", party=party) if case.next_party == own else _("等待%(party)s", party=party)
    return Turn(who, translated(case.next_step), case.due_at, left_of(case.due_at), "late" if is_overdue(case) else "")


def left_of(due: datetime | None) -> str:
    """What is left in working days: `还剩 4 个工作日`, `已逾期 3 天`."""
    if due is None:
        return ""
    zone = current_app.config["SETTINGS"].zone
    today, last = clock.today(zone), due.astimezone(zone).date()
    if last < today or due < clock.now():
        return str(_("已逾期 %(count)s 天", count=max(1, (today - last).days)))
    if last == today:
        return str(_("今天到期"))
    if (last - today).days > FAR:  # counting to 9999 would take the page seconds
        return words.left(last)
    return str(_("还剩 %(count)s 个工作日", count=workdays_between(today, last)))


@dataclass(frozen=True)
class MoveChoice:
    """A step that the reader's party may make; `missing` says what must come first."""

    target: str
    label: str
    missing: str


def choices_of(case: Case, party: CaseParty | None) -> list[MoveChoice]:
    """Steps from the table for `party`, those with an open condition included."""
    if party is None:
        return []
    return [
        MoveChoice(
            move.target,
            words.label(move.target, "CaseState"),
            "、".join(translated(lacking) for lacking in missing_for(reading(), case, move)),
        )
        for move in moves_of(case, party)
    ]


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    id: int
    number: str
    need: str
    need_lang: str
    offer: str
    offer_lang: str
    sides: str
    state: str
    turn: Turn
    broker: str


def row_of(actor: Actor, case: Case) -> Row:
    """The case in one line; an anonymous need's owner appears once both agreed."""
    party = party_of(actor, case)
    known = agreed(case) or party == CaseParty.BROKER or allowed(actor, "record.owner", case.need)
    need_name = case.need_org.name if known else _("某%(kind)s", kind=words.label(case.need_org.kind, "OrgKind"))
    return Row(
        id=case.id,
        number=case.number,
        need=title_of(case.need),
        need_lang=case.need.lang,
        offer=title_of(case.achievement),
        offer_lang=case.achievement.lang,
        sides=f"{need_name} ⇄ {case.offer_org.name}",
        state=words.label(case.state, "CaseState"),
        turn=turn_of(case, party),
        broker=case.broker.name if case.broker else "",
    )
