"""Mails: what became of each, what it says, and a decision about those of which nobody knows."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions.deliveries import resolve_delivery
from matcher.errors import Conflict
from matcher.models import Delivery, DeliveryKind, DeliveryState, User
from matcher.permissions import find, require
from web.console.mails import Mail, read_mail
from web.console.shell import TO_DECIDE, blueprint, console_page
from web.locale import translated
from web.paging import page_number, page_of
from web.session import current_actor, reading

PAGE = 30


@blueprint.get("/mails")
def deliveries() -> str:
    """All mails, newest first; those to decide about on request."""
    require(current_actor(), "delivery.read")
    session = reading()
    by_state = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    counts: dict[str, int] = {row[0]: row[1] for row in by_state}
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    query = select(Delivery).options(joinedload(Delivery.user))
    if state == "decide":
        query = query.where(Delivery.state.in_(TO_DECIDE))
    elif state in list(DeliveryState):
        query = query.where(Delivery.state == state)
    if kind in list(DeliveryKind):
        query = query.where(Delivery.kind == kind)
    who = request.args.get("who", "").strip()[:254]
    if who:
        query = query.join(User, User.id == Delivery.user_id).where(User.email.contains(who.lower(), autoescape=True))
    page = page_of(session.scalar(select(func.count()).select_from(query.subquery())) or 0, PAGE, page_number())
    rows = session.scalars(query.order_by(Delivery.id.desc()).offset(page.offset).limit(PAGE))
    return console_page(
        "deliveries",
        "console.deliveries",
        rows=list(rows),
        counts=counts,
        total=sum(counts.values()),
        states=list(DeliveryState),
        kinds=list(DeliveryKind),
        asked={"state": state, "kind": kind, "who": who},
        decide=sum(counts.get(each, 0) for each in TO_DECIDE),
        page=page,
        url=lambda number: url_for("console.deliveries", state=state, kind=kind, who=who, page=number),
    )


@blueprint.get("/mails/<int:delivery_id>")
def delivery(delivery_id: int) -> str:
    """One mail, readable where this installation keeps its mails itself."""
    return _page(_find(delivery_id))


def _find(delivery_id: int) -> Delivery:
    if delivery_id >= 2**63:
        abort(404)
    row = find(reading(), current_actor(), "delivery.read", Delivery, delivery_id)
    reading().refresh(row, ["user"])
    return row


def _page(row: Delivery, notice: str = "") -> str:
    settings = current_app.config["SETTINGS"]
    mail: Mail | None = read_mail(settings, row)
    return console_page("delivery", "console.deliveries", row=row, mail=mail, notice=notice,
                        may_decide=row.state in TO_DECIDE)


@blueprint.post("/mails/<int:delivery_id>")
def resolve(delivery_id: int) -> Response | tuple[str, int]:
    """Send it again, or call it sent."""
    row, decision = _find(delivery_id), request.form.get("decision")
    if decision not in ("again", "sent"):
        return _page(row, _("请选择如何处理。")), 422
    try:
        resolve_delivery(current_actor(), delivery_id, send_again=decision == "again")
    except Conflict as error:
        return _page(row, translated(error.message)), 409
    flash(_("已重新排队发送。") if decision == "again" else _("已记为发送成功。"), "ok")
    return redirect(url_for("console.deliveries"), 303)
