"""Cases as a list, as a board of phases, and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from flask_login import login_required

from matcher import clock
from matcher.actor import Actor
from matcher.board import CaseFilter, columns, count_cases, find_cases
from matcher.models import Case
from matcher.vocabulary import CaseParty, CaseState, Role
from matcher.workdays import local_day
from web import format as words
from web.cases.filters import address, asked, narrows
from web.cases.page import brokers
from web.cases.presentation import row_of
from web.cases.views import blueprint
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading
from web.sheets import attachment

PAGE = 25
IN_COLUMN = 20
MOST_IN_FILE = 10_000


@blueprint.get("/cases")
@login_required
def index() -> str:
    """Cases that the reader may see, narrowed as they like: the next due first."""
    actor, by = current_actor(), asked()
    total, late = count_cases(reading(), actor, by)
    shown = page_of(total, PAGE, page_number())
    found = find_cases(reading(), actor, by, shown.offset, PAGE)
    return render_template(
        "cases/index.html",
        rows=[row_of(actor, case) for case in found],
        page=shown,
        url=lambda number: url_for("cases.index", **address(by), page=number),
        **_head(actor, by, "index", total, late),
    )


@blueprint.get("/cases/board")
@login_required
def board() -> str:
    """The same cases side by side in their phases."""
    actor, by = current_actor(), asked()
    found = columns(reading(), actor, by, IN_COLUMN)
    total, late = sum(column.count for column in found), sum(column.late for column in found)
    return render_template(
        "cases/board.html",
        columns=[(column, translated(column.phase.label), [row_of(actor, case) for case in column.cases]) for column in found],
        rest=lambda column: url_for("cases.index", **address(by, phase=column.phase)),
        **_head(actor, by, "board", total, late),
    )


def _head(actor: Actor, by: CaseFilter, view: str, total: int, late: int) -> dict[str, Any]:
    """What stands above both: the views, the filter, the counts."""
    views = {"index": _("清单"), "board": _("看板")}
    tabs = [
        {
            "label": label,
            "url": url_for(f"cases.{name}", **address(by, closed=False)),
            "current": view == name and not by.closed,
        }
        for name, label in views.items()
    ]
    closed = {
        "label": _("已结束"),
        "url": url_for("cases.index", **address(by, closed=True, late=False, paused=False, phase="", state="", party="")),
        "current": by.closed,
    }
    return {
        "by": by,
        "narrowed": narrows(by),
        "boxes": [*tabs, closed],
        "total": total,
        "late": late,
        "file": url_for("cases.export", **address(by)),
        "clear": url_for(f"cases.{view}", box="closed" if by.closed else None),
        "here": url_for(f"cases.{view}"),
        "states": [state for state in CaseState if state not in (CaseState.ENDED, CaseState.CONVERTED)],
        "parties": list(CaseParty),
        "brokers": brokers().values() if actor.is_operator else (),
        "is_broker": actor.role == Role.BROKER,
    }


@blueprint.get("/cases/export.xlsx")
@login_required
def export() -> Response:
    """Everything the filter leaves, as one sheet."""
    actor = current_actor()
    found = find_cases(reading(), actor, asked(), limit=MOST_IN_FILE)
    head = [_("编号"), _("需求"), _("成果"), _("双方"), _("阶段"), _("下一步"), _("由谁完成"), _("期限"), _("经纪人"), _("终止原因"), _("开启"), _("最近变动")]  # fmt: skip
    name = f"daqiao-cases-{local_day(clock.now()):%Y%m%d}.xlsx"
    return attachment(name, _("搭桥工单"), head, [_line(actor, case) for case in found])


def _line(actor: Actor, case: Case) -> list[str]:
    row = row_of(actor, case)
    return [
        row.number,
        row.need,
        row.offer,
        row.sides,
        row.state,
        row.turn.what,
        words.label(case.next_party, "CaseParty"),
        _date(case.due_at),
        row.broker,
        words.label(case.end_reason, "EndReason") if case.end_reason else "",
        _date(case.created_at),
        _date(case.updated_at),
    ]


def _date(moment: Any) -> str:
    return local_day(moment).isoformat() if moment else ""
