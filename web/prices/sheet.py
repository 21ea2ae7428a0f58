"""What is on notice and what is for sale, as sheets for everybody."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from matcher.pricing import public
from web import sheets
from web.prices.notices import blueprint as notices
from web.prices.presentation import NoticeView, notice_view
from web.prices.sale_presentation import SaleView, sale_view
from web.prices.sales import blueprint as sales
from web.session import reading

MOST = 5000


@notices.get("/notices/export.xlsx")
def export_notices() -> Response:
    """Standing notices, then those that are over."""
    found = [notice for over in (False, True) for notice in public.notices(reading(), over=over, limit=MOST)]
    head = [_("成果"), _("单位"), _("拟交易价格"), _("开始公示"), _("最后一天"), _("状态")]
    return sheets.attachment("notices.xlsx", _("成果转化公示"), head, (_notice(notice_view(each)) for each in found))


def _notice(view: NoticeView) -> list[str]:
    return [view.title, view.owner, view.amount, sheets.day(view.started_at), sheets.day(view.last_day), view.state_label]


@sales.get("/sales/export.xlsx")
def export_sales() -> Response:
    """Running listings and auctions, then those that are over."""
    found = [sale for over in (False, True) for sale in public.sales(reading(), over=over, limit=MOST)]
    head = [_("成果"), _("单位"), _("方式"), _("起始价"), _("最高出价"), _("截止"), _("状态"), _("成交价")]
    return sheets.attachment("sales.xlsx", _("挂牌与拍卖"), head, (_sale(sale_view(each)) for each in found))


def _sale(view: SaleView) -> list[str]:
    ends = sheets.minute(view.ends_at)
    return [view.title, view.owner, view.route, view.price, view.highest, ends, view.state, view.final]
