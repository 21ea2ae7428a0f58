"""What waits for me, and is everything running?"""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from matcher.board import CaseFilter, count_cases
from matcher.funnel import funnel
from web.console.shell import blueprint, console_page
from web.health import CHECKS, Finding, guarded
from web.locale import translated
from web.session import current_actor, reading


def findings() -> dict[str, Finding]:
    """Every health check's result."""
    return {name: guarded(name, check) for name, check in CHECKS.items()}


def check_words() -> dict[str, str]:
    """What each check is called."""
    return {
        "database": _("数据库"),
        "migrations": _("数据表版本"),
        "broker": _("任务中间件"),
        "outbox": _("处理队列"),
        "relay": _("索引搬运进程"),
        "index": _("检索索引"),
        "encoder": _("语义模型"),
        "reranker": _("匹配复读模型"),
    }


@blueprint.get("")
def index() -> str:
    """The first page of the day."""
    under_way, overdue = count_cases(reading(), current_actor(), CaseFilter())
    reached = funnel(reading())
    steps = [
        {"label": translated(step.label), "count": count, "of": reached.steps[number - 1][1] if number else None}
        for number, (step, count) in enumerate(reached.steps)
    ]
    return console_page(
        "overview",
        "console.index",
        findings=findings(),
        names=check_words(),
        under_way=under_way,
        overdue=overdue,
        steps=steps,
        funnel=reached,
    )


@blueprint.get("/health")
def health() -> str:
    """The checks of /readyz in words."""
    settings = current_app.config["SETTINGS"]
    return console_page("health", "console.health", findings=findings(), names=check_words(), settings=settings)
