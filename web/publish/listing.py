"""One record before and after it goes out: what is missing, what is similar, what the public sees, submit, take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from config.settings import Settings
from matcher import clock
from matcher.actions import records as actions
from matcher.actions.freshness import revive_record
from matcher.errors import Conflict, Invalid, Stale
from matcher.freshness.terms import ExpiryReason
from matcher.inputs.records import missing
from matcher.outcomes import outcomes
from matcher.permissions import allowed
from matcher.vocabulary import Kind, RecordState
from web.cards import card, record_url, title_of
from web.locale import translated
from web.publish.blueprint import KINDS, blueprint
from web.publish.edit import own_record
from web.publish.forms import FORMS
from web.publish.similar import similar
from web.publish.steps import STEPS, step_of
from web.publish.typed import label_of
from web.records.presentation import facts_of, indicator_rows, parts_of
from web.session import current_actor, reading

OPEN = (RecordState.DRAFT, RecordState.RETURNED, RecordState.WITHDRAWN, RecordState.EXPIRED)
ADDRESS = f"/publish/<{KINDS}:kind>/<int:record_id>"


@dataclass(frozen=True)
class Gap:
    """Something that is missing before it can be submitted, and where to fill it in."""

    label: str
    text: str
    url: str


@blueprint.get(ADDRESS)
@login_required
def check(kind: str, record_id: int) -> str:
    """Where the record stands and what to do next."""
    record = own_record(kind, record_id)
    is_open = record.state in OPEN
    gaps = gaps_of(kind, record) if is_open else []
    return render_template(
        "publish/check.html",
        kind=kind,
        record=record,
        title=title_of(record),
        steps=steps_done(kind, record, gaps) if is_open else [],
        gaps=gaps,
        near=similar(record) if is_open and title_of(record) else [],
        seen=seen_by(record),
        public_url=record_url(kind, record_id) if record.state == RecordState.PUBLISHED else "",
        outcomes=outcomes(reading(), record) if record.published_at else None,
        can_revive=record.state == RecordState.EXPIRED and record.expiry_reason == ExpiryReason.SILENT,
    )


def gaps_of(kind: str, record: Any) -> list[Gap]:
    """What is missing, in the order of the form."""
    settings: Settings = current_app.config["SETTINGS"]
    found = missing(kind, record, clock.today(settings.zone))
    form = FORMS[kind](formdata=None)
    order = [name for item in STEPS[kind] for name in item.fields]
    return [
        Gap(label_of(form[name]), translated(message), field_url(kind, record.id, name))
        for name, message in sorted(found.items(), key=lambda item: order.index(item[0]))
    ]


def field_url(kind: str, record_id: int, name: str) -> str:
    """Where a field is filled in."""
    place = step_of(kind, name).name
    return url_for("publish.step", kind=kind, record_id=record_id, name=place, _anchor=name)


def steps_done(kind: str, record: Any, gaps: list[Gap]) -> list[dict[str, Any]]:
    """The steps, those with something missing marked as open."""
    links: list[dict[str, Any]] = []
    for item in STEPS[kind]:
        url = url_for("publish.step", kind=kind, record_id=record.id, name=item.name)
        is_open = any(gap.url.startswith(f"{url}#") for gap in gaps)
        links.append({"label": item.title, "url": url, "state": "todo" if is_open else "done"})
    return [*links, {"label": _("检查与提交"), "url": "", "state": "now"}]


def seen_by(record: Any) -> list[tuple[str, str]]:
    """Who will see what of it, in sentences."""
    if record.kind is Kind.EXPERT:
        who = {"public": _("所有人"), "brokers": _("技术经纪人和运营人员"), "none": _("本单位和运营人员")}[
            record.consent
        ]
        return [
            (who, _("姓名、职称、专长、可提供的服务")),
            (_("双方同意对接之后的对方"), _("填写人的联系方式")),
        ]
    rows = [(_("所有人"), _("公开部分，见预览"))]
    if getattr(record, "anonymous", False):
        rows.append((_("双方同意对接之后的对方"), _("单位名称、填写人的联系方式")))
    else:
        rows.append((_("双方同意对接之后的对方"), _("填写人的联系方式")))
    if record.detail_restricted:
        rows.insert(1, (_("登录并属于已核验单位的人"), _("受限详情，每次打开都留痕")))
    return rows


@blueprint.get(f"{ADDRESS}/preview")
@login_required
def preview(kind: str, record_id: int) -> str:
    """The record's page as a visitor will see it."""
    record = own_record(kind, record_id)
    reading().refresh(record, ["organisation"])
    named = not getattr(record, "anonymous", False)
    return render_template(
        "publish/preview.html",
        record=record,
        title=title_of(record),
        card=card(record),
        may={"owner": named, "outcomes": False, "edit": False, "open_detail": False},
        facts=facts_of(record, named),
        parts=parts_of(record),
        indicators=indicator_rows(record),
        outcomes=None,
        matches=[],
        clock=None,
        nobody=lambda: None,
        detail="",
    )


def back(kind: str, record_id: int) -> Response:
    """To the record's own page."""
    return redirect(url_for("publish.check", kind=kind, record_id=record_id), 303)


def sent_version() -> int:
    """The version that the person had on the page."""
    return request.form.get("version", type=int) or 0


@blueprint.post(f"{ADDRESS}/submit")
@login_required
def submit(kind: str, record_id: int) -> Response:
    """Hand it to the operators; a second press finds it handed in."""
    record = own_record(kind, record_id)
    if record.state == RecordState.SUBMITTED:
        return back(kind, record_id)
    try:
        actions.submit_record(current_actor(), kind, record_id, sent_version())
    except Invalid:
        flash(_("还有必填的内容没有填写，请看下面列出的几处。"), "bad")
    except Stale:
        flash(_("在您检查期间，同事修改了内容。请再看一遍，然后提交。"), "warn")
    else:
        flash(_("已提交。审核通过后就会公开并开始匹配，结果会发邮件告诉您。"), "ok")
    return back(kind, record_id)


@blueprint.post(f"{ADDRESS}/delete")
@login_required
def delete(kind: str, record_id: int) -> Response:
    """Remove a draft for good."""
    title = title_of(own_record(kind, record_id))
    try:
        actions.delete_draft(current_actor(), kind, record_id, sent_version())
    except (Stale, Conflict) as error:
        flash(translated(error.message), "warn")
        return back(kind, record_id)
    flash(_("已删除草稿：%(title)s", title=title), "ok")
    return redirect(url_for("publish.mine"), 303)


@blueprint.post(f"{ADDRESS}/withdraw")
@login_required
def withdraw(kind: str, record_id: int) -> Response:
    """Take it off the platform or out of the review."""
    record = own_record(kind, record_id)
    if record.state == RecordState.WITHDRAWN:
        return back(kind, record_id)
    try:
        actions.withdraw_record(current_actor(), kind, record_id, sent_version())
    except (Stale, Conflict) as error:
        flash(translated(error.message), "warn")
    else:
        flash(_("已撤回，其他人不再能看到。修改后可以重新提交。"), "ok")
    return back(kind, record_id)


@blueprint.post(f"{ADDRESS}/confirm")
@login_required
def confirm(kind: str, record_id: int) -> Response:
    """Say that it is still valid."""
    record = own_record(kind, record_id)
    if not allowed(current_actor(), "record.confirm", record):
        return back(kind, record_id)
    actions.confirm_record(current_actor(), kind, record_id)
    flash(_("已确认仍然有效。"), "ok")
    return onward(kind, record_id)


@blueprint.post(f"{ADDRESS}/revive")
@login_required
def revive(kind: str, record_id: int) -> Response:
    """Put it back on the platform after it was archived for silence; a second press finds it there."""
    record = own_record(kind, record_id)
    if record.state == RecordState.PUBLISHED:
        return onward(kind, record_id)
    try:
        revive_record(current_actor(), kind, record_id)
    except Invalid:
        flash(_("内容里有日期已过或缺少必填项，请更新后重新提交。"), "warn")
        return back(kind, record_id)
    flash(_("已恢复展示，所有人又能找到它。"), "ok")
    return onward(kind, record_id)


def onward(kind: str, record_id: int) -> Response:
    """To where the button was pressed."""
    if request.form.get("from") == "mine":
        return redirect(url_for("publish.mine"), 303)
    return back(kind, record_id)
