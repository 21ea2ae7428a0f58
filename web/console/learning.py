"""What is learnt from answers: every version, its data and figures, who put it into use; and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from matcher import learned
from matcher.actions import learning as actions
from matcher.errors import Conflict
from matcher.learning.features import NAMES
from matcher.models import LearningChoice
from web import format as words
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.session import current_actor, reading, refresh

FEATURES = {
    "indicators_met": _l("满足的指标所占比例"),
    "indicators_short": _l("未达到的指标所占比例"),
    "maturity_met": _l("成熟度达到要求"),
    "maturity_gap": _l("成熟度差几级（三级为满）"),
    "cooperation_met": _l("有双方都接受的合作方式"),
    "cooperation_short": _l("没有双方都接受的合作方式"),
    "price_met": _l("报价在预算内"),
    "price_over": _l("报价超出预算的比例"),
    "region_near": _l("同城（同省算一半）"),
    "chain_same": _l("同一产业链"),
    "words_shared": _l("共同的用词"),
}
REASONS = {
    "better": _l("新版本更好，已启用。"),
    "no_gain": _l("新权重没有可靠的改进，保留现用版本。"),
    "order": _l("新权重会打乱已有的好次序，保留现用版本。"),
    "held": _l("新权重更好，但现用版本由人固定，没有更换。"),
    "too_soon": _l("新权重更好，但上次更换后的新答复还不够多，先不更换。"),
    "short:answers": _l("答复还不够多，不学习。"),
    "short:organisations": _l("答复的单位还不够多，不学习。"),
    "short:needs": _l("涉及的需求还不够多，不学习。"),
    "short:kinds": _l("答复全是一种，学不到区别。"),
}
OUTCOMES = {
    "interested": _l("有兴趣"),
    "refused": _l("不合适"),
    "opened": _l("看过未答复"),
    "ignored": _l("发过未打开"),
}
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class VersionRow:
    """One version as a line of the table; `number` 0 is the ranking without a correction."""

    number: int
    created: Any
    data: str
    metrics: dict[str, float]
    choices: list[str]
    current: bool


@blueprint.get("/learning")
def learning() -> str:
    """The version in use, what last night came to, and all versions; a fixed number of queries."""
    return _page()


def _page(notice: str = "") -> str:
    session = reading()
    chosen, night, told = learned.newest_choice(session), learned.last_night(session), learned.versions(session)
    used = learned.correction_of(chosen.version if chosen else None)
    number = (chosen.version_id or 0) if chosen else 0
    return console_page(
        "learning",
        "console.learning",
        notice=notice,
        chosen=chosen,
        number=number,
        applies=used.applies or number == 0,
        before=learned.before(session, chosen.version_id) if chosen else None,
        night=night,
        night_words=REASONS.get(night.value.get("reason", ""), "") if night else "",
        outcomes=_outcomes(learned.outcome_counts(session)),
        rows=[_row(each, number) for each in told],
        weights=[(FEATURES[name], _signed(used.weights[name])) for name in NAMES if used.weights.get(name)],
    )


def _outcomes(counts: dict[str, int]) -> list[tuple[Any, str, str]]:
    return [(label, words.number(counts[name]), "") for name, label in OUTCOMES.items() if name in counts]


def _signed(weight: float) -> str:
    """+0.28 or −0.28, with the sign of typography."""
    return f"{weight:+.2f}".replace("-", "−")


def _row(told: learned.Told, used: int) -> VersionRow:
    counts = told.version.counts
    data = _("%(answers)s 个答复 · %(organisations)s 家单位 · %(needs)s 条需求", answers=counts.get("answers", 0),
             organisations=counts.get("organisations", 0), needs=counts.get("needs", 0))  # fmt: skip
    return VersionRow(told.version.id, told.version.created_at, data, told.version.metrics,
                      [_who(choice) for choice in told.choices], told.version.id == used)  # fmt: skip


def _who(choice: LearningChoice) -> str:
    by = choice.user.name if choice.user else _("系统")
    return f"{words.exact(choice.at)} · {by}"


@blueprint.post("/learning/choose")
def choose_learning() -> Answer:
    """Put a version, or none, into use and keep it there."""
    given = request.form.get("version", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        return _page(_("请选择一个版本。")), 422
    try:
        actions.choose(current_actor(), int(given) or None)
    except Conflict as error:
        refresh()
        return _page(translated(error.message)), 409
    flash(_("已启用，夜间不再自动更换。各需求的匹配会在几分钟内重新计算。"), "ok")
    return redirect(url_for("console.learning"), 303)


@blueprint.post("/learning/release")
def release_learning() -> Answer:
    """Let the nights choose again."""
    try:
        actions.release(current_actor())
    except Conflict as error:
        refresh()
        return _page(translated(error.message)), 409
    flash(_("已恢复自动选择。"), "ok")
    return redirect(url_for("console.learning"), 303)
