"""A sale on the tab 价格 of its case: open one, record deposits, choose who takes it, withdraw it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_login import login_required

from matcher.actions import auctions, sales
from matcher.inputs.base import parse
from matcher.inputs.pricing import AuctionInput, ListingInput
from web.prices.sale_forms import AuctionForm, ChooseForm, EndSaleForm, ListingForm
from web.prices.views import Answer, attempt, blueprint
from web.session import current_actor


@blueprint.post("/cases/<int:case_id>/price/listing")
@login_required
def list_sale(case_id: int) -> Answer:
    """Open a listing."""
    form = ListingForm()
    return attempt(
        case_id, _("挂牌已开始。"), "listing", form,
        lambda: sales.open_listing(current_actor(), case_id, parse(ListingInput, form.values())),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/auction")
@login_required
def auction(case_id: int) -> Answer:
    """Announce an auction."""
    form = AuctionForm()
    return attempt(
        case_id, _("拍卖已公告。"), "auction", form,
        lambda: sales.open_auction(current_actor(), case_id, parse(AuctionInput, form.values())),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/deposits/<int:part_id>")
@login_required
def deposit(case_id: int, part_id: int) -> Answer:
    """A bidder's deposit was received."""
    return attempt(
        case_id, _("保证金已登记。"), "deposit", None,
        lambda: auctions.record_deposit(current_actor(), case_id, part_id),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/taker")
@login_required
def choose(case_id: int) -> Answer:
    """Confirm who takes a listing."""
    form = ChooseForm()
    return attempt(
        case_id, _("受让方已确认。"), "choose", form,
        lambda: sales.choose_taker(current_actor(), case_id, form.part_id.data or 0, form.reason.data or ""),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/sale/withdraw")
@login_required
def end_sale(case_id: int) -> Answer:
    """Take the sale back."""
    form = EndSaleForm()
    return attempt(
        case_id, _("交易已撤回。"), "end_sale", form,
        lambda: sales.withdraw_sale(current_actor(), case_id, form.reason.data or ""),
    )  # fmt: skip
