"""The four officers (M32): who looks after which enterprise or region, and how much each has in hand."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired

from matcher.actions.posts import assign_post, end_post
from matcher.errors import AlreadyDone, Invalid
from matcher.inputs.base import parse
from matcher.inputs.tasks import PostInput
from matcher.models import OfficerPost, Organisation
from matcher.radar import task_loads
from matcher.tasks.terms import OFFICERS
from web.choices import regions
from web.console.shell import blueprint, console_page
from web.forms import Form
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 40


class PostForm(Form):
    """Who, as what, of which enterprise or region."""

    email = StringField(_l("账号邮箱"), [InputRequired()], render_kw={"maxlength": 254, "inputmode": "email"})
    duty = SelectField(_l("职责"), [InputRequired()], choices=[], validate_choice=False)
    organisation_id = StringField(_l("企业全称"), render_kw={"maxlength": 100})
    region = SelectField(_l("或地区"), choices=[], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.duty.choices = [SelectChoice(duty.value, translated(duty.label)) for duty in OFFICERS]
        self.region.choices = regions(empty=_("不按地区"))

    def values(self) -> dict[str, object]:
        """For the domain's input; the enterprise by its number."""
        name = (self.organisation_id.data or "").strip()
        return {
            "email": self.email.data or "",
            "duty": self.duty.data or "",
            "organisation_id": _number_of(name) if name else None,
            "region": self.region.data or None,
        }


def _number_of(name: str) -> int:
    """The enterprise of that name; 0, which none has, when there is none."""
    if "\x00" in name:  # no database takes it, and no name has it
        return 0
    return reading().scalar(select(Organisation.id).where(Organisation.name == name).order_by(Organisation.id)) or 0


@blueprint.get("/officers")
def officers() -> str:
    """Who looks after whom."""
    return _page()


def _page(form: PostForm | None = None, notice: str = "") -> str:
    session = reading()
    current = OfficerPost.ended_at.is_(None)
    page = page_of(session.scalar(select(func.count()).select_from(OfficerPost).where(current)) or 0, PAGE, page_number())
    posts = session.scalars(
        select(OfficerPost)
        .where(current)
        .options(joinedload(OfficerPost.user), joinedload(OfficerPost.organisation))
        .order_by(OfficerPost.region.is_not(None), OfficerPost.organisation_id, OfficerPost.region, OfficerPost.id)
        .offset(page.offset)
        .limit(PAGE)
    )
    return console_page(
        "officers",
        "console.officers",
        posts=list(posts),
        loads=task_loads(session),
        form=form or PostForm(formdata=None),
        notice=notice,
        page=page,
        url=lambda number: url_for("console.officers", page=number),
    )


@blueprint.post("/officers")
def assign_officer() -> Response | tuple[str, int]:
    """Name an officer."""
    form = PostForm()
    try:
        assign_post(current_actor(), parse(PostInput, form.values()))
    except Invalid as error:
        form.refuse(error)
        return _page(form), 422
    except AlreadyDone as error:
        return _page(form, translated(error.message)), 409
    flash(_("已指定，此人从现在起能看到相应企业的工单。"), "ok")
    return redirect(url_for("console.officers"), 303)


@blueprint.post("/officers/<int:post_id>/end")
def end_officer(post_id: int) -> Response:
    """End a post."""
    try:
        end_post(current_actor(), post_id)
    except AlreadyDone as error:
        flash(translated(error.message), "warn")
    else:
        flash(_("职责已结束，未完成的待办已转交。"), "ok")
    return redirect(url_for("console.officers", page=request.args.get("page")), 303)
