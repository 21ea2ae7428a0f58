"""The sale on the tab 价格: what its own side sees of it, and which of its forms the reader may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.models import Case, Pricing, Sale
from matcher.permissions import allowed
from matcher.pricing.current import sale_of
from matcher.pricing.terms import PricingState, Route, SaleState
from matcher.vocabulary import CaseState
from web import format as words
from web.prices.sale_forms import AuctionForm, ChooseForm, EndSaleForm, ListingForm
from web.prices.sale_presentation import is_over, sale_view
from web.session import current_actor, reading


def sale_part(case: Case, pricing: Pricing | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values for `prices/sale.html` and `prices/open_sale.html`."""
    actor = current_actor()
    sale = sale_of(reading(), pricing) if pricing else None
    free = sale is None and (pricing is None or pricing.state == PricingState.OPEN)
    values: dict[str, Any] = {
        "sale": None,
        "on_sale": sale is not None,
        "may_open_sale": free and case.state == CaseState.PRICING and allowed(actor, "sale.open", case),
    }
    return values | (_running(case, sale, given) if sale else {})


def _running(case: Case, sale: Sale, given: Mapping[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    runs_it = allowed(actor, "sale.open", case)
    own = next((part.id for part in sale.participants if part.organisation_id == actor.org_id), None)
    is_open = sale.state == SaleState.OPEN
    return {
        "sale": sale_view(sale, own),
        "reserve": words.money(sale.reserve) if runs_it else "",
        "parts": sale.participants if runs_it else None,
        "may_deposit": is_open and allowed(actor, "sale.deposit", case),
        "may_choose": is_open and is_over(sale) and sale.pricing.route == Route.LISTING and allowed(actor, "sale.choose", case),
        "chooses": {part.id: _choose_form(part.id, given.get("choose")) for part in sale.participants},
        "may_end_sale": is_open and allowed(actor, "sale.withdraw", case) and (actor.is_operator or not sale.participants),
    }


def _choose_form(part_id: int, sent: ChooseForm | None) -> ChooseForm:
    """A form for each taker; the one that was sent keeps what was typed. Each reason field needs an id of its own."""
    form = sent if sent and sent.part_id.data == part_id else ChooseForm(formdata=None)
    form.reason.id = form.reason.label.field_id = f"reason-{part_id}"
    return form


def sale_forms(given: Mapping[str, Any]) -> dict[str, Any]:
    """The forms that open and end a sale."""
    return {
        "listing": given.get("listing") or ListingForm(formdata=None),
        "auction": given.get("auction") or AuctionForm(formdata=None),
        "end_sale": given.get("end_sale") or EndSaleForm(formdata=None),
    }
