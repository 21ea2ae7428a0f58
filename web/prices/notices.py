"""公示 for everybody: what is on notice, one notice, an objection to it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.actions.notices import file_objection
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.pricing import ObjectionInput
from matcher.pricing import public
from web.limits import limited
from web.locale import translated
from web.paging import page_number, page_of
from web.prices.forms import ObjectionForm
from web.prices.presentation import notice_view
from web.session import current_actor, reading, refresh

blueprint = Blueprint("notices", __name__)
PAGE = 25


@blueprint.get("/notices")
def index() -> str:
    """Standing notices, the next to end first; or those that are over."""
    over = request.args.get("box") == "over"
    counts = public.notice_counts(reading())
    page = page_of(counts[over], PAGE, page_number())
    found = public.notices(reading(), over=over, offset=page.offset, limit=PAGE)
    return render_template(
        "notices/index.html",
        rows=[notice_view(notice) for notice in found],
        over=over,
        boxes=[
            {"label": _("公示中"), "url": url_for("notices.index"), "current": not over, "count": counts[0]},
            {"label": _("公示期满"), "url": url_for("notices.index", box="over"), "current": over, "count": counts[1]},
        ],
        page=page,
        url=lambda number: url_for("notices.index", box="over" if over else None, page=number),
    )


@blueprint.get("/notices/<int:notice_id>")
def show(notice_id: int) -> str:
    """One notice with the form for objections while it stands."""
    return _page(notice_id, ObjectionForm(formdata=None))


def _page(notice_id: int, form: ObjectionForm, refusal: str = "") -> str:
    found = public.public_notice(reading(), notice_id)
    if found is None:
        raise NotFound
    notice, standing = found
    return render_template("notices/show.html", notice=notice_view(notice), standing=standing, form=form, refusal=refusal)


@blueprint.post("/notices/<int:notice_id>/objections")
@limited("objection")
def file(notice_id: int) -> Response | tuple[str, int]:
    """An objection. A filled-in trap field is thanked and kept nowhere: a program learns nothing from it."""
    form = ObjectionForm()
    if not form.website.data:
        try:
            given = parse(ObjectionInput, {name: form[name].data or "" for name in ("name", "contact", "reason")})
            file_objection(current_actor(), notice_id, given)
        except Invalid as error:
            form.refuse(error)
            return _page(notice_id, form), 422
        except Conflict as error:
            refresh()
            return _page(notice_id, form, translated(error.message)), 409
    flash(_("异议已收到，公示已暂停，处理后继续。"), "ok")
    return redirect(url_for("notices.show", notice_id=notice_id), 303)
