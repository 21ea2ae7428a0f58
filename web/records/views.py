"""A record's page: for readers (could this be it?) and for its owner (what became of it?)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions.records import open_detail
from matcher.conversion.status import clocks
from matcher.disclosure.receipts import AgreementMissingError, acceptance, needs_agreement, receipts_of_record
from matcher.inbox import matches_of_record
from matcher.models import MODELS, Achievement, Match, Record
from matcher.outcomes import outcomes
from matcher.permissions import allowed, find, side_of
from matcher.vocabulary import Kind, RecordState
from web.cards import FOLDERS, card, title_of
from web.conversion.presentation import Shown, shown
from web.limits import limited
from web.records.demand import demand_for
from web.records.experts import experts_for
from web.records.presentation import facts_of, indicator_rows, parts_of
from web.session import current_actor, reading
from web.views_counter import count_views

blueprint = Blueprint("records", __name__)
KINDS = {folder: kind for kind, folder in FOLDERS.items()}
OWN_MATCHES = 3
SHOWN_RECEIPTS = 5


@blueprint.get("/<any(needs, achievements, experts):folder>/<int:record_id>")
def show(folder: str, record_id: int) -> str:
    """The page; the view is counted outside the database, unless the reader owns the record."""
    record = find_shown(folder, record_id)
    if record.state == RecordState.PUBLISHED and not allowed(current_actor(), "record.edit", record):
        count_views([(record.kind, record.id)], "opened")
    return page(record)


@blueprint.post("/<any(needs, achievements, experts):folder>/<int:record_id>/detail")
@limited("enquiry")
@login_required
def detail(folder: str, record_id: int) -> str | Response:
    """The same page with the restricted detail; every opening leaves a receipt, so this is no GET."""
    try:
        text = open_detail(current_actor(), KINDS[folder], record_id)
    except AgreementMissingError:
        return redirect(url_for("disclosure.agree", folder=folder, record_id=record_id), 303)
    return page(find_shown(folder, record_id), detail=text)


def find_shown(folder: str, record_id: int) -> Any:
    """The record with its organisation, if this person may know of it."""
    kind = KINDS[folder]
    record: Any = find(reading(), current_actor(), "record.read", MODELS[kind], record_id)
    reading().refresh(record, ["organisation"])
    return record


def page(record: Any, detail: str = "") -> str:
    """Everything the page shows, by what this person may see."""
    actor = current_actor()
    may = {
        name: allowed(actor, f"record.{name}", record)
        for name in ("owner", "outcomes", "edit", "open_detail")
    }
    return render_template(
        "records/show.html",
        record=record,
        title=title_of(record),
        card=card(record),
        may=may,
        facts=facts_of(record, may["owner"]),
        parts=parts_of(record),
        indicators=indicator_rows(record),
        outcomes=outcomes(reading(), record) if may["outcomes"] else None,
        receipts=receipts_of_record(reading(), record, SHOWN_RECEIPTS) if may["outcomes"] else [],
        must_accept=must_accept(record) if may["open_detail"] else False,
        matches=own_matches(record),
        clock=own_clock(record),
        experts=experts_for(record),
        demand=demand_for(record),
        detail=detail,
    )


def own_matches(record: Record) -> list[Match]:
    """Matches between this record and those of the reader's own organisation, best first."""
    actor = current_actor()
    if actor.org_id is None or record.kind is Kind.EXPERT:
        return []
    found = matches_of_record(reading(), actor, record.kind, record.id)
    return [match for match in found if side_of(actor, match) is not None][:OWN_MATCHES]


def must_accept(record: Any) -> bool:
    """Whether the reader has to accept the confidentiality agreement before opening the detail."""
    actor = current_actor()
    has_detail = bool(getattr(record, "detail_restricted", ""))
    return has_detail and needs_agreement(actor, record) and acceptance(reading(), actor, record) is None


def own_clock(record: Record) -> Shown | None:
    """The countdown of a publicly funded achievement (N20)."""
    if not isinstance(record, Achievement) or record.state != RecordState.PUBLISHED:
        return None
    found = clocks(reading(), [record]).get(record.id)
    return shown(record, found, reports=allowed(current_actor(), "conversion.report", record)) if found else None
