"""Choose a pair, ask about it, read the answer, have it computed again from what was stored."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from indexes import statistics
from indexes.engine import EngineUnavailableError
from indexes.questions import near_misses
from matcher.causes import Cause
from matcher.errors import Conflict, Invalid, NotFound
from matcher.models import MODELS, Question, Record
from matcher.permissions import allowed, find, rows
from matcher.rerun import rerun
from matcher.vocabulary import Kind, RecordState
from web.cards import FOLDERS, Card, card, title_of
from web.index import index
from web.limits import limited
from web.locale import translated
from web.matches.computed import computed_facts
from web.matches.presentation import bridge_of
from web.questions.asking import ask
from web.questions.causes import causes_told, heading
from web.questions.forms import OtherForm
from web.search.request import Asked
from web.search.results import hits_of
from web.search.views import find as search
from web.session import current_actor, reading

blueprint = Blueprint("questions", __name__)
log = structlog.get_logger()
KINDS = {folder: kind for kind, folder in FOLDERS.items()}
OWN = 20  # of one's own records to choose from; the others by their number


@blueprint.get("/<any(needs, achievements):folder>/<int:record_id>/why")
@login_required
def choose(folder: str, record_id: int) -> str:
    """What to hold against this record: found by search among all, or one of the reader's own."""
    return page(find_record(folder, record_id), OtherForm(formdata=None))


@blueprint.post("/<any(needs, achievements):folder>/<int:record_id>/why")
@limited("enquiry")
@login_required
def put(folder: str, record_id: int) -> Response | tuple[str, int]:
    """Ask, and lead to the answer."""
    record, form, actor = find_record(folder, record_id), OtherForm(), current_actor()
    try:
        number = form.number(other_kind(record))
        need_id, achievement_id = (record.id, number) if record.kind is Kind.NEED else (number, record.id)
        question_id = ask(actor, need_id, achievement_id)
    except Invalid as error:
        form.refuse(error)
        return page(record, form), 422
    except NotFound:
        form.other.errors = [*form.other.errors, _("没有找到这个编号的已发布记录，请核对。")]
        return page(record, form), 422
    except Conflict as error:
        return page(record, form, translated(error.message)), 409
    except EngineUnavailableError as error:
        log.warning("question not answered", error=type(error).__name__)
        return page(record, form, _("查找服务暂时不可用，正在恢复，请过一会儿再问。")), 503
    return redirect(url_for("questions.show", question_id=question_id), 303)


def find_record(folder: str, record_id: int) -> Any:
    """The record, if this person may know of it."""
    return find(reading(), current_actor(), "record.read", MODELS[KINDS[folder]], record_id)


def other_kind(record: Record) -> Kind:
    """The kind on the other bank."""
    return Kind.ACHIEVEMENT if record.kind is Kind.NEED else Kind.NEED


def page(record: Any, form: OtherForm, notice: str = "") -> str:
    """Owners, brokers and operators search among everything; others choose among their own organisation's records."""
    actor, other = current_actor(), other_kind(record)
    searches = allowed(actor, "record.outcomes", record) or allowed(actor, "case.open")
    asked = Asked.of(f"search.{FOLDERS[other]}", request.args)
    found = search(asked) if searches and asked.q else None
    return render_template(
        "questions/choose.html",
        record=record,
        title=title_of(record),
        card=card(record),
        form=form,
        notice=notice,
        other=other,
        searches=searches,
        q=asked.q,
        hits=hits_of(found.ids, asked.q, found.by_meaning) if found else [],
        trouble=(found.trouble or found.note) if found else "",
        near=near(record) if searches and not asked.q else [],
        own=[] if searches else [card(each) for each in own_records(other)],
    )


def near(record: Any) -> list[tuple[Card, str]]:
    """Cards of what comes nearest without being recommended, with its confidence; none while that cannot be told."""
    if record.state != RecordState.PUBLISHED:
        return []
    try:
        found = near_misses(reading(), *index(), record)
    except (Conflict, EngineUnavailableError) as error:
        log.warning("near misses not told", error=type(error).__name__)
        return []
    return [(card(each), f"{scored.probability:.2f}") for each, scored in found]


def own_records(kind: Kind) -> list[Record]:
    """The reader's own published records of that kind, newest first."""
    model = MODELS[kind]
    query = select(model).where(rows(current_actor(), "record.outcomes", model), model.state == RecordState.PUBLISHED)
    return list(reading().scalars(query.order_by(model.published_at.desc(), model.id.desc()).limit(OWN)))


@blueprint.get("/why/<int:question_id>")
@login_required
def show(question_id: int) -> str:
    """The stored answer; with `again`, computed anew from what is stored with it, and compared to the last digit."""
    actor = current_actor()
    question = find(reading(), actor, "question.read", Question, question_id)
    matched = any(cause.get("code") == Cause.MATCHED for cause in question.causes)
    again = rerun(reading(), question, statistics.pinned(reading(), question.snapshot_id)) if request.args.get("again") else None
    return render_template(
        "questions/show.html",
        question=question,
        bridge=bridge_of(actor, question),
        heading=heading(question),
        causes=causes_told(question),
        matched=matched,
        may_open=not matched and allowed(actor, "case.open"),
        facts=computed_facts(question),
        again=again,
    )
