"""Fill in a record: step by step while it is a draft, as a whole once it is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher import clock
from matcher.actions import records as actions
from matcher.errors import Invalid, Stale
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS
from matcher.messages import Message, msg
from matcher.models import MODELS, AuditEvent, User
from matcher.permissions import allowed, find
from matcher.vocabulary import RecordState
from web.accounts.readiness import membership_of, readiness
from web.accounts.settings import own
from web.errors import problem, wants_json
from web.format import exact
from web.locale import translated
from web.publish.blueprint import KINDS, blueprint
from web.publish.forms import RecordForm
from web.publish.preset import preset
from web.publish.steps import STEPS, Step, after, find_step
from web.publish.typed import change_rows, given, open_form, problems, refuse, shown, stored, without
from web.session import current_actor, reading, refresh

Answer = Response | str | tuple[str, int]
NAMES = {"need": "title", "achievement": "title", "expert": "name"}
TWIN_SECONDS = 60


@dataclass
class Sheet:
    """What is being filled in: kind, record (none for a new one), the steps on this page, the form."""

    kind: str
    record: Any
    steps: tuple[Step, ...]
    form: RecordForm
    elsewhere: dict[str, Message] = field(default_factory=dict)
    theirs: list[tuple[str, str]] = field(default_factory=list)
    by: str = ""
    is_closed: bool = False

    @property
    def version(self) -> int:
        """The version on which the person's changes stand."""
        return request.form.get("version", type=int) or (self.record.version if self.record else 0)


def own_record(kind: str, record_id: int) -> Any:
    """A record that this person may edit; unknown and foreign ones are the same."""
    return find(reading(), current_actor(), "record.edit", MODELS[kind], record_id)


def sheet(kind: str, record: Any, steps: tuple[Step, ...]) -> Sheet:
    """The page's fields, with what was sent or what is stored."""
    return Sheet(
        kind, record, steps, open_form(kind, [name for step in steps for name in step.fields], record)
    )


@blueprint.route(f"/publish/<{KINDS}:kind>/new", methods=["GET", "POST"])
@login_required
def new(kind: str) -> Answer:
    """Start a record: its first step."""
    if not allowed(current_actor(), f"{kind}.create"):
        user = own()
        page = render_template(
            "publish/not_yet.html", kind=kind, ready=readiness(user), membership=membership_of(user)
        )
        return page, 403
    return filled_in(sheet(kind, None, STEPS[kind][:1]))


@blueprint.route(f"/publish/<{KINDS}:kind>/<int:record_id>/edit", methods=["GET", "POST"])
@login_required
def edit(kind: str, record_id: int) -> Answer:
    """A published record as one page, because saving sends it to review at once; else to its first step."""
    record = own_record(kind, record_id)
    if record.state == RecordState.PUBLISHED:
        return filled_in(sheet(kind, record, STEPS[kind]))
    if record.state == RecordState.SUBMITTED:
        if request.method == "POST":
            return closed(sheet(kind, record, STEPS[kind]))
        return redirect(url_for("publish.check", kind=kind, record_id=record_id), 303)
    return redirect(url_for("publish.step", kind=kind, record_id=record_id, name=STEPS[kind][0].name), 303)


@blueprint.route(f"/publish/<{KINDS}:kind>/<int:record_id>/step/<name>", methods=["GET", "POST"])
@login_required
def step(kind: str, record_id: int, name: str) -> Answer:
    """One step of a record that is not on the platform now."""
    record, found = own_record(kind, record_id), find_step(kind, name)
    if found is None:
        abort(404)
    if record.state in (RecordState.PUBLISHED, RecordState.SUBMITTED):
        if request.method == "POST":
            return closed(sheet(kind, record, (found,)))
        return redirect(url_for("publish.edit", kind=kind, record_id=record_id), 303)
    return filled_in(sheet(kind, record, (found,)))


def closed(page: Sheet) -> Answer:
    """A colleague has handed it in or it was published meanwhile: not saved, but nothing typed is lost."""
    if wants_json():
        return problem(409, _("尚未保存"), _("尚未保存：这条内容已经提交，这里不能再修改。"))
    page.is_closed = True
    return shown_page(page), 409


def filled_in(page: Sheet) -> Answer:
    """Show the fields, add or remove a row, or save."""
    if request.method == "GET":
        return shown_page(page)
    if request.form.get("rows"):
        change_rows(page.form, request.form["rows"])
        return shown_page(page)
    if wants_json():
        return autosave(page)
    try:
        number = save(page, given(page.form))
    except Invalid as error:
        page.elsewhere = refuse(page.form, error.errors)
        return shown_page(page), 422
    except Stale:
        return stale_page(page), 409
    return onward(page, number)


def save(page: Sheet, values: dict[str, Any]) -> int:
    """Check everything and save it; the record's id. Raises `Invalid`, `Stale` or `Conflict` and saves nothing then."""
    name = NAMES[page.kind]
    if (page.record is None or name in values) and not values.get(name, "").strip():
        raise Invalid({name: msg("请先填写名称，之后随时可以修改。")})
    before = stored(page.record, page.kind) if page.record else preset()
    checked: Any = parse(INPUTS[page.kind], {**before, **values})
    if page.record is None:
        return twin(page.kind, values) or actions.create_record(current_actor(), page.kind, checked)
    actions.save_record(current_actor(), page.kind, page.record.id, page.version, checked)
    return int(page.record.id)


def twin(kind: str, values: dict[str, Any]) -> int | None:
    """The draft that the same form made a moment ago: a second press must not make a second record."""
    model: Any = MODELS[kind]
    query = select(model.id).where(
        model.author_id == current_actor().user_id,
        model.organisation_id == current_actor().org_id,
        model.state == RecordState.DRAFT,
        getattr(model, NAMES[kind]) == " ".join(values[NAMES[kind]].split()),
        model.created_at > clock.now() - timedelta(seconds=TWIN_SECONDS),
    )
    return reading().scalar(query.limit(1))


def onward(page: Sheet, number: int) -> Response:
    """After saving: the next step, the check at the end, or the list when the person wants to stop here."""
    if len(page.steps) > 1:
        flash(_("修改已提交审核。审核期间其他人暂时看不到这条内容。"), "ok")
        return redirect(url_for("publish.check", kind=page.kind, record_id=number), 303)
    if request.form.get("then") == "later":
        flash(_("草稿已保存，随时可以接着填。"), "ok")
        return redirect(url_for("publish.mine"), 303)
    following = after(page.kind, page.steps[0])
    if following is None:
        return redirect(url_for("publish.check", kind=page.kind, record_id=number), 303)
    return redirect(url_for("publish.step", kind=page.kind, record_id=number, name=following.name), 303)


def autosave(page: Sheet) -> Response:
    """Save what is right so far, without leaving the page; what is not stays on the page alone."""
    if page.record is not None and page.record.state == RecordState.PUBLISHED:
        return problem(409, _("请用保存按钮"), _("已发布的内容只在按下保存时才提交。"))
    values, open_points = given(page.form), 0
    try:
        try:
            number = save(page, values)
        except Invalid as error:
            open_points = len(error.errors)
            number = save(page, without(values, error))
    except Invalid as error:
        return problem(
            422,
            _("尚未保存"),
            _("尚未保存：%(why)s", why=" ".join(translated(m) for m in error.errors.values())),
        )
    except Stale as error:
        return problem(409, _("尚未保存"), translated(error.message))
    refresh()
    record = own_record(page.kind, number)
    words = _("已保存 %(time)s", time=exact(record.updated_at).split(" ")[-1])
    if open_points:
        words += _("；有 %(count)s 处还不完整", count=open_points)
    address = url_for("publish.step", kind=page.kind, record_id=number, name=page.steps[0].name)
    return jsonify(message=words, version=record.version, address=address)


def stale_page(page: Sheet) -> str:
    """Somebody saved meanwhile: what was typed stays, beside what is saved now; saving again replaces theirs."""
    refresh()
    now = own_record(page.kind, page.record.id)
    page.record, texts = now, shown(now, page.kind)
    for item in page.form:
        if item.name in texts and item.data != texts[item.name] and item.name != "csrf_token":
            page.theirs.append((str(item.label.text), presentable(texts[item.name])))
    page.by = last_editor(page.kind, now.id)
    return shown_page(page, version=now.version)


def presentable(value: Any) -> str:
    """A stored value in one line."""
    if isinstance(value, list):
        return "；".join(
            " ".join(str(v) for v in row.values() if v) if isinstance(row, dict) else str(row)
            for row in value
        )
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return str(value or _("（空）"))


def last_editor(kind: str, number: int) -> str:
    """Name of the person who saved last."""
    query = (
        select(User.name)
        .join(AuditEvent, AuditEvent.actor_id == User.id)
        .where(AuditEvent.object_kind == MODELS[kind].__tablename__, AuditEvent.object_id == number)
    )
    return reading().scalar(query.order_by(AuditEvent.id.desc()).limit(1)) or str(_("同事"))


def shown_page(page: Sheet, version: int | None = None) -> str:
    """The form."""
    return render_template(
        "publish/edit.html",
        page=page,
        kind=page.kind,
        record=page.record,
        preset={} if page.record else preset(),
        form=page.form,
        version=version or page.version,
        problems=problems(page.form),
        steps=step_links(page),
        whole=len(page.steps) > 1,
        here=STEPS[page.kind].index(page.steps[0]) + 1,
    )


def step_links(page: Sheet) -> list[dict[str, Any]]:
    """The steps for the line on top; a new record has addresses only once it is saved."""
    here = STEPS[page.kind].index(page.steps[0])
    number = page.record.id if page.record else None
    links: list[dict[str, Any]] = []
    for place, item in enumerate(STEPS[page.kind]):
        url = url_for("publish.step", kind=page.kind, record_id=number, name=item.name) if number else ""
        links.append(
            {
                "label": item.title,
                "url": url,
                "state": "now" if place == here else "done" if place < here else "todo",
            }
        )
    check = url_for("publish.check", kind=page.kind, record_id=number) if number else ""
    return [*links, {"label": _("检查与提交"), "url": check, "state": "todo"}]
