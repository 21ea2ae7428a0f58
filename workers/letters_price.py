"""What the mails about prices, notices and sales say, under the permissions of the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from matcher import links
from matcher.actor import actor_of
from matcher.models import Case, Notice, Objection, Pricing, Sale, User
from matcher.permissions import allowed
from matcher.pricing.terms import Route, SaleState
from workers.desk import Desk
from workers.wording import Wording


def price_letter(desk: Desk) -> dict[str, Any] | None:
    """The values of the templates; None when what the mail speaks of is gone or not the reader's to know."""
    session, settings, user, wording = desk.session, desk.settings, desk.user, desk.wording
    if "sale_id" in desk.payload:
        sale = session.get(Sale, desk.payload["sale_id"])
        return _sale(session, settings, user, wording, sale, ended="ended" in desk.payload) if sale else None
    pricing = session.get(Pricing, desk.payload["pricing_id"])
    case = session.get(Case, desk.payload["case_id"])
    if pricing is None or case is None or not allowed(actor_of(session, user), "case.read", case):
        return None
    found = {
        "case": case,
        "route": wording.say(Route(pricing.route).label),
        "notice_due": pricing.notice_due,
        "link": links.page(settings, "cases", case.id, "price"),
    }
    return found | _notice(wording, pricing.notice) | _objection(session, wording, desk.payload)


def _notice(wording: Wording, notice: Notice | None) -> dict[str, Any]:
    if notice is None:
        return {}
    ends = wording.last_day(notice.ends_at)
    return {
        "amount": wording.money(notice.pricing.amount, None),
        "ends": ends,
        "period": f"{wording.day(notice.started_at)} – {ends}",
    }


def _objection(session: Session, wording: Wording, payload: Mapping[str, Any]) -> dict[str, Any]:
    """When it came; not who made it nor what it says, for mail is read by more than its reader."""
    objection = session.get(Objection, payload.get("objection_id", 0))
    return {"filed": wording.day(objection.created_at)} if objection else {}


def _sale(
    session: Session, settings: Settings, user: User, wording: Wording, sale: Sale, *, ended: bool
) -> dict[str, Any] | None:
    """A sale that was taken back has no page any more; whoever took part hears of that, and of nothing else."""
    withdrawn = sale.state == SaleState.WITHDRAWN
    if withdrawn and not ended:
        return None
    highest = sale.bids[0].amount if sale.bids else None
    return {
        "sale": sale,
        "route": wording.say(Route(sale.pricing.route).label),
        "price": wording.money(sale.price, None),
        "amount": wording.money(highest, None),
        "final": wording.money(sale.final_price, None),
        "ends": wording.moment(sale.ends_at),
        "sold": sale.state == SaleState.SOLD,
        "won": sale.winner_id is not None and actor_of(session, user).org_id == sale.winner_id,
        "withdrawn": withdrawn,
        "link": links.page(settings, "sales") if withdrawn else links.page(settings, "sales", sale.id),
    }
