"""A clock in words: what is owed next, how much time is left, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app, url_for
from flask_babel import gettext as _

from config.settings import Settings
from matcher import clock
from matcher.conversion.status import Clock, Step
from matcher.conversion.terms import Duty
from matcher.models import Achievement, Case
from matcher.permissions import allowed
from web import format as words
from web.cards import Chip, record_url, title_of
from web.locale import translated
from web.session import current_actor

REPORTS = {Duty.DISCLOSE: "conversion.disclosure", Duty.START: "conversion.plan"}


@dataclass(frozen=True)
class Line:
    """One duty as a page shows it; `state` is done, stopped, late or open; `url` leads to its report."""

    label: str
    due: date
    state: str
    note: str
    url: str = ""


@dataclass(frozen=True)
class Shown:
    """The clock of one achievement with everything that a page says of it."""

    achievement: Achievement
    title: str
    url: str
    lines: list[Line]
    headline: str
    tone: str

    @property
    def late(self) -> list[Chip]:
        """What is overdue, as chips."""
        return [Chip(f"{line.label} · {line.note}", "bad") for line in self.lines if line.state == "late"]


def today() -> date:
    """The date in the configured zone."""
    settings: Settings = current_app.config["SETTINGS"]
    return clock.today(settings.zone)


def shown(achievement: Achievement, found: Clock, *, reports: bool = False) -> Shown:
    """The clock in words; with `reports`, links to what its owner can report."""
    day = today()
    lines = [_line(achievement, step, day, reports=reports) for step in found.steps]
    headline, tone = _headline(found, day)
    return Shown(achievement, title_of(achievement), record_url(achievement.kind, achievement.id), lines, headline, tone)


def shown_all(achievements: Sequence[Achievement], found: dict[int, Clock], *, reports: bool = False) -> list[Shown]:
    """The same for many, in their order."""
    return [shown(each, found[each.id], reports=reports) for each in achievements if each.id in found]


def _line(achievement: Achievement, step: Step, day: date, *, reports: bool) -> Line:
    state = "done" if step.done_on else "stopped" if step.stopped else "late" if step.is_overdue(day) else "open"
    note = {
        "done": words.exact(step.done_on),
        "stopped": str(_("已停止计时")),
        "late": str(_("逾期 %(count)s 天", count=(day - step.due).days)),
        "open": words.left(step.due),
    }[state]
    endpoint = REPORTS.get(step.duty) if reports and not step.stopped else None
    url = url_for(endpoint, achievement_id=achievement.id) if endpoint else ""
    return Line(translated(step.duty.label), step.due, state, note, url)


def _headline(found: Clock, day: date) -> tuple[str, str]:
    """The countdown in one sentence, and its tone."""
    step = found.next
    if found.case is not None and (step is None or not step.is_overdue(day)):
        return str(_("已停止计时：%(what)s", what=_stopper(found.case))), "ok"
    if step is None:
        return str(_("各项任务都已完成")), "ok"
    late = found.overdue(day)
    if late:
        return str(_("逾期 %(count)s 天：%(duty)s", count=(day - late[0].due).days, duty=translated(late[0].duty.label))), "bad"
    return str(_("还剩 %(count)s 天：%(duty)s", count=(step.due - day).days, duty=translated(step.duty.label))), ""


def _stopper(case: Case) -> str:
    """Whose case it is stays between its parties; everybody learns that there is one."""
    if allowed(current_actor(), "case.read", case):
        return str(_("工单 %(number)s", number=case.number))
    return str(_("正在对接或已登记合同"))
