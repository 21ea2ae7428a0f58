"""The way from a change to the index and its matches: what waits, what was parked, and trying again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from indexes.sync import backlog
from matcher.actions.outbox import retry_item
from matcher.errors import Conflict
from matcher.models import OutboxItem, Stage
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading, refresh

PAGE = 30


@blueprint.get("/outbox")
def outbox() -> str:
    """Parked items first in sight; any stage on request."""
    return _page()


def _page(notice: str = "") -> str:
    session = reading()
    counts, age = backlog(session)
    done = session.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.stage == Stage.DONE)) or 0
    stage = request.args.get("stage", "")
    stage = stage if stage in list(Stage) else Stage.DEAD if counts.get(Stage.DEAD) else ""
    wanted = OutboxItem.stage == stage if stage else OutboxItem.stage != Stage.DONE
    total = session.scalar(select(func.count()).select_from(OutboxItem).where(wanted)) or 0
    page = page_of(total, PAGE, page_number())
    rows = session.scalars(
        select(OutboxItem).where(wanted).order_by(OutboxItem.id.desc()).offset(page.offset).limit(PAGE)
    )
    return console_page(
        "outbox",
        "console.outbox",
        tabs=[
            {"label": each.label, "url": url_for("console.outbox", stage=each.value), "current": stage == each,
             "count": done if each is Stage.DONE else counts.get(each, 0)}
            for each in Stage
        ],
        rows=list(rows),
        age=age,
        waiting_items=sum(counts.get(each, 0) for each in (Stage.INDEX, Stage.ENCODE, Stage.MATCH)),
        dead=counts.get(Stage.DEAD, 0),
        total=done + sum(counts.values()),
        stage=stage,
        notice=notice,
        page=page,
        url=lambda number: url_for("console.outbox", stage=stage or None, page=number),
    )


@blueprint.post("/outbox/<int:item_id>/retry")
def retry(item_id: int) -> Response | tuple[str, int]:
    """Start a parked item again; pressing twice is harmless."""
    try:
        retry_item(current_actor(), min(item_id, 2**63 - 1))
    except Conflict as error:
        refresh()
        return _page(translated(error.message)), 409
    flash(_("已重新排队，几秒内会再试。"), "ok")
    return redirect(url_for("console.outbox"), 303)
