"""The public list of open service points."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import select

from matcher.models import Station
from matcher.permissions import allowed
from web.session import current_actor, reading

blueprint = Blueprint("stations", __name__)


@blueprint.get("/stations")
def index() -> str:
    """Where can I speak with somebody, and when?"""
    open_ones = select(Station).where(Station.closed_at.is_(None)).order_by(Station.region, Station.id)
    return render_template(
        "stations/index.html",
        stations=list(reading().scalars(open_ones)),
        may_receive=allowed(current_actor(), "reception.receive"),
    )
