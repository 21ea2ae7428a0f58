"""A case as its page shows it: where it stands, whose move it is, what happened, what may be done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask import current_app
from flask_babel import gettext as _

from matcher import clock
from matcher.actor import Actor
from matcher.bridge import CLOSED, PATH, missing_for, moves_of, party_of
from matcher.brokers import Fit
from matcher.desk import is_overdue
from matcher.models import Case, CaseEvent, User
from matcher.permissions import allowed
from matcher.pricing.terms import Gap, Route
from matcher.tasks.terms import Duty
from matcher.timeline import STEPS, day_of
from matcher.vocabulary import AnswerKind, CaseParty, CaseState
from matcher.waivers import Waivable
from matcher.workdays import workdays_between
from web import format as words
from web.cards import title_of
from web.locale import current_language, translated
from web.session import reading


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
class Line:
    """One line of the timeline. `side` is the party that did it; `file` is the number of the file it speaks of."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    note: str = ""
    side: str = ""
    file: int | None = None


def lines_of(case: Case, brokers: dict[int, User], files: Collection[int]) -> list[Line]:
    """Everything that happened, newest first, the match's own history included; of files only those in `files`."""
    told = [event for event in case.events if event.kind != "file" or event.data.get("file_id") in files]
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


def _opened(event: CaseEvent, _brokers: dict[int, User]) -> str:
    if event.data.get("state") == CaseState.PROPOSED:
        return str(_("经纪人提议对接，等双方确认") if event.data.get("by_broker", True) else _("平台提议对接，等双方确认"))
    return str(_("双方同意对接，联系方式互相可见"))


def _assigned(event: CaseEvent, brokers: dict[int, User]) -> str:
    broker = brokers.get(int(event.data.get("broker_id", 0)))
    return str(_("指定经纪人：%(name)s", name=broker.name) if broker else _("指定经纪人"))


def fits(reasons: Iterable[str]) -> str:
    """Reasons to propose a broker, in words."""
    joint = ", " if current_language() == "en" else "、"
    return joint.join(translated(Fit(code).label) for code in reasons if code in list(Fit))


def _held(event: CaseEvent) -> str:
    """The duty of an officer who did it; who they are."""
    held = event.data.get("held")
    return translated(Duty(held).label) if held else ""


def _task_given(event: CaseEvent) -> str:
    return translated(Duty(event.data["duty"]).label)


TITLES: dict[str, Callable[[CaseEvent, dict[int, User]], str]] = {
    "opened": _opened,
    "agreed": lambda e, _b: _("%(side)s当面同意对接", side=words.label(e.data.get("side"), "Side")) if e.data.get("at_counter") else _("%(side)s同意对接", side=words.label(e.data.get("side"), "Side")),
    "moved": lambda e, _b: _moved(e),
    "assigned": _assigned,
    "planned": lambda e, _b: _("下一步由%(party)s完成", party=words.label(e.data.get("party"), "CaseParty")),
    "price_proposed": lambda e, _b: _("提出价格：%(amount)s", amount=_wan(e)),
    "price_confirmed": lambda e, _b: _("%(side)s确认价格", side=words.label(e.data.get("side"), "Side")),
    "price_agreed": lambda e, _b: _("商定价格：%(amount)s", amount=_wan(e)),
    "price_withdrawn": lambda _e, _b: _("撤回价格"),
    "range_entered": lambda e, _b: _("%(side)s填写了密封区间", side=words.label(e.data.get("side"), "Side")),
    "range_lost": lambda e, _b: _("%(side)s的密封区间已失效，请重新填写", side=words.label(e.data.get("side"), "Side")),
    "ranges_compared": lambda e, _b: _("密封价格：%(gap)s", gap=translated(Gap(e.data["gap"]).label)),
    "sale_opened": lambda e, _b: _("发起%(route)s", route=translated(Route(e.data["route"]).label)),
    "sale_sold": lambda e, _b: _("公开交易成交：%(amount)s", amount=_wan(e)) if e.data.get("own") else _("公开交易由他方取得"),
    "sale_unsold": lambda _e, _b: _("公开交易没有成交"),
    "sale_withdrawn": lambda _e, _b: _("撤回公开交易"),
    "listing_over": lambda _e, _b: _("挂牌期满，等待确认受让方"),
    "notice_started": lambda _e, _b: _("开始公示"),
    "notice_ended": lambda _e, _b: _("公示期满，无未处理的异议"),
    "objection_filed": lambda _e, _b: _("收到异议，公示暂停"),
    "objection_decided": lambda e, _b: _("异议成立，价格作废") if e.data.get("state") == "upheld" else _("异议不成立"),
    "file": lambda e, _b: _("上传了新版本 v%(version)s", version=e.data["version"]) if e.data.get("version", 1) > 1 else _("上传了文件"),
    "exception_requested": lambda e, _b: _("申请一事一议：%(rule)s", rule=_rule(e)),
    "exception_approved": lambda e, _b: _("一事一议已批准：%(rule)s", rule=_rule(e)),
    "exception_refused": lambda e, _b: _("一事一议未批准：%(rule)s", rule=_rule(e)),
    "paused": lambda e, _b: _("暂停到 %(day)s：%(reason)s", day=words.exact(date.fromisoformat(e.data["until"])), reason=words.label(e.data["reason"], "PauseReason")),
    "continued": lambda _e, _b: _("继续办理"),
    "resumed": lambda e, _b: _("恢复到“%(state)s”", state=words.label(e.data.get("state"), "CaseState")),
    "shared": lambda _e, _b: _("一笔到账已按权属表分配"),
    "claimed": lambda _e, _b: _("申请补助"),
    "finance": lambda _e, _b: _("登记了融资需求"),
    "meeting_called": lambda e, _b: _("约定会面：%(when)s", when=words.exact(datetime.fromisoformat(str(e.data["at"])))),
    "meeting_changed": lambda e, _b: _("会面改到 %(when)s", when=words.exact(datetime.fromisoformat(str(e.data["at"])))),
    "meeting_cancelled": lambda _e, _b: _("会面取消"),
    "meeting_held": lambda e, _b: _("会面：%(title)s", title=e.data.get("title", "")),
    "decision": lambda _e, _b: _("决定"),
    "note": lambda e, _b: _("%(who)s记录", who=_held(e)),
    "task_added": lambda e, _b: _("新的待办，由%(duty)s完成", duty=_task_given(e)),
    "task_done": lambda _e, _b: _("待办已完成"),
    "task_cancelled": lambda _e, _b: _("待办已取消"),
    "task_reassigned": lambda e, _b: _("待办转交%(duty)s", duty=_task_given(e)),
    "task_escalated": lambda e, _b: _("逾期未完成，升级到%(duty)s", duty=_task_given(e)),
    "contract_drafted": lambda _e, _b: _("起草了技术合同"),
    "contract_changed": lambda _e, _b: _("签约后修改了合同"),
    "registration": lambda e, _b: _("认定登记：%(state)s", state=words.label(e.data.get("state"), "RegistrationState")),
    "milestone": lambda e, _b: _("里程碑：%(state)s", state=words.label(e.data.get("state"), "MilestoneState")),
    "milestone_removed": lambda _e, _b: _("删除了里程碑"),
    "payment": lambda e, _b: _("到账 %(amount)s", amount=words.yuan(e.data.get("amount"))),
    "payment_cancelled": lambda e, _b: _("作废到账 %(amount)s", amount=words.yuan(e.data.get("amount"))),
    "report": lambda e, _b: _("提交了 %(day)s 起半年的履约报告", day=words.exact(date.fromisoformat(e.data["period"]))),
    "ended": lambda e, _b: _("终止：%(reason)s", reason=words.label(e.data.get("reason"), "EndReason")),
}


def _moved(event: CaseEvent) -> str:
    title = str(_("进入“%(state)s”", state=words.label(event.data.get("state"), "CaseState")))
    numbers = "、".join(map(str, event.data.get("exceptions", ())))
    return title + str(_("（按一事一议 %(numbers)s 号）", numbers=numbers)) if numbers else title


def _rule(event: CaseEvent) -> str:
    return translated(Waivable(str(event.data.get("waives"))).label)


def _wan(event: CaseEvent) -> str:
    return words.money(Decimal(str(event.data.get("amount", 0))))


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
        return f"{_held(event)} · {event.actor.name}"
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
