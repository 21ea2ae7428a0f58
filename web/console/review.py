"""The review queue: read what was submitted as the public will see it, return it with remarks or publish it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions.records import open_detail, review_record
from matcher.errors import Conflict, Invalid, Stale
from matcher.models import MODELS
from matcher.permissions import find
from matcher.vocabulary import Kind, RecordState
from web.cards import card, title_of
from web.console.changes import changes_of
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.records.presentation import facts_of, indicator_rows, parts_of
from web.session import current_actor, reading, refresh

MOST = 100


@blueprint.get("/review")
def review() -> str:
    """Everything submitted, the longest waiting first."""
    found: list[Any] = []
    for model in MODELS.values():
        query = select(model).where(model.state == RecordState.SUBMITTED).options(joinedload(model.organisation))
        found += reading().scalars(query.order_by(model.submitted_at).limit(MOST))
    found.sort(key=lambda record: (record.submitted_at, record.kind, record.id))
    rows = [(record, title_of(record)) for record in found[:MOST]]
    return console_page("review", "console.review", rows=rows)


@blueprint.get("/review/<kind>/<int:record_id>")
def review_one(kind: str, record_id: int) -> str:
    """One record with what changed since it was last published."""
    return _page(_find(kind, record_id))


def _find(kind: str, record_id: int) -> Any:
    if kind not in MODELS:
        abort(404)
    record = find(reading(), current_actor(), "record.read", MODELS[kind], record_id)
    reading().refresh(record, ["organisation", "author"])
    return record


def _page(record: Any, remark: str = "", error: str = "", notice: str = "", detail: str = "") -> str:
    return console_page(
        "review_one",
        "console.review",
        record=record,
        title=title_of(record),
        card=card(record),
        parts=parts_of(record),
        indicators=indicator_rows(record),
        facts=facts_of(record, shows_owner=True),
        changes=changes_of(record, opened=bool(detail)) if record.published_at else [],
        detail=detail,
        first=record.published_at is None,
        remark=remark,
        error=error,
        notice=notice,
    )


@blueprint.post("/review/<kind>/<int:record_id>/detail")
def review_detail(kind: str, record_id: int) -> str:
    """The same page with the restricted detail: a POST, because each opening leaves a trace that the owner sees."""
    record = _find(kind, record_id)
    return _page(record, detail=open_detail(current_actor(), Kind(kind), record_id))


@blueprint.post("/review/<kind>/<int:record_id>")
def decide(kind: str, record_id: int) -> Response | tuple[str, int]:
    """Publish or return; a second press or another operator's decision is told, not repeated."""
    record, version = _find(kind, record_id), request.form.get("version", "")
    publish, remark = request.form.get("decision") == "publish", request.form.get("remark", "")
    if request.form.get("decision") not in ("publish", "return"):
        return _page(record, remark, _("请选择发布或退回。")), 422
    try:
        review_record(current_actor(), Kind(kind), record_id, int(version) if version.isdecimal() else 0,
                      publish=publish, remark=remark)
    except Invalid as error:
        return _page(record, remark, translated(next(iter(error.errors.values())))), 422
    except (Stale, Conflict) as error:
        refresh()
        return _page(_find(kind, record_id), remark, notice=translated(error.message)), 409
    flash(_("已发布：%(title)s", title=title_of(record)) if publish else _("已退回：%(title)s", title=title_of(record)), "ok")
    return redirect(url_for("console.review"), 303)
