"""科技驿站: add, change, close, and who works there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from matcher.actions import stations as actions
from matcher.errors import Invalid, NotFound, Stale
from matcher.inputs.base import parse
from matcher.inputs.stations import StationInput
from matcher.models import Station, StationStaff
from web.attempts import attempt
from web.console.shell import blueprint, console_page
from web.locale import translated
from web.session import current_actor, reading, refresh
from web.stations.forms import StaffForm, StationForm

Answer = Response | str | tuple[str, int]


@blueprint.get("/stations")
def stations() -> str:
    """Open ones first."""
    found = reading().scalars(
        select(Station)
        .options(selectinload(Station.staff).joinedload(StationStaff.user))
        .order_by(Station.closed_at.is_not(None), Station.region, Station.id)
    )
    return console_page("stations", "console.stations", stations=list(found))


@blueprint.route("/stations/new", methods=["GET", "POST"])
def new_station() -> Answer:
    """Add one."""
    form = StationForm()
    if not form.is_submitted():
        return _page(form)
    tried = attempt(lambda: actions.add_station(current_actor(), parse(StationInput, form.values())), form)
    if not tried.done:
        return _page(form, notice=tried.notice), tried.status
    flash(_("驿站已添加。"), "ok")
    return redirect(url_for("console.stations"), 303)


@blueprint.route("/stations/<int:station_id>", methods=["GET", "POST"])
def station(station_id: int) -> Answer:
    """Change one; its staff below."""
    row = _find(station_id)
    if request.method == "GET":
        return _page(StationForm(formdata=None, obj=row), row)
    form = StationForm()
    version = form.version.data or 0
    try:
        actions.edit_station(current_actor(), station_id, version, parse(StationInput, form.values()))
    except Invalid as error:
        form.refuse(error)
        return _page(form, row), 422
    except Stale as error:
        refresh()
        return _page(form, _find(station_id), notice=translated(error.message)), 409
    flash(_("驿站已更新。"), "ok")
    return redirect(url_for("console.stations"), 303)


def _find(station_id: int) -> Station:
    row = reading().get(
        Station, station_id, options=[selectinload(Station.staff).joinedload(StationStaff.user)]
    )
    if row is None:
        raise NotFound
    return row


def _page(form: StationForm, row: Station | None = None, staff: StaffForm | None = None, notice: str = "") -> str:
    if row is not None:
        form.version.data = row.version
    return console_page(
        "station", "console.stations", form=form, station=row, staff=staff or StaffForm(formdata=None), notice=notice
    )


def _changed(station_id: int, act: Callable[[], object], said: str, staff: StaffForm | None = None) -> Answer:
    tried = attempt(act, staff)
    if not tried.done:
        row = _find(station_id)
        return _page(StationForm(formdata=None, obj=row), row, staff, tried.notice), tried.status
    flash(said, "ok")
    return redirect(url_for("console.station", station_id=station_id), 303)


@blueprint.post("/stations/<int:station_id>/close")
def close_station(station_id: int) -> Answer:
    """Receive nobody there any more."""
    _find(station_id)
    return _changed(station_id, partial(actions.close_station, current_actor(), station_id), _("驿站已停用。"))


@blueprint.post("/stations/<int:station_id>/reopen")
def reopen_station(station_id: int) -> Answer:
    """Open it again."""
    _find(station_id)
    return _changed(station_id, partial(actions.reopen_station, current_actor(), station_id), _("驿站已重新启用。"))


@blueprint.post("/stations/<int:station_id>/staff")
def add_staff(station_id: int) -> Answer:
    """Let an account receive clients there."""
    _find(station_id)
    form = StaffForm()
    act = partial(actions.add_staff, current_actor(), station_id, form.email.data or "")
    return _changed(station_id, act, _("已加入驿站。"), form)


@blueprint.post("/stations/<int:station_id>/staff/<int:user_id>/remove")
def remove_staff(station_id: int, user_id: int) -> Answer:
    """They work there no more."""
    _find(station_id)
    act = partial(actions.remove_staff, current_actor(), station_id, user_id)
    return _changed(station_id, act, _("已移出驿站。"))
