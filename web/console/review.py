"""The review queue: read what was submitted as the public will see it, return it with remarks or publish it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions.records import review_record
from matcher.errors import Conflict, Invalid, Stale
from matcher.models import MODELS, AuditEvent, Record
from matcher.permissions import find
from matcher.vocabulary import Kind, RecordState
from web.cards import card, title_of
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


def _page(record: Any, remark: str = "", error: str = "", notice: str = "") -> str:
    changed = changed_since_review(record)
    return console_page(
        "review_one",
        "console.review",
        record=record,
        title=title_of(record),
        card=card(record),
        parts=parts_of(record),
        indicators=indicator_rows(record),
        facts=facts_of(record, shows_owner=True),
        changed=[field_words(name) for name in changed],
        first=record.published_at is None,
        remark=remark,
        error=error,
        notice=notice,
    )


def changed_since_review(record: Record) -> list[str]:
    """Fields that were saved since the last decision on the record, by the audit trail; it keeps names, never values."""
    events = reading().scalars(
        select(AuditEvent)
        .where(AuditEvent.object_kind == record.__tablename__, AuditEvent.object_id == record.id,
               AuditEvent.action.in_(("record.save", "record.review")))
        .order_by(AuditEvent.id.desc())
        .limit(50)
    )
    names: set[str] = set()
    for event in events:
        if event.action == "record.review":
            break
        names |= set(event.changes.get("fields", ()))
    return sorted(names - {"state", "submitted_at"})


def field_words(name: str) -> str:
    """What a field is called where people read it."""
    words: dict[str, str] = {
        "title": _("名称"), "name": _("姓名"), "problem": _("问题"), "abstract": _("成果简介"), "foundation": _("现有基础"),
        "advantage": _("与同类相比的优势"), "economics": _("经济性"), "indicators": _("技术指标"), "keywords": _("关键词"),
        "coop_modes": _("合作方式"), "budget_min": _("预算下限"), "budget_max": _("预算上限"), "budget_open": _("预算面议"),
        "deadline": _("期望完成时限"), "min_trl": _("成熟度要求"), "trl": _("成熟度"), "dev_state": _("所处阶段"),
        "region": _("地区"), "chain": _("产业链"), "tech_field": _("技术领域"), "anonymous": _("匿名发布"),
        "detail_restricted": _("受限详情"), "ip": _("知识产权"), "ip_terms": _("产权归属"), "price_mode": _("价格方式"),
        "price_min": _("价格下限"), "price_max": _("价格上限"), "valid_until": _("有效期"), "profile": _("专长与经历"),
        "consent": _("公开授权"), "partner_req": _("对合作方的要求"), "need_type": _("需求类型"), "urgency": _("紧迫程度"),
        "decision_owner": _("由谁决策"), "people": _("完成人"), "services": _("可提供的服务"), "lang": _("语言"),
    }
    return words.get(name, name)


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
