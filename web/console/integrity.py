"""Integrity records: enter, lift, decide appeals."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matcher.actions.integrity import decide_appeal, enter_record, lift_record
from matcher.errors import Conflict, Invalid, NotAllowed
from matcher.inputs.base import parse
from matcher.inputs.integrity import IntegrityInput
from matcher.integrity.terms import IntegrityScope
from matcher.models import IntegrityRecord
from matcher.permissions import find
from web.choices import options
from web.console.shell import blueprint, console_page
from web.forms import Form
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading, refresh

PAGE = 20


class IntegrityForm(Form):
    """A record to enter."""

    subject = StringField(
        _l("单位或个人"), [InputRequired()], description=_l("单位填全称或统一社会信用代码，个人填注册邮箱。")
    )
    scope = SelectField(_l("限制"), [InputRequired()], choices=lambda: options(IntegrityScope, _l("请选择")))
    source = StringField(
        _l("依据来源"), [InputRequired()], description=_l("作出认定的机构和文书编号。"), render_kw={"maxlength": 200}
    )
    starts_on = DateField(_l("开始日期"), [InputRequired()])
    ends_on = DateField(_l("结束日期"), [InputRequired()], description=_l("当天仍然有效，次日自动解除限制。"))
    reason = TextAreaField(_l("原因"), [InputRequired()], render_kw={"rows": 4, "maxlength": 2000})


@blueprint.get("/integrity")
def integrity() -> str:
    """Appeals that wait first, then the latest."""
    return _page()


def _page(form: IntegrityForm | None = None, **shown: Any) -> str:
    session = reading()
    total = session.scalar(select(func.count()).select_from(IntegrityRecord)) or 0
    page = page_of(total, PAGE, page_number())
    waits = (IntegrityRecord.appealed_at.is_not(None)) & (IntegrityRecord.appeal_granted.is_(None))
    query = (
        select(IntegrityRecord)
        .options(joinedload(IntegrityRecord.organisation), joinedload(IntegrityRecord.user))
        .order_by(waits.desc(), IntegrityRecord.id.desc())
    )
    return console_page(
        "integrity",
        "console.integrity",
        records=list(session.scalars(query.offset(page.offset).limit(PAGE))),
        form=form or IntegrityForm(formdata=None),
        page=page,
        url=lambda number: url_for("console.integrity", page=number),
        **shown,
    )


@blueprint.post("/integrity")
def enter_integrity() -> Response | tuple[str, int]:
    """Enter a record; those whom it bars are told by mail."""
    form = IntegrityForm()
    typed = {name: form[name].data for name in ("subject", "scope", "source", "reason")}
    days = {name: request.form.get(name, "") for name in ("starts_on", "ends_on")}
    try:
        enter_record(current_actor(), parse(IntegrityInput, {**typed, **days}))
    except Invalid as error:
        form.refuse(error)
        return _page(form), 422
    flash(_("已登记，并已发邮件告知。"), "ok")
    return redirect(url_for("console.integrity"), 303)


@blueprint.post("/integrity/<int:integrity_id>/lift")
def lift_integrity(integrity_id: int) -> Response | tuple[str, int]:
    """End a record before its day."""
    reason = request.form.get("reason", "")
    try:
        lift_record(current_actor(), integrity_id, reason)
    except (Invalid, Conflict) as error:
        return _refused(integrity_id, error, reason)
    flash(_("已解除。"), "ok")
    return redirect(url_for("console.integrity"), 303)


@blueprint.post("/integrity/<int:integrity_id>/appeal")
def decide_integrity(integrity_id: int) -> Response | tuple[str, int]:
    """Grant or dismiss an appeal."""
    answer, decision = request.form.get("reason", ""), request.form.get("decision")
    find(reading(), current_actor(), "integrity.decide", IntegrityRecord, integrity_id)
    if decision not in ("grant", "dismiss"):
        return _page(error=_("请选择成立或不成立。"), at=integrity_id, reason=answer), 422
    try:
        decide_appeal(current_actor(), integrity_id, grant=decision == "grant", answer=answer)
    except (Invalid, Conflict, NotAllowed) as error:
        return _refused(integrity_id, error, answer)
    flash(_("申诉已处理，并已发邮件告知。"), "ok")
    return redirect(url_for("console.integrity"), 303)


def _refused(integrity_id: int, error: Invalid | Conflict | NotAllowed, reason: str) -> tuple[str, int]:
    refresh()
    if isinstance(error, Invalid):
        return _page(error=translated(next(iter(error.errors.values()))), at=integrity_id, reason=reason), 422
    return _page(notice=translated(error.message)), 403 if isinstance(error, NotAllowed) else 409
