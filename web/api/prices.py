"""Prices to read: a case's own, and what is public."""

from __future__ import annotations

from decimal import Decimal

from flask import Response

from matcher.errors import NotFound
from matcher.models import Case, Notice, Pricing, Sale
from matcher.permissions import find
from matcher.pricing import public
from matcher.pricing.current import current_pricing, has_run_out, history
from matcher.pricing.ranges import last_gap, ranges_of, round_under_way
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas_prices import (
    CasePrice,
    NoticeOut,
    NoticePage,
    OverQuery,
    PriceOut,
    SaleOut,
    SalePage,
    SealedOut,
)
from web.prices.sale_presentation import is_over
from web.session import current_actor, reading


@blueprint.get("/cases/<int:case_id>/price")
@operation(Operation("The price of a case", {200: CasePrice}, token=True))
def read_price(case_id: int) -> Response:
    """How it stands, what came before, and the one word about the sealed ranges."""
    case = find(reading(), current_actor(), "case.business", Case, case_id)
    current = current_pricing(reading(), case.id)
    return answer(
        CasePrice(
            current=_price_out(current) if current else None,
            earlier=[_price_out(each) for each in history(reading(), case.id)],
            sealed=_sealed_out(case.id),
        )
    )


def _price_out(pricing: Pricing) -> PriceOut:
    return PriceOut.model_validate(
        {name: getattr(pricing, name) for name in PriceOut.model_fields if hasattr(pricing, name)}
        | {
            "amount_wan": _wan(pricing.amount),
            "share_percent": None if pricing.share_percent is None else f"{pricing.share_percent:f}",
            "notice_id": pricing.notice.id if pricing.notice else None,
        }
    )


def _sealed_out(case_id: int) -> SealedOut:
    rows = ranges_of(reading(), case_id)
    number = round_under_way(rows)
    entered = {row.side for row in rows if row.round == number}
    waiting = [side for side in ("need", "offer") if side not in entered]
    return SealedOut.model_validate({"gap": last_gap(rows), "round": number, "waiting": waiting})


def _wan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"


@blueprint.get("/notices")
@operation(Operation("List public notices", {200: NoticePage}, query=OverQuery))
def list_notices(query: OverQuery) -> Response:
    """Standing notices, the next to end first; with `over`, those that ended without objection."""
    found = public.notices(reading(), over=query.over, offset=(query.page - 1) * query.size, limit=query.size)
    total = public.notice_counts(reading())[query.over]
    items = [_notice_out(notice) for notice in found]
    return answer(NoticePage(items=items, page=query.page, size=query.size, total=total))


def _notice_out(notice: Notice) -> NoticeOut:
    return NoticeOut.model_validate(
        {
            **{name: getattr(notice, name) for name in ("id", "title", "owner", "started_at", "ends_at")},
            "amount_wan": _wan(notice.pricing.amount),
            "state": "ended" if has_run_out(notice) else notice.state,
            "url": absolute(f"/notices/{notice.id}"),
        }
    )


@blueprint.get("/sales")
@operation(Operation("List listings and auctions", {200: SalePage}, query=OverQuery))
def list_sales(query: OverQuery) -> Response:
    """Running listings and auctions, the next to end first; with `over`, what became of the others."""
    found = public.sales(reading(), over=query.over, offset=(query.page - 1) * query.size, limit=query.size)
    total = public.sale_counts(reading())[query.over]
    items = [_sale_out(sale) for sale in found]
    return answer(SalePage(items=items, page=query.page, size=query.size, total=total))


@blueprint.get("/sales/<int:sale_id>")
@operation(Operation("Read a listing or an auction", {200: SaleOut}))
def read_sale(sale_id: int) -> Response:
    """One sale as everybody may see it."""
    sale = public.public_sale(reading(), sale_id)
    if sale is None:
        raise NotFound
    return answer(_sale_out(sale))


def _sale_out(sale: Sale) -> SaleOut:
    return SaleOut.model_validate(
        {
            **{name: getattr(sale, name) for name in ("id", "title", "state", "starts_at", "ends_at")},
            "owner": sale.owner.name,
            "route": sale.pricing.route,
            "price_wan": _wan(sale.price),
            "increment_wan": _wan(sale.increment),
            "deposit_wan": _wan(sale.deposit),
            "highest_wan": _wan(sale.bids[0].amount) if sale.bids else None,
            "final_wan": _wan(sale.final_price),
            "participants": len(sale.participants),
            "over": is_over(sale),
            "url": absolute(f"/sales/{sale.id}"),
        }
    )
