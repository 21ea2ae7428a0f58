"""What each kind of event in a case's timeline is called: one line for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _

from matcher.brokers import Fit
from matcher.models import CaseEvent, User
from matcher.pricing.terms import Gap, Route
from matcher.tasks.terms import Duty
from matcher.vocabulary import CaseState
from matcher.waivers import Waivable
from web import format as words
from web.locale import current_language, translated


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


def held_by(event: CaseEvent) -> str:
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
    "note": lambda e, _b: _("%(who)s记录", who=held_by(e)),
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
