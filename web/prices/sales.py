"""Listings and auctions for everybody, and taking part in them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions.auctions import place_bid
from matcher.actions.sales import join_sale
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.pricing import BidInput
from matcher.models import Sale
from matcher.permissions import allowed
from matcher.pricing import public
from web.forms import Form
from web.limits import limited
from web.locale import translated
from web.paging import page_number, page_of
from web.prices.sale_forms import BidForm, JoinForm
from web.prices.sale_presentation import is_over, sale_view
from web.session import current_actor, reading, refresh

blueprint = Blueprint("sales", __name__)
PAGE = 25
Answer = Response | tuple[str, int]


@blueprint.get("/sales")
def index() -> str:
    """Running listings and auctions, the next to end first; or those that are over."""
    over = request.args.get("box") == "over"
    counts = public.sale_counts(reading())
    page = page_of(counts[over], PAGE, page_number())
    found = public.sales(reading(), over=over, offset=page.offset, limit=PAGE)
    return render_template(
        "sales/index.html",
        rows=[sale_view(sale) for sale in found],
        over=over,
        boxes=[
            {"label": _("进行中"), "url": url_for("sales.index"), "current": not over, "count": counts[0]},
            {"label": _("已结束"), "url": url_for("sales.index", box="over"), "current": over, "count": counts[1]},
        ],
        page=page,
        url=lambda number: url_for("sales.index", box="over" if over else None, page=number),
    )


@blueprint.get("/sales/<int:sale_id>")
def show(sale_id: int) -> str:
    """One sale; its part `live` is fetched again while it runs."""
    return _page(sale_id)


def _page(sale_id: int, join: Form | None = None, bid: Form | None = None, refusal: str = "") -> str:
    actor, sale = current_actor(), public.public_sale(reading(), sale_id)
    if sale is None:
        raise NotFound
    part = next((part for part in sale.participants if part.organisation_id == actor.org_id), None)
    return render_template(
        "sales/show.html",
        sale=sale_view(sale, part.id if part else None),
        part=part,
        won=part is not None and sale.winner_id == part.organisation_id,
        leads=part is not None and bool(sale.bids) and sale.bids[0].participant_id == part.id,
        may_join=part is None and _may_take_part(sale),
        signed_in=actor.user_id is not None,
        join=join or JoinForm(formdata=None),
        bid=bid or BidForm(formdata=None),
        refusal=refusal,
        achievement=sale.pricing.case.achievement if allowed(actor, "record.read", sale.pricing.case.achievement) else None,
    )


def _may_take_part(sale: Sale) -> bool:
    actor = current_actor()
    return not is_over(sale) and allowed(actor, "sale.join") and actor.org_id != sale.owner_id


@blueprint.post("/sales/<int:sale_id>/join")
@limited("bid")
@login_required
def join(sale_id: int) -> Answer:
    """Register the reader's organisation."""
    form = JoinForm()
    return _attempt(
        sale_id, _("已登记。"), form, lambda: join_sale(current_actor(), sale_id, form.note.data or ""), "join"
    )


@blueprint.post("/sales/<int:sale_id>/bids")
@limited("bid")
@login_required
def bid(sale_id: int) -> Answer:
    """Bid for the reader's organisation."""
    form = BidForm()
    return _attempt(
        sale_id, _("已出价。"), form,
        lambda: place_bid(current_actor(), sale_id, parse(BidInput, {"amount": form.amount.data or ""}).amount), "bid",
    )  # fmt: skip


def _attempt(sale_id: int, done: str, form: Form, act: Callable[[], object], name: str) -> Answer:
    try:
        act()
    except Invalid as error:
        refresh()
        form.refuse(error)
        return _page(sale_id, **{name: form}), 422
    except (Conflict, NotAllowed) as error:
        refresh()
        code = 409 if isinstance(error, Conflict) else 403
        return _page(sale_id, refusal=translated(error.message)), code
    flash(done, "ok")
    return redirect(url_for("sales.show", sale_id=sale_id), 303)
