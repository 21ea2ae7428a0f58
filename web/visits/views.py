"""Which enterprises do I look after, and what did I see there?"""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from matcher import clock
from matcher.actions.visits import write_visit
from matcher.errors import Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.tasks import VisitInput
from matcher.models import Organisation, Visit
from matcher.permissions import require, rows
from matcher.vocabulary import OrgKind, OrgState
from matcher.watching import watched, watched_count
from web.choices import Choices
from web.forms import Form
from web.paging import page_number, page_of
from web.session import current_actor, reading
from web.tasks.presentation import duty_label

blueprint = Blueprint("visits", __name__)
PAGE = 25
SHOWN = 10
MOST_CHOICES = 500


class VisitForm(Form):
    """Whom, when, what was seen, what is needed."""

    organisation_id = SelectField(_l("企业"), [InputRequired()], choices=[], validate_choice=False)
    visited_on = StringField(_l("走访日期"), [InputRequired()], render_kw={"type": "date"})
    met = StringField(_l("见了谁"), render_kw={"maxlength": 100}, description=_l("部门或职务即可。"))
    title = StringField(_l("一句话说明需求"), [InputRequired()], render_kw={"maxlength": 200},
                        description=_l("成为需求草稿的标题，由企业补充后提交。"))  # fmt: skip
    note = TextAreaField(_l("看到的问题"), [InputRequired()], render_kw={"rows": 6, "maxlength": 5000},
                         description=_l("现状、指标、已经试过的办法；成为草稿的问题描述。"))  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.organisation_id.choices = [SelectChoice("", _("请选择")), *enterprises()]

    def values(self) -> dict[str, object]:
        """As typed, for the domain's input."""
        return {name: self[name].data or "" for name in ("organisation_id", "visited_on", "met", "title", "note")}


def enterprises() -> Choices:
    """Those that the reader visits as 科技特派员."""
    query = (
        select(Organisation.id, Organisation.name)
        .where(
            rows(current_actor(), "organisation.visit", Organisation),
            Organisation.kind == OrgKind.ENTERPRISE,
            Organisation.state == OrgState.CHECKED,
        )
        .order_by(Organisation.name)
        .limit(MOST_CHOICES)
    )
    return [SelectChoice(str(number), name) for number, name in reading().execute(query)]


@blueprint.get("/visits")
@login_required
def index() -> str:
    """The enterprises, those with something late first, and the last visits; a fixed number of queries."""
    actor = current_actor()
    require(actor, "post.desk")
    page = page_of(watched_count(reading(), actor), PAGE, page_number())
    visits = (
        select(Visit)
        .where(rows(actor, "visit.read", Visit))
        .options(joinedload(Visit.organisation), joinedload(Visit.officer), joinedload(Visit.need))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(SHOWN)
    )
    return render_template(
        "visits/index.html",
        rows=watched(reading(), actor, offset=page.offset, limit=PAGE),
        visits=list(reading().scalars(visits)),
        duties=sorted({duty_label(post.duty) for post in actor.posts}),
        visits_any=any(post.duty == "envoy" for post in actor.posts),
        page=page,
        url=lambda number: url_for("visits.index", page=number),
    )


@blueprint.get("/visits/new")
@login_required
def new() -> str:
    """Write down a visit."""
    require(current_actor(), "post.visits")
    today = clock.today(current_app.config["SETTINGS"].zone).isoformat()
    return _form(VisitForm(formdata=None, data={"organisation_id": request.args.get("organisation", ""), "visited_on": today}))


def _form(form: VisitForm) -> str:
    return render_template("visits/new.html", form=form)


@blueprint.post("/visits/new")
@login_required
def write() -> Response | tuple[str, int]:
    """Keep it; the enterprise is asked to complete the draft."""
    require(current_actor(), "post.visits")
    form = VisitForm()
    try:
        write_visit(current_actor(), parse(VisitInput, form.values()))
    except Invalid as error:
        form.refuse(error)
        return _form(form), 422
    except NotFound:
        form.organisation_id.errors = [_("请选择您联系的企业。")]
        return _form(form), 422
    flash(_("走访已记录，需求草稿已交给企业补充。"), "ok")
    return redirect(url_for("visits.index"), 303)
