"""What one's organisation has entered: where each record stands, what to do next, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import Select, func, literal, select, union_all

from config.settings import Settings
from matcher import clock
from matcher.conversion.status import clocks
from matcher.freshness.terms import ExpiryReason, days_ago
from matcher.models import MODELS, Record
from matcher.outcomes import Outcomes, outcomes_of
from matcher.vocabulary import Kind, RecordState
from web.accounts.readiness import membership_of, readiness
from web.accounts.settings import own
from web.cards import record_url, title_of
from web.conversion.presentation import Shown, shown_all
from web.paging import page_number, page_of
from web.publish.blueprint import blueprint
from web.session import current_actor, reading

SIZE = 20
ENDS_SOON = timedelta(days=30)
BOXES: dict[str, tuple[str, ...]] = {
    "all": tuple(RecordState),
    "todo": (RecordState.DRAFT, RecordState.RETURNED, RecordState.EXPIRED),
    "review": (RecordState.SUBMITTED,),
    "live": (RecordState.PUBLISHED,),
    "down": (RecordState.WITHDRAWN,),
}


@dataclass(frozen=True)
class Item:
    """One record in the list."""

    record: Any
    title: str
    url: str
    public_url: str
    outcomes: Outcomes
    wants_confirming: bool
    can_revive: bool
    ends_soon: bool
    clock: Shown | None


@blueprint.get("/publish/mine")
@login_required
def mine() -> str:
    """The list, those that wait for the person first."""
    user = own()
    box = request.args.get("box", "all")
    box = box if box in BOXES else "all"
    counts = counted()
    page = page_of(sum(counts.get(state, 0) for state in BOXES[box]), SIZE, page_number())
    return render_template(
        "publish/mine.html",
        ready=readiness(user),
        membership=membership_of(user),
        box=box,
        tabs=tabs(box, counts),
        total=sum(counts.values()),
        items=items(box, page.offset) if page.total else [],
        page=page,
        page_url=lambda number: url_for("publish.mine", box=box, page=number),
    )


def tabs(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The boxes with how many each holds."""
    names = {
        "all": _("全部"),
        "todo": _("等您处理"),
        "review": _("审核中"),
        "live": _("已发布"),
        "down": _("已撤回"),
    }
    return [
        {
            "label": names[box],
            "url": url_for("publish.mine", box=box),
            "current": box == current,
            "count": sum(counts.get(state, 0) for state in states),
        }
        for box, states in BOXES.items()
    ]


def _all() -> list[Select[*tuple[Any, ...]]]:
    """Kind, number, state and time of change of everything that one's organisation owns."""
    org_id = current_actor().org_id
    return [
        select(literal(kind).label("kind"), model.id, model.state, model.updated_at).where(
            model.organisation_id == (org_id or 0)
        )
        for kind, model in MODELS.items()
    ]


def counted() -> dict[str, int]:
    """How many records are in each state; one query."""
    everything = union_all(*_all()).subquery()
    query = select(everything.c.state, func.count()).group_by(everything.c.state)
    return {row.state: row[1] for row in reading().execute(query)}


def items(box: str, offset: int) -> list[Item]:
    """One page of the list; as many queries for one record as for twenty."""
    everything = union_all(*_all()).subquery()
    query = (
        select(everything.c.kind, everything.c.id)
        .where(everything.c.state.in_(BOXES[box]))
        .order_by(
            (everything.c.state == RecordState.RETURNED).desc(),
            everything.c.state.in_(BOXES["todo"]).desc(),
            everything.c.updated_at.desc(),
            everything.c.id,
        )
    )
    keys = [(kind, number) for kind, number in reading().execute(query.offset(offset).limit(SIZE))]
    found: dict[tuple[str, int], Item] = {}
    for kind, model in MODELS.items():
        numbers = [number for of_kind, number in keys if of_kind == kind]
        if numbers:
            became = outcomes_of(reading(), kind, numbers)
            records: list[Any] = list(reading().scalars(select(model).where(model.id.in_(numbers))))
            running = running_clocks(records) if kind == Kind.ACHIEVEMENT else {}
            for record in records:
                found[kind, record.id] = item(record, became[record.id], running.get(record.id))
    return [found[key] for key in keys]


def running_clocks(achievements: list[Any]) -> dict[int, Shown]:
    """限时转化 of those on the platform that have a clock."""
    live = [each for each in achievements if each.state == RecordState.PUBLISHED]
    return {each.achievement.id: each for each in shown_all(live, clocks(reading(), live))}


def item(record: Record, became: Outcomes, running: Shown | None = None) -> Item:
    """What the list says of one record."""
    now, live = clock.now(), record.state == RecordState.PUBLISHED
    confirmed = record.last_confirmed
    settings: Settings = current_app.config["SETTINGS"]
    return Item(
        record=record,
        title=title_of(record),
        url=url_for("publish.check", kind=Kind(record.kind).value, record_id=record.id),
        public_url=record_url(record.kind, record.id) if live else "",
        outcomes=became,
        wants_confirming=live and confirmed is not None and confirmed < days_ago(settings.freshness_days, settings),
        can_revive=record.state == RecordState.EXPIRED and record.expiry_reason == ExpiryReason.SILENT,
        clock=running,
        ends_soon=live and record.valid_until is not None and record.valid_until < (now + ENDS_SOON).date(),
    )
