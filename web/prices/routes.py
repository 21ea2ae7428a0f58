"""All addresses of the tab 价格: importing these modules adds their routes to the one blueprint."""

from web.prices import sale_views, sheet
from web.prices.views import blueprint

__all__ = ["blueprint", "sale_views", "sheet"]
